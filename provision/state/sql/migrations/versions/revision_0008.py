"""The eighth revision: the port that a slot had; of runs from before nobody kept that.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("slot_run", sa.Column("port", sa.Text(), nullable=True))
