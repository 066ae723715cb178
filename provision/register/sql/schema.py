"""Tables of a register, the same on SQLite and on PostgreSQL.

`bench`, `writer`, `event` and `floor` are what nothing else knows; an event is never changed (the database itself
refuses it).
`run`, `claim` and `tablet` follow from the signed records and the events, and `rebuild` makes them anew. Every query
finds its rows by a key or an index (a test explains each), but the search for a part of a text, which reads `tablet`:
one row a tablet. Texts are compared byte by byte on both, so that both give one order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql

REVISION = "r0002"
"""The newest of `migrations/versions`: what this program reads and writes."""

METADATA = MetaData()


def _text(name: str, *, key: bool = False) -> Column[str]:
    kind = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    return Column(name, kind, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> Column[int]:
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, kind, primary_key=key, nullable=False, autoincrement=False)


VERSION = Table(  # alembic's own
    "register_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="register_version_pkc"),
)

HEAD = (
    Table(  # one row, `one` 1, which whoever writes holds first; `stale` 1 while many events came and no table follows
        "head",
        METADATA,
        _number("one", key=True),
        _number("tick"),
        _number("stale"),
        _text("writer"),
        sqlite_strict=True,
    )
)

BENCH = Table(  # `name`: origin of its ledger; `ledger`: bytes of it that are projected
    "bench",
    METADATA,
    _text("name", key=True),
    _text("prefix"),
    _text("kind"),
    _number("ledger"),
    UniqueConstraint("prefix", name="bench_has_a_prefix_of_its_own"),
    sqlite_strict=True,
)

WRITER = Table(  # one for each register of a bench that was ever made, and one with `SHARED` behind it
    "writer",
    METADATA,
    _text("name", key=True),
    _text("bench"),
    sqlite_strict=True,
)

EVENT = Table(
    "event",
    METADATA,
    _text("writer", key=True),
    _number("sequence", key=True),
    _number("tick"),
    _text("at"),
    _text("tablet"),
    _text("kind"),
    _text("who"),
    _text("why"),
    _text("body"),
    Index("event_by_tablet", "tablet", "tick", "writer", "sequence"),
    sqlite_strict=True,
)

FLOOR = Table(  # numbers up to here may have been given, whoever knows it
    "floor",
    METADATA,
    _text("prefix", key=True),
    _number("number"),
    sqlite_strict=True,
)

RUN = Table(
    "run",
    METADATA,
    _text("bench", key=True),
    _text("bundle", key=True),
    _number("leaf"),
    _text("sha256"),
    _text("tablet"),
    _text("run_id"),
    _text("started"),
    _text("ended"),
    _text("outcome"),
    _text("reason"),
    _text("slot"),
    _text("profile"),
    _text("serial"),
    _text("maker"),
    _text("model"),
    _text("release"),
    Index("run_by_tablet", "tablet", "bench", "leaf"),
    Index("run_by_leaf", "bench", "leaf"),
    sqlite_strict=True,
)

CLAIM = Table(  # which tablet a number was given to: digests of serial and installation, both empty for a retired one
    "claim",
    METADATA,
    _text("tablet", key=True),
    _text("serial", key=True),
    _text("installation", key=True),
    _text("prefix"),
    _number("number"),
    Index("claim_by_identity", "serial", "installation", "tablet"),
    Index("claim_by_number", "prefix", "number"),
    sqlite_strict=True,
)

TABLET = Table(
    "tablet",
    METADATA,
    _text("number", key=True),
    _text("state"),
    _text("since"),
    _text("ward"),
    _text("room"),
    _text("holder"),
    _text("donor"),
    _text("became"),
    _text("assigned"),
    _text("serial"),
    _text("maker"),
    _text("model"),
    _text("release"),
    _text("profile"),
    _text("last_seen"),
    _text("last_bench"),
    _text("outcome"),
    _text("reason"),
    _number("runs"),
    _number("calls"),
    _number("notes"),
    _number("contradictions"),
    _text("search"),
    Index("tablet_by_state", "state", "number"),
    Index("tablet_by_ward", "ward", "room", "number"),
    Index("tablet_by_contradictions", "contradictions", "number"),
    sqlite_strict=True,
)

PERSON = Table(  # accounts of the console (`people.Person`), of this register alone
    "person",
    METADATA,
    _text("pseudonym", key=True),
    _text("login"),
    _text("role"),
    _text("password"),
    _text("totp"),
    _number("step"),
    _number("is_active"),
    _number("changed"),
    _text("since"),
    UniqueConstraint("login", name="person_has_a_login_of_their_own"),
    sqlite_strict=True,
)

JOURNAL = Table(  # what persons did at the console (`people.Entry`), deleted when it is old
    "journal",
    METADATA,
    _number("number", key=True),
    _text("at"),
    _text("pseudonym"),
    _text("role"),
    _text("action"),
    _text("tablet"),
    _text("told"),
    Index("journal_by_time", "at"),
    sqlite_strict=True,
)

OF_PERSONS = (PERSON, JOURNAL)
"""Tables that no dump has and no other register gets."""

SHARED = "#shared"
"""Behind a writer's name: what its bench wrote into the shared register itself. Each writer writes in one place, so
that no two events have one sequence number."""
