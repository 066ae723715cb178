"""The fifth revision: what runs took, and how often hands were needed.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "run_time",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("at", "asset_id", "model", "slot", "cable")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("outcome", "reason")),
        *(sa.Column(name, sa.REAL(), nullable=False) for name in ("seconds", "waited")),
        sa.Column("touches", sa.Integer(), nullable=False),
        sa.Column("allow_seconds", sa.REAL(), nullable=True),
        sa.Column("phases", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("run_time_by_time", "run_time", ["at"])
