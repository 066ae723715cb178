"""The house's register: every tablet's life over all benches; values and rules here, tables and databases in `sql`."""
