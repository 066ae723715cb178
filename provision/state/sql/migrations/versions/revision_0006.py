"""The sixth revision: keys of tablets' own.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tablet_key",
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("tablet", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id"),
        sqlite_strict=True,
    )
