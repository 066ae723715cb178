"""Program that alembic runs for each command: the steps, in the transaction of the connection it was given."""

from __future__ import annotations

from alembic import context

from provision.state.sql.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite can; alembic leaves it off because Python's driver commits by default
)
with context.begin_transaction():
    context.run_migrations()
