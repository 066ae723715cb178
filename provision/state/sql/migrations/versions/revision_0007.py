"""The seventh revision: who read the bytes of an app; of rows from before nobody kept that.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("verified_install", sa.Column("witness", sa.Text(), nullable=True))
