"""The first revision of the register.

Revision ID: r0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "r0001"
down_revision = None

STRICT = {"sqlite_strict": True}
_REFUSED = "an event of the register is never changed"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False)


def _number(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def upgrade() -> None:
    """Make every table."""
    _make_log()
    _make_projections()
    _close_events()


def _make_log() -> None:
    op.create_table(
        "head",
        _number("one"),
        _number("tick"),
        _number("stale"),
        _text("writer"),
        sa.PrimaryKeyConstraint("one"),
        **STRICT,
    )
    op.execute("INSERT INTO head (one, tick, stale, writer) VALUES (1, 0, 0, '')")
    op.create_table(
        "bench",
        _text("name"),
        _text("prefix"),
        _text("kind"),
        _number("ledger"),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("prefix", name="bench_has_a_prefix_of_its_own"),
        **STRICT,
    )
    op.create_table("writer", _text("name"), _text("bench"), sa.PrimaryKeyConstraint("name"), **STRICT)
    op.create_table(
        "event",
        _text("writer"),
        _number("sequence"),
        _number("tick"),
        *map(_text, ("at", "tablet", "kind", "who", "why", "body")),
        sa.PrimaryKeyConstraint("writer", "sequence"),
        **STRICT,
    )
    op.create_index("event_by_tablet", "event", ["tablet", "tick", "writer", "sequence"])
    op.create_table("floor", _text("prefix"), _number("number"), sa.PrimaryKeyConstraint("prefix"), **STRICT)


def _make_projections() -> None:
    words = ("tablet", "run_id", "started", "ended", "outcome", "reason", "slot", "profile")
    device = ("serial", "maker", "model", "release")
    op.create_table(
        "run",
        _text("bench"),
        _text("bundle"),
        _number("leaf"),
        *map(_text, ("sha256", *words, *device)),
        sa.PrimaryKeyConstraint("bench", "bundle"),
        **STRICT,
    )
    op.create_index("run_by_tablet", "run", ["tablet", "bench", "leaf"])
    op.create_index("run_by_leaf", "run", ["bench", "leaf"])
    op.create_table(
        "claim",
        *map(_text, ("tablet", "serial", "installation", "prefix")),
        _number("number"),
        sa.PrimaryKeyConstraint("tablet", "serial", "installation"),
        **STRICT,
    )
    op.create_index("claim_by_identity", "claim", ["serial", "installation", "tablet"])
    op.create_index("claim_by_number", "claim", ["prefix", "number"])
    here = ("number", "state", "since", "ward", "room", "holder", "donor", "became", "assigned")
    seen = ("profile", "last_seen", "last_bench", "outcome", "reason")
    op.create_table(
        "tablet",
        *map(_text, (*here, *device, *seen)),
        *map(_number, ("runs", "calls", "notes", "contradictions")),
        _text("search"),
        sa.PrimaryKeyConstraint("number"),
        **STRICT,
    )
    op.create_index("tablet_by_state", "tablet", ["state", "number"])
    op.create_index("tablet_by_ward", "tablet", ["ward", "room", "number"])
    op.create_index("tablet_by_contradictions", "tablet", ["contradictions", "number"])


def _close_events() -> None:
    """Let the database itself refuse a change of an event, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER event_never_{action.lower()} BEFORE {action} ON event "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()"
    )
