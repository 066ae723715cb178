"""Benches as they may stand, for the pages: none, twelve and twenty-eight slots, and seven troubles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from factories import make_end

from provision.bench.cable import DeviceName, Steps
from provision.bench.ports import PortEvent
from provision.bench.slot_views import SlotView, sort_views
from provision.bench.slots import SlotState
from provision.board.batch import Batch, count, follow, note_end
from provision.board.slow import learn_usual, mark_slow
from provision.board.snapshot import Moment, Snapshot, describe
from provision.profiles.schema import Menu
from provision.station.cable_naming import name_cable
from provision.station.desk import Answered
from provision.terms import HomeKind, LabelDoubt, OperatorWord, Outcome, Phase, Reason
from provision.texts.catalogue import Language
from tests.board.board_cases import make_view
from tests.case_files import load_shipped

AT = datetime(2026, 11, 30, 9, 5, 7, tzinfo=UTC)
SITE = "CHU Exemple"

GALAXY = name_cable(
    load_shipped(), PortEvent("add", "1-1.1", ":060101:", "04e8", "6860", DeviceName(says="SAMSUNG Galaxy Tab A"))
)
"""A tablet plugged in for files, whose ids lead to the maker's menus."""

TROUBLES: Sequence[Mapping[str, Any]] = (
    {"state": "charging-or-mtp", "cable": GALAXY},
    {"state": "unauthorized", "serial": "0123456789ABCDEF"},
    {"state": "no-adb-answer"},
    {"state": "waits-for-word", "asset_id": "A-0007", "model": "Vodafone Smart Tab"},
    {"state": "ended", "asset_id": "A-0042", "model": "samsung SM-T510", "outcome": "failed", "reason": "tablet-hung"},
    {"state": "lost", "asset_id": "A-0043", "model": "Lenovo TB-X505F", "outcome": "lost", "reason": "tablet-gone"},
    {"state": "ended", "asset_id": "A-0044", "model": "HiPadPlus", "outcome": "refused", "reason": "battery-low"},
)
WORKING: Sequence[Mapping[str, Any]] = (
    {"state": "running", "phase": "apps", "step": "org.example.chat 2/3", "progress": 0.43},
    {"state": "running", "phase": "prepare", "progress": 0.05},
    {"state": "running", "phase": "restrict", "progress": 0.6},
    {"state": "away", "phase": "restrict", "progress": 0.65},
)
OTHERS: Sequence[Mapping[str, Any]] = (
    {"state": "ended", "asset_id": "A-0051", "model": "samsung SM-T580", "outcome": "done"},
    {
        "state": "ended",
        "asset_id": "A-0052",
        "model": "Amazon KFMUWI",
        "outcome": "done-with-warnings",
        "reason": "deviations-left",
        "unmet": ["clock.zone", "screen.timeout"],
    },
    {"state": "ready", "model": "SM T290"},
    {"state": "connecting"},
    {"state": "empty", "present": False},
)


def place(number: int) -> str:
    """The port of a slot: hubs of seven ports."""
    return f"1-{1 + (number - 1) // 7}.{1 + (number - 1) % 7}"


def _list_steps(menu: Menu) -> Mapping[str, Steps]:
    return {str(each): Steps(getattr(menu.taps, each), getattr(menu.switch, each)) for each in Language}


def make_bench(kinds: Sequence[Mapping[str, Any]]) -> tuple[SlotView, ...]:
    """Slots numbered from 1, in the order of a slot view: hands first."""
    views = [
        make_view({"label": str(at), "port": place(at), **_named(at, kind)}) for at, kind in enumerate(kinds, start=1)
    ]
    return sort_views(views)


def _named(at: int, kind: Mapping[str, Any]) -> Mapping[str, Any]:
    working = kind["state"] in {"running", "away"}
    return {"asset_id": f"A-{at:04}", "model": "samsung SM-T510", **kind} if working else kind


_PROFILES = (load_shipped().common, *load_shipped().known)
_MENUS = {profile.menu: profile.name for profile in _PROFILES if profile.menu is not None}
MAKERS: Sequence[Mapping[str, Any]] = [
    {"state": "charging-or-mtp", "cable": replace(GALAXY, steps=_list_steps(menu), profile=name)}
    for menu, name in _MENUS.items()
]
"""A tablet of each maker whose menus differ."""

SLOW = {"5", "15"}
"""Slots whose run stands at one phase, in the benches where they are at work."""

