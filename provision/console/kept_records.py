"""The signed records of a tablet, read again when somebody looks: how each stands now, and what the newest says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from provision.errors import RecordError, RecordLater
from provision.records.keys import HomeKey
from provision.records.reader import Record, read_bundle
from provision.register.runs import RunFacts

MOST_READ = 20
"""Records whose signatures are looked at again, the newest; the others are said to have been right when they came."""


class Standing(StrEnum):
    """How a record stands; texts: `console.record.WORD`."""

    RIGHT = "right"  # signature and documents verified just now, the same bytes as the register knows
    CAME_RIGHT = "came-right"  # verified when it came into the register; not read again now
    ELSEWHERE = "elsewhere"  # another bench verified it and keeps it
    OTHER = "other"  # verified, and not the bytes that the register knows
    LATER = "later"  # of a newer version of the program
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True)
class KeptRecord:
    """One record: its run as the register knows it, how it stands, and what it says where that could be read."""

    run: RunFacts
    standing: Standing
    record: Record | None = None


def read_kept(folder: Path, key: HomeKey, runs: Iterable[RunFacts]) -> tuple[KeptRecord, ...]:
    """Return the records of some runs, the newest first.

    Args:
        folder: records of this bench. key: its own.
    """
    newest = sorted(runs, key=lambda run: (run.ended, run.leaf), reverse=True)
    return tuple(
        _read(folder, key, run) if at < MOST_READ else KeptRecord(run, _tell_unread(key, run))
        for at, run in enumerate(newest)
    )


def _tell_unread(key: HomeKey, run: RunFacts) -> Standing:
    return Standing.CAME_RIGHT if run.bench == key.origin else Standing.ELSEWHERE


def _read(folder: Path, key: HomeKey, run: RunFacts) -> KeptRecord:
    if run.bench != key.origin:
        return KeptRecord(run, Standing.ELSEWHERE)
    path = folder / run.bundle
    if not path.exists():
        return KeptRecord(run, Standing.MISSING)
    try:
        record = read_bundle(path, key)
    except RecordLater:
        return KeptRecord(run, Standing.LATER)
    except (RecordError, OSError):
        return KeptRecord(run, Standing.WRONG)
    return KeptRecord(run, Standing.RIGHT if record.sha256 == run.sha256 else Standing.OTHER, record)
