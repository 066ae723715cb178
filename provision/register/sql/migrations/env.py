"""Program that alembic runs for each command: the steps, in the transaction of the connection it was given."""

from __future__ import annotations

from alembic import context

from provision.register.sql.schema import METADATA, VERSION

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION.name,  # a hospital's database may hold tables of others
    transactional_ddl=True,  # SQLite can; alembic leaves it off because Python's driver commits by default
)
with context.begin_transaction():
    context.run_migrations()
