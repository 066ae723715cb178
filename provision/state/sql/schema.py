"""Tables of a bench's database.

Every query finds its rows by a key or an index: `audit_event`, `asset`, `slot_run` and `verified_install` grow with
each tablet, and a bench that has seen ten thousand of them answers as fast as a new one (a test explains every query).
Stores do not refer to each other: each outlives the loss of another, as the asset list, which can be rebuilt.
"""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

REVISION = "0011"
"""The newest of `migrations/versions`: what this program reads and writes."""

METADATA = MetaData()

VERSION = Table(  # alembic's own
    "alembic_version",
    METADATA,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

ASSET = Table(
    "asset",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("serial", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Index("asset_by_serial", "serial"),
    Index("asset_by_number", "prefix", "number"),
    sqlite_strict=True,
)

INSTALLATION = Table(
    "asset_installation",
    METADATA,
    Column("asset_id", Text, ForeignKey("asset.asset_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    sqlite_strict=True,
)

LABEL_CHECK = Table(
    "label_check",
    METADATA,
    Column("asset_id", Text, ForeignKey("asset.asset_id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("since", Text, nullable=False),
    CheckConstraint("answer IN ('asked', 'confirmed')", name="label_check_answer_is_known"),
    Index("label_check_by_answer", "answer", "asset_id"),
    sqlite_strict=True,
)

RETIRED_NUMBER = Table(
    "retired_number",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("became", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("retired_number_by_became", "became"),
    sqlite_strict=True,
)

WARD_ASSIGNMENT = Table(
    "ward_assignment",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("asset_id", Text, nullable=False),
    Column("ward", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("ward_assignment_by_asset", "asset_id", "id"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # as in the audit: a gap shows that somebody took an event out
)

SITE_NAME = Table(
    "site_name",
    METADATA,
    Column("name", Text, primary_key=True),
    sqlite_strict=True,
)

CONFIRMATION = Table(
    "confirmation",
    METADATA,
    Column("model_key", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("confirmation", Text, nullable=False),
    Column("since", Text, nullable=False),
    CheckConstraint("confirmation IN ('tablet', 'no-tablet')", name="confirmation_is_known"),
    sqlite_strict=True,
)

VERIFIED_INSTALL = Table(
    "verified_install",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("package", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("splits", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("ours", Integer, nullable=False),
    Column("witness", Text, nullable=True),
    CheckConstraint("ours IN (0, 1)", name="verified_install_is_ours_or_not"),
    Index("verified_install_of_ours", "package", "key", sqlite_where=text("ours = 1")),
    sqlite_strict=True,
)

BEGUN_INSTALL = Table(
    "begun_install",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("package", Text, primary_key=True),
    sqlite_strict=True,
)

PENDING_UPLOAD = Table(
    "pending_upload",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("undo", Text, nullable=False),
    sqlite_strict=True,
)

AGENT_SECRET = Table(
    "agent_secret",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("policy", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("drilled", Text, nullable=False),
    CheckConstraint("length(secret) BETWEEN 20 AND 64", name="agent_secret_has_a_length_agents_take"),
    sqlite_strict=True,
)

POSITIVE_CONTROL = Table(
    "positive_control",
    METADATA,
    Column("asset_id", Text, ForeignKey("agent_secret.asset_id"), primary_key=True),
    Column("attempt", Text, primary_key=True),
    Column("seconds", REAL, nullable=False),
    CheckConstraint("seconds >= 0", name="positive_control_took_time"),
    sqlite_strict=True,
)

TRIED_ATTEMPT = Table(
    "tried_attempt",
    METADATA,
    Column("asset_id", Text, ForeignKey("agent_secret.asset_id"), primary_key=True),
    Column("attempt", Text, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_strict=True,
)

TABLET_KEY = Table(
    "tablet_key",
    METADATA,
    Column("asset_id", Text, primary_key=True),
    Column("tablet", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    sqlite_strict=True,
)

AUDIT_EVENT = Table(
    "audit_event",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("asset_id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Index("audit_event_by_asset", "asset_id", "id"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a number is never given twice: a gap shows that somebody took an event out
)

TAKEN_FILE = Table(
    "taken_file",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    sqlite_strict=True,
)

KEPT_CHECKPOINT = Table(
    "kept_checkpoint",
    METADATA,
    Column("origin", Text, primary_key=True),
    Column("note", Text, nullable=False),
    sqlite_strict=True,
)

SLOT_RUN = Table(
    "slot_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("cable", Text, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("port", Text, nullable=True),
    CheckConstraint("dropped IN (0, 1)", name="slot_run_dropped_or_not"),
    Index("slot_run_by_time", "at"),
    sqlite_strict=True,
)

SLOT_CABLE = Table(
    "slot_cable",
    METADATA,
    Column("slot", Text, primary_key=True),
    Column("cable", Text, nullable=False),
    sqlite_strict=True,
)

RUN_TIME = Table(
    "run_time",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("asset_id", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("cable", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seconds", REAL, nullable=False),
    Column("waited", REAL, nullable=False),
    Column("touches", Integer, nullable=False),
    Column("allow_seconds", REAL, nullable=True),
    Column("phases", Text, nullable=False),
    Index("run_time_by_time", "at"),
    Index("run_time_by_asset", "asset_id", "id"),
    sqlite_strict=True,
)

DONATION = Table(
    "donation",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("hardware", Text, nullable=False),
    Column("installation", Text, nullable=True),
    Column("at", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("patch", Text, nullable=False),
    Column("battery", Integer, nullable=True),
    Column("health", Integer, nullable=True),
    Column("free_bytes", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("grounds", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("donor", Text, nullable=False),
    Column("tested", Text, nullable=True),
    CheckConstraint("verdict IN ('keep', 'repair', 'refuse')", name="donation_verdict_is_known"),
    Index("donation_by_hardware", "hardware"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a number is never given twice: it stands on slips and in records
)
