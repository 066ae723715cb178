"""The second revision: labels that a person is asked about or compared, and the names a site had.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "label_check",
        sa.Column("asset_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.CheckConstraint("answer IN ('asked', 'confirmed')", name="label_check_answer_is_known"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"]),
        sa.PrimaryKeyConstraint("asset_id", "digest"),
        **STRICT,
    )
    op.create_index("label_check_by_answer", "label_check", ["answer", "asset_id"])
    op.create_table(
        "site_name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        **STRICT,
    )
