"""The fourth revision: runs and drops by slot and cable.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "slot_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("cable", sa.Text(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.CheckConstraint("dropped IN (0, 1)", name="slot_run_dropped_or_not"),
        sa.PrimaryKeyConstraint("id"),
        **STRICT,
    )
    op.create_index("slot_run_by_time", "slot_run", ["at"])
    op.create_table(
        "slot_cable",
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("cable", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slot"),
        **STRICT,
    )
