"""The eleventh revision: what a hand found when it tested the hardware of a tablet that was given.

Revision ID: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("donation", sa.Column("tested", sa.Text(), nullable=True))
