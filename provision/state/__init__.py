"""Memory of one bench from run to run: values and rules here, the stores and their database in `sql`."""
