"""The ninth revision: wards of tablets, numbers that were retired, and runs found by their tablet.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make tables and index."""
    op.create_table(
        "ward_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("asset_id", "ward", "at", "role", "why")),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ward_assignment_by_asset", "ward_assignment", ["asset_id", "id"])
    op.create_table(
        "retired_number",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("asset_id", "became", "digest", "at", "why")),
        sa.PrimaryKeyConstraint("asset_id"),
        sqlite_strict=True,
    )
    op.create_index("retired_number_by_became", "retired_number", ["became"])
    op.create_index("run_time_by_asset", "run_time", ["asset_id", "id"])
