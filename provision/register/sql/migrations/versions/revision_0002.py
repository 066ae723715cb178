"""Accounts of the console, and the journal of what persons did there.

Revision ID: r0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "r0002"
down_revision = "r0001"

STRICT = {"sqlite_strict": True}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False)


def _number(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "person",
        *map(_text, ("pseudonym", "login", "role", "password", "totp")),
        *map(_number, ("step", "is_active", "changed")),
        _text("since"),
        sa.PrimaryKeyConstraint("pseudonym"),
        sa.UniqueConstraint("login", name="person_has_a_login_of_their_own"),
        **STRICT,
    )
    op.create_table(
        "journal",
        _number("number"),
        *map(_text, ("at", "pseudonym", "role", "action", "tablet", "told")),
        sa.PrimaryKeyConstraint("number"),
        **STRICT,
    )
    op.create_index("journal_by_time", "journal", ["at"])
