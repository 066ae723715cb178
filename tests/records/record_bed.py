"""A real records folder on disk, for tests: keys, store and runs as a station would write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provision.records.closing_statement import ClosingStatement
from provision.records.content import Configuration, ControlResult, ProofResult, RunResult
from provision.records.keys import HomeKeys, create_keys
from provision.records.store import RecordStore, WrittenRecord
from provision.terms import Assurance, Control, HomeKind, Outcome, ProofVerdict, Road

FIRST_START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Bed:
    """A home: its keys and where its folders are."""

    folder: Path
    keys: HomeKeys

    @property
    def records(self) -> Path:
        """The records folder."""
        return self.folder / "records"

    def store(self) -> RecordStore:
        """Open the store as a starting station does."""
        return RecordStore(self.records, self.keys, self.folder / "state")

    def bundle(self, number: int) -> Path:
        """The bundle of run `number`."""
        (path,) = self.records.glob(f"A-{number:04}-*.intoto.jsonl")
        return path


def make_bed(folder: Path, kind: HomeKind = HomeKind.WARD, runs: int = 0, origin: str = "test.example/bench-a") -> Bed:
    """Make a home with `runs` recorded runs, numbered from 1."""
    bed = Bed(folder, create_keys(folder / "keys", kind, origin))
    store = bed.store()
    for number in range(1, runs + 1):
        record(store, make_result(number, kind))
    return bed


def record(store: RecordStore, result: RunResult) -> WrittenRecord:
    """Open a run and write its record."""
    store.open_run(result.run_id, result.asset_id, result.slot, result.identity, result.started)
    return store.write(result)


def make_result(number: int, kind: HomeKind = HomeKind.WARD, **changes: object) -> RunResult:
    """Return a full `done` result of tablet A-000<number>."""
    start = FIRST_START + timedelta(minutes=number)
    result = RunResult(
        home_kind=kind,
        run_id=f"run-{number}",
        asset_id=f"A-{number:04}",
        slot="3",
        started=start,
        ended=start + timedelta(seconds=40),
        outcome=Outcome.DONE,
        reason=None,
        first_error=None,
        identity={"serial": f"R52N{number:04}", "model": "SM-T510"},
        observed={"battery": 80 + number, "wifi": ["hospital"], "timezone": "Europe/Paris"},
        road=Road.SHELL,
        controls=(
            ControlResult(
                Control.LOCATION_ON, "on", "on", Assurance.SET, Assurance.SET, ("location_mode=3 « élevée »",)
            ),
        ),
        proofs=(ProofResult("settings-closed", Control.LOCATION_ON, ProofVerdict.NOT_TRIED, "no agent"),),
        changes=("location on",),
        configuration=Configuration(
            site="1" * 64, appset="2" * 64, profile_name="samsung/gta3xl", toolkit_version="0.1.0"
        ),
    )
    return replace(result, **changes)  # type: ignore[arg-type]


def make_closing_statement(number: int, **changes: object) -> ClosingStatement:
    """What was seen of tablet A-000<number> after its first statement: debugging closed."""
    ended = FIRST_START + timedelta(minutes=number, seconds=50)
    return replace(
        ClosingStatement(
            sealed=True,
            outcome=Outcome.DONE,
            reason=None,
            ordered=ended - timedelta(seconds=8),
            ended=ended,
            seen=("adb lists nothing on this port", "USB shows the tablet without debugging"),
        ),
        **changes,  # type: ignore[arg-type]
    )


def record_sealed(store: RecordStore, number: int, kind: HomeKind = HomeKind.WARD) -> WrittenRecord:
    """A run with both of its statements."""
    record(store, make_result(number, kind, seals=True))
    return store.append_statement(f"run-{number}", make_closing_statement(number))