LABELS: Sequence[Mapping[str, Any]] = [
    {
        "state": "ended",
        "asset_id": number,
        "model": "Twin Pad 10",
        "outcome": outcome,
        "reason": reason,
        "doubt": doubt,
    }
    for number, outcome, reason, doubt in (
        ("A-0031", "done-with-warnings", "label-unsure", LabelDoubt.UNKNOWN),
        ("A-0042", "done-with-warnings", "label-unsure", LabelDoubt.CANDIDATE),
        ("A-0043", "refused", "battery-low", LabelDoubt.CANDIDATE),
    )
]
"""Tablets whose label is asked for."""

BENCHES: Mapping[str, tuple[SlotView, ...]] = {
    "none": (),
    "twelve": make_bench([*TROUBLES[:2], *WORKING, *OTHERS, {"state": "empty", "present": False}]),
    "troubles": make_bench([*TROUBLES, *({"state": "empty", "present": False} for _ in range(7))]),
    "makers": make_bench(MAKERS),
    "labels": make_bench(LABELS),
    "twenty-eight": make_bench([*TROUBLES, *OTHERS, *(WORKING[at % 4] for at in range(16))]),
}


def make_batch() -> Batch:
    """Sixty-three of 150 done, some refused, one cable that lost a tablet twice."""
    batch = Batch(0.0, planned=150)
    ends = [(Outcome.DONE, None)] * 63 + [(Outcome.REFUSED, Reason.NOT_RESET_ACCOUNTS)] * 8
    ends += [(Outcome.REFUSED, Reason.BATTERY_LOW)] * 4 + [(Outcome.LOST, Reason.TABLET_GONE)] * 2
    mixed = [ends[at * 30 % len(ends)] for at in range(len(ends))]
    for at, (outcome, reason) in enumerate(mixed):
        slot = "2" if outcome is Outcome.LOST else str(1 + at % 28)
        end = make_end(slot, outcome, reason, asset_id=f"A-{1000 + at}")
        batch = note_end(batch, end, "1-1.1", 100.0 + 48.0 * at)
    phases = {phase: 20.0 + 15.0 * at for at, phase in enumerate(Phase)}
    return replace(batch, ends=tuple(replace(one, phases=phases) for one in batch.ends))


def make_moment(views: Sequence[SlotView], batch: Batch | None = None, now: float = 4000.0) -> Moment:
    """The moment of a bench: hands are waited for some minutes, runs are under way, and one of them is slow."""
    batch = (batch or make_batch()) if views else Batch(0.0)
    usual = learn_usual(batch.ends)
    for at, seen in enumerate(views):
        ago = 2.0 if seen.state is SlotState.CONNECTING else 700.0 - 20.0 * at
        if seen.end is not None:
            batch = note_end(batch, seen.end, seen.port, now - ago)
        if seen.state in {SlotState.RUNNING, SlotState.AWAY} and seen.run is not None:
            first = replace(seen, state=SlotState.RUNNING, run=replace(seen.run, phase=Phase.PREPARE))
            ago = 540.0 if seen.label in SLOW else 5.0 + at
            batch = follow(batch, [*views[:at], first], now - ago - (0.0 if seen.run.phase is Phase.PREPARE else 100.0))
        batch = follow(batch, [*views[:at], seen], now - ago)
    shown = mark_slow(views, batch.ways, usual, now)
    return Moment(sort_views(shown), batch, count(batch, shown, now), now, AT)


def tell(name: str, language: Language = Language.EN) -> Snapshot:
    """The snapshot of one of these benches."""
    return describe(make_moment(BENCHES[name]), SITE, HomeKind.WARD, language)


@dataclass
class Listener:
    """A desk that only remembers what it was told."""

    heard: list[tuple[OperatorWord, str, str]] = field(default_factory=list)
    labels: list[tuple[str, str, str]] = field(default_factory=list)
    taken: bool = True

    def give(self, word: OperatorWord, slot: str, origin: str, language: Language | None = None) -> Answered:
        """Remember a word."""
        self.heard.append((word, slot, origin))
        return Answered(f"heard in {language}", self.taken)

    def read_label(self, slot: str, said: str, origin: str, language: Language | None = None) -> Answered:
        """Remember what was read on a label."""
        self.labels.append((slot, said, origin))
        return Answered(f"read in {language}", self.taken)
