"""Runs of the command line against a training home, and what must be true afterwards.

Everything here goes through the installed program, as a user would: no function of the product is
called for the run itself. The product's readers are used to judge what is on disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.reader import Record, verify_folder
from provision.terms import HomeKind, Outcome
from provision.texts.language import Language
from provision.virtual.android.journal import Mutation, mutations
from provision.virtual.offline import edit_offline, prepare_offline
from tests import program

RUN_SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """A finished run of the program: its exit status, its JSON events, and what it said on stderr."""

    status: int
    events: tuple[dict[str, Any], ...]
    errors: str

    @property
    def tablets(self) -> dict[str, dict[str, Any]]:
        """The summary's tablets by slot; empty when the program was killed before it."""
        summary = next((event for event in self.events if event["event"] == "summary"), {"tablets": []})
        return {tablet["slot"]: tablet for tablet in summary["tablets"]}


def environment(home: Path) -> dict[str, str]:
    """Nothing but PATH, a temporary HOME, and English."""
    return {"PATH": os.environ["PATH"], "HOME": str(home.parent), "LANG": "C.UTF-8"}


def start(home: Path, *words: str, keyboard: int | None = None) -> program.Started:
    """Start a command on a home, in a process group of its own; `keyboard`: what it reads."""
    return program.start(words, {**environment(home), "PROVISION_HOME": str(home)}, stdin=keyboard)


def finish(process: program.Started) -> Ended:
    """Wait for a command and read its events."""
    out, errors = process.communicate(timeout=RUN_SECONDS)
    return Ended(process.returncode, tuple(_events(out.splitlines())), errors)


def run(home: Path, *words: str) -> Ended:
    """Run a command to its end."""
    return finish(start(home, *words))


def run_program(env: Mapping[str, str], *words: str, seconds: float = RUN_SECONDS) -> tuple[int, str]:
    """Run a command that speaks to people; exit status and all that it said."""
    ended = program.run(words, env, timeout=seconds)
    return ended.returncode, ended.stdout + ended.stderr


def run_station(home: Path, count: int, *words: str, seed: int = 1) -> Ended:
    """A whole station run on virtual tablets."""
    return run(home, "station", "--virtual", str(count), "--seed", str(seed), "--once", "--json", *words)


def _events(lines: Sequence[str]) -> list[dict[str, Any]]:
    """JSON lines; a last half line of a killed program is left out."""
    events = []
    for line in lines:
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return events


def by_hand(home: Path, slot: str, verb: str, *words: str) -> str:
    """What a person does to a tablet, as `provision bench edit`, `break` and `mend`; no bench may run here."""
    return edit_offline(home, slot, verb, words)


def make_home(home: Path, slots: int, language: Language = Language.EN) -> Path:
    """A training home as `provision init` makes it, with tablets that wait in their slots."""
    create_home(home, HomeKind.TRAINING, slots, Details(language=language))
    prepare_offline(home, slots, 1)
    return home


def journal(home: Path, slot: str) -> tuple[Mutation, ...]:
    """What the tablet itself counted."""
    return mutations(home / "bench" / "tablets" / slot)


def count_writes(home: Path, slots: Sequence[str]) -> dict[str, int]:
    """Length of each tablet's own journal."""
    return {slot: len(journal(home, slot)) for slot in slots}


def state_of(home: Path, slot: str) -> Mapping[str, Any]:
    """The virtual tablet's state on disk."""
    return json.loads((home / "bench" / "tablets" / slot / "state.json").read_text())  # type: ignore[no-any-return]


def assert_records_right(home: Path) -> None:
    """Every file whole, every signature right, every opened run closed by a record."""
    verdict = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    assert verdict.faults == ()
    opened, closed = read_runs(home)
    assert opened == closed == {record.run.run_id for record in verdict.records}


def read_runs(home: Path) -> tuple[set[str], set[str]]:
    """Run ids that were opened and those that were closed, from the station's own list."""
    lines = [json.loads(line) for line in (home / "state" / "runs.jsonl").read_text().splitlines()]
    return (
        {line["runId"] for line in lines if line["event"] == "open"},
        {line["runId"] for line in lines if line["event"] == "closed"},
    )


def read_records(home: Path) -> tuple[Record, ...]:
    """All records on disk."""
    return verify_folder(home / "records", load_keys(home / "keys").fingerprint).records


def outcomes(home: Path) -> dict[str, Outcome]:
    """The last recorded outcome of each asset."""
    return {record.run.asset_id: record.run.outcome for record in read_records(home)}
