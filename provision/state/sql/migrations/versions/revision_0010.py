"""The tenth revision: tablets that were given, and what became of them at the intake.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "donation",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("installation", sa.Text(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("patch", sa.Text(), nullable=False),
        sa.Column("battery", sa.Integer(), nullable=True),
        sa.Column("health", sa.Integer(), nullable=True),
        sa.Column("free_bytes", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.CheckConstraint("verdict IN ('keep', 'repair', 'refuse')", name="donation_verdict_is_known"),
        sa.PrimaryKeyConstraint("number"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("donation_by_hardware", "donation", ["hardware"])
