"""Hands at the tablets of a home while no bench runs: state on disk, no connection.

The roster of the last bench (`bench/roster.json`: count and seed) tells which tablets there are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provision.errors import TrainingError
from provision.files import write_atomically
from provision.virtual.android.journal import endings, mutations
from provision.virtual.android.tablet import open_tablet
from provision.virtual.chaos.judge import Journalled, join
from provision.virtual.roster import Place, build_roster, find_captures

ROSTER = Path("bench") / "roster.json"
TABLETS = "tablets"


def prepare_offline(home: Path, count: int, seed: int) -> list[Place]:
    """Make the tablets of a bench that will run here; returns where each hangs.

    Raises:
        TrainingError: a tablet cannot be made.
    """
    places = build_roster(count, seed, find_captures(home))
    (home / ROSTER).parent.mkdir(exist_ok=True)
    for place in places:
        open_tablet(_folder(home, place.slot), place)
    note_roster(home, count, seed)
    return places


def note_roster(home: Path, count: int, seed: int) -> None:
    """Write down which tablets the bench of a home has, for hands at it while it does not run."""
    write_atomically(home / ROSTER, json.dumps({"count": count, "seed": seed}).encode())


def edit_offline(home: Path, slot: str, verb: str, words: Sequence[str]) -> str:
    """Carry one edit out on a tablet's state; returns what is so now.

    Raises:
        TrainingError: no bench ever ran here, no such slot, or the edit does not exist or fit.
    """
    return open_tablet(_folder(home, slot), _place(home, slot)).edit(verb, words)


def read_journal_offline(home: Path, slot: str) -> list[dict[str, Any]]:
    """Every mutating call the tablet of a slot ever saw; also right while a bench runs.

    Raises:
        TrainingError: no bench ever ran here, or no such slot.
    """
    _place(home, slot)
    return mutations_of(home, slot)


def mutations_of(home: Path, slot: str) -> list[dict[str, Any]]:
    """The journal of one tablet as JSON objects."""
    return [asdict(mutation) for mutation in mutations(_folder(home, slot))]


def read_whole_journal(home: Path, slot: str) -> Journalled:
    """The journal of one tablet, each call with its end beside it."""
    folder = _folder(home, slot)
    return join(mutations(folder), endings(folder))


def _folder(home: Path, slot: str) -> Path:
    return home / "bench" / TABLETS / slot


def _place(home: Path, slot: str) -> Place:
    file = home / ROSTER
    try:
        roster = json.loads(file.read_text("utf-8"))
        places = {place.slot: place for place in build_roster(roster["count"], roster["seed"], find_captures(home))}
    except FileNotFoundError:
        raise TrainingError(f"no training bench ever ran in {home}: start a station with --virtual") from None
    except (ValueError, KeyError, TypeError) as wrong:
        raise TrainingError(f"{file}: expected count and seed ({wrong!r})") from None
    if slot not in places:
        raise TrainingError(f"no slot {slot!r}; there are: {', '.join(places)}")
    return places[slot]
