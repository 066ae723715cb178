"""Tables and databases of the register: SQLite in a home, PostgreSQL for several benches."""
