"""What the register keeps of one signed record. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from provision.records.content import format_time
from provision.records.reader import Record
from provision.terms import Outcome
from provision.texts.catalogue import printable

LONGEST = 200
"""Characters of what a tablet says of itself; a record holds the whole of it."""


@dataclass(frozen=True)
class RunFacts:
    """One run, as its record says; texts of the tablet's own are made printable and cut.

    Attributes:
        bench: origin of the ledger that names the record.
        leaf: position in that ledger of its last statement.
        bundle: file name of the record. sha256: of the whole file.
        ended: of its last statement, ISO 8601 in UTC by the bench's clock.
        outcome, reason: by its last statement; an empty reason for `done`.
        release: of Android; empty where nobody read it.
    """

    bench: str
    leaf: int
    bundle: str
    sha256: str
    tablet: str
    run_id: str
    started: str
    ended: str
    outcome: Outcome
    reason: str
    slot: str
    profile: str
    serial: str
    maker: str
    model: str
    release: str


def read_run(bench: str, leaf: int, record: Record) -> RunFacts:
    """Return what the register keeps of a verified record."""
    run = record.run
    outcome, reason = record.end
    system = run.observed.get("system")
    return RunFacts(
        bench,
        leaf,
        record.path.name,
        record.sha256,
        run.asset_id,
        run.run_id,
        format_time(run.started),
        format_time(record.times[-1]),
        outcome,
        "" if reason is None else reason.value,
        _cut(run.slot),
        _cut(run.configuration.profile_name),
        _cut(run.identity.get("serial")),
        _cut(run.identity.get("maker")),
        _cut(run.identity.get("model")),
        _cut(system.get("release") if isinstance(system, dict) else None),
    )


def _cut(said: object) -> str:
    return printable(said)[:LONGEST] if isinstance(said, str) else ""
