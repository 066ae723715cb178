"""The first revision: the stores that a bench had in JSON files.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

STRICT = {"sqlite_strict": True}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Make every table."""
    _make_tablets()
    _make_agents()
    _make_apps()
    _make_rest()


def _make_tablets() -> None:
    op.create_table(
        "asset",
        _text("asset_id"),
        _text("serial"),
        _text("prefix"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id"),
        **STRICT,
    )
    op.create_index("asset_by_number", "asset", ["prefix", "number"])
    op.create_index("asset_by_serial", "asset", ["serial"])
    op.create_table(
        "asset_installation",
        _text("asset_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("digest"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["asset.asset_id"],
        ),
        sa.PrimaryKeyConstraint("asset_id", "position"),
        **STRICT,
    )


def _make_agents() -> None:
    op.create_table(
        "agent_secret",
        _text("asset_id"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _text("policy"),
        _text("wanted"),
        _text("drilled"),
        sa.CheckConstraint("length(secret) BETWEEN 20 AND 64", name="agent_secret_has_a_length_agents_take"),
        sa.PrimaryKeyConstraint("asset_id"),
        **STRICT,
    )
    op.create_table(
        "positive_control",
        _text("asset_id"),
        _text("attempt"),
        sa.Column("seconds", sa.REAL(), nullable=False),
        sa.CheckConstraint("seconds >= 0", name="positive_control_took_time"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["agent_secret.asset_id"],
        ),
        sa.PrimaryKeyConstraint("asset_id", "attempt"),
        **STRICT,
    )
    op.create_table(
        "tried_attempt",
        _text("asset_id"),
        _text("attempt"),
        _text("verdict"),
        _text("detail"),
        sa.ForeignKeyConstraint(
            ["asset_id"],
            ["agent_secret.asset_id"],
        ),
        sa.PrimaryKeyConstraint("asset_id", "attempt"),
        **STRICT,
    )


def _make_apps() -> None:
    op.create_table(
        "begun_install", _text("asset_id"), _text("package"), sa.PrimaryKeyConstraint("asset_id", "package"), **STRICT
    )
    op.create_table(
        "pending_upload",
        _text("asset_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("undo"),
        sa.PrimaryKeyConstraint("asset_id", "position"),
        **STRICT,
    )
    op.create_table(
        "verified_install",
        _text("asset_id"),
        _text("package"),
        _text("key"),
        _text("sha256"),
        _text("splits"),
        _text("run"),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.CheckConstraint("ours IN (0, 1)", name="verified_install_is_ours_or_not"),
        sa.PrimaryKeyConstraint("asset_id", "package"),
        **STRICT,
    )
    op.create_index(
        "verified_install_of_ours",
        "verified_install",
        ["package", "key"],
        unique=False,
        sqlite_where=sa.text("ours = 1"),
    )


def _make_rest() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        _text("at"),
        _text("event"),
        _text("asset_id"),
        _text("account"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
        **STRICT,
    )
    op.create_table(
        "confirmation",
        _text("model_key"),
        _text("title"),
        _text("confirmation"),
        _text("since"),
        sa.CheckConstraint("confirmation IN ('tablet', 'no-tablet')", name="confirmation_is_known"),
        sa.PrimaryKeyConstraint("model_key"),
        **STRICT,
    )
    op.create_table("taken_file", _text("name"), _text("sha256"), sa.PrimaryKeyConstraint("name"), **STRICT)
    op.create_index("audit_event_by_asset", "audit_event", ["asset_id", "id"])
