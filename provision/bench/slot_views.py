"""View of the slot table for a person: one row a slot, those that need attention first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from provision.bench.cable import ADB_MODES, Cable, CableGroup, is_dropping
from provision.bench.kernel_words import HUB_WIDE, STAYING, Complaint
from provision.bench.slot_events import CLIMBING, ListedTransport, Rung
from provision.bench.slot_run import SlotRun
from provision.bench.slots import PortEntry, SlotState, SlotTable, is_granted, state_of
from provision.records.run_end import RunEnd
from provision.terms import Outcome


class Group(StrEnum):
    """Who has to do something about a slot."""

    HAND = "hand"  # a person
    WORKING = "working"  # the station
    REST = "rest"  # nobody


@dataclass(frozen=True)
class SlotView:
    """One slot as people are told of it.

    Attributes:
        label: as written at the port; empty for a port that no slot names.
        model: from the run, before it from adb (`SM T510`), else empty.
        serial: from adb; never a name for a tablet, two may share one.
        run: the one that is shown, under way or ended; None where there is none.
        granted: the operator's word to start was given.
        present: something is plugged.
        rung: where the recovery ladder of its tablet stands; None where nothing is wrong.
        left: seconds that its run will take still, by what it did so far; None where that tells nothing.
        cable: what hangs there, by its descriptors and adb's word; None where USB showed nothing.
        since: seconds for which it has stood so; None where that is not known.
        alone: a tablet that is plugged in here starts without a word.
        usual: seconds that the phase of its run usually takes, where it takes far longer; None where it does not.
        complaint: what the kernel said lately of what hangs there, or of the port; None for nothing that a person is
            told.
        overdue: it is out of reach during its run for longer than a restart takes.
    """

    label: str
    port: str
    state: SlotState
    model: str = ""
    serial: str = ""
    run: SlotRun | None = None
    granted: bool = False
    present: bool = True
    left: float | None = None
    rung: Rung | None = None
    cable: Cable | None = None
    since: float | None = None
    alone: bool = False
    usual: float | None = None
    overdue: bool = False
    complaint: Complaint | None = None

    @property
    def asset_id(self) -> str | None:
        """Known from the start of the run on."""
        return None if self.run is None else self.run.asset_id

    @property
    def end(self) -> RunEnd | None:
        """How its run ended; None where none has."""
        return None if self.run is None else self.run.end

    @property
    def asks_label_first(self) -> bool:
        """Tell whether its run ended badly under a guessed number, and its label can be given while it is there."""
        return self.end is not None and self.end.awaits_label and not self.end.outcome.is_good and self.present

    @property
    def is_slow(self) -> bool:
        """Tell whether its run takes far longer than usual, at its step or out of reach."""
        return self.usual is not None or self.overdue

    @property
    def group(self) -> Group:
        """Who has to do something now."""
        if self.state is SlotState.EMPTY:
            return Group.REST if self.complaint is None else Group.HAND
        if self.state is SlotState.READY and self.granted:
            return Group.WORKING
        if self.rung in CLIMBING:
            return Group.WORKING
        if self.is_slow:
            return Group.HAND
        return Group.WORKING if self.state in _WORKING else Group.HAND


_WITH_RUN = frozenset(
    {SlotState.RUNNING, SlotState.AWAITING_CONFIRMATION, SlotState.AWAY, SlotState.ENDED, SlotState.LOST}
)
_WORKING = frozenset({SlotState.CONNECTING, SlotState.RUNNING, SlotState.AWAY})

TELLING_SHARE = 0.25
"""From this part of a run on its pace is one."""

AWAY_SECONDS = 180.0
"""A tablet is back from a restart by then; the run itself waits longer (`deadlines.boot` of bench.yaml)."""

COMPLAINT_SECONDS = 300.0
"""So long the kernel's word about a port is told there: it says nothing when a hand took away what it spoke of."""

CLIMB_SECONDS = 180.0
"""A hand is told of a tablet that is silent for so long, whatever its rung: the bench climbs one at a time."""

_BLOCKED_URGENCY = 0  # one quick gesture, then they go on alone while hands do the rest
_URGENCY: Mapping[SlotState, int] = {
    SlotState.READY: 1,  # after the blocked ones, so that one Enter starts them all
    SlotState.LOST: 2,
    SlotState.ENDED: 2,
    SlotState.UNLABELLED: 5,
}
_SLOW_URGENCY = 2
_REFUSED_URGENCY = 3
_DONE_URGENCY = 4


@dataclass(frozen=True)
class Summary:
    """How many slots stand how; `outcomes` counts the results that are shown now."""

    hands: int
    working: int
    empty: int
    outcomes: Mapping[Outcome, int]


def view(table: SlotTable, now: float) -> tuple[SlotView, ...]:
    """Every labelled slot, then ports without a label that show a tablet; most urgent first.

    Within one urgency the order is that of the labels as people count (`2` before `10`).
    """
    labels = {slot.port: slot.label for slot in table.slots}
    views = [_view_port(table, port, labels.get(port, ""), now) for port in dict.fromkeys([*labels, *table.entries])]
    shown = [seen for seen in views if seen.label or seen.state is SlotState.UNLABELLED]
    return sort_views(shown)


def sort_views(views: Iterable[SlotView]) -> tuple[SlotView, ...]:
    """The most urgent first, within one urgency in the order of the labels."""
    return tuple(sorted(views, key=_order))


def summarise(views: Iterable[SlotView]) -> Summary:
    """The counts of some views."""
    seen = list(views)
    groups = Counter(each.group for each in seen)
    ended = {SlotState.ENDED, SlotState.LOST}
    outcomes = Counter(each.end.outcome for each in seen if each.state in ended and each.end is not None)
    return Summary(groups[Group.HAND], groups[Group.WORKING], groups[Group.REST], outcomes)


@cache
def label_order(label: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that counts as people do: `A2` before `A10`, numbers before letters."""
    parts = re.findall(r"[0-9]+|[^0-9]+", label)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _view_port(table: SlotTable, port: str, label: str, now: float) -> SlotView:
    entry = table.entry(port)
    state = state_of(table, port, now)
    run = entry.run if state in _WITH_RUN else None
    row = entry.row or entry.settled if entry.present else None
    return SlotView(
        label,
        port,
        state,
        model=run.model if run is not None and run.asset_id else _listed_model(row, run),
        serial=row.serial if row else "",
        run=run,
        granted=is_granted(table, entry),
        present=entry.present,
        left=_estimate(run, now) if run is not None and state is SlotState.RUNNING else None,
        rung=_find_rung(table.rungs.get(port), entry, now),
        cable=_name_cable(entry, now) if entry.present else None,
        since=_tell_since(entry, state, now),
        alone=table.all_granted,
        complaint=_find_complaint(entry, state, now),
        overdue=state is SlotState.AWAY and now - _since_seen(entry) >= AWAY_SECONDS,
    )


def _find_complaint(entry: PortEntry, state: SlotState, now: float) -> Complaint | None:
    """What the kernel said that is still so; of an empty port nothing about its hub, or about the tablet that left."""
    if now - entry.complained_at >= COMPLAINT_SECONDS:
        return None
    if state is not SlotState.EMPTY or entry.complaint in STAYING:
        return entry.complaint
    is_of_who_left = entry.complained_at < (entry.unplugged_at or 0.0)
    return None if is_of_who_left or entry.complaint in HUB_WIDE else entry.complaint


def _since_seen(entry: PortEntry) -> float:
    """When USB or adb last spoke of a tablet that is out of reach."""
    return max(entry.row_at, entry.plugged_at, entry.unplugged_at or 0.0)


def _find_rung(rung: Rung | None, entry: PortEntry, now: float) -> Rung | None:
    return Rung.HAND if rung in CLIMBING and now - _since_seen(entry) >= CLIMB_SECONDS else rung


def _name_cable(entry: PortEntry, now: float) -> Cable | None:
    """What USB shows, unless adb knows of a mode or the device comes and goes."""
    cable, mode = entry.cable, ADB_MODES.get(entry.row.state if entry.row else "")
    if mode is not None:
        return replace(cable or Cable(mode, None), kind=mode, group=CableGroup.MODE)
    if cable is not None and is_dropping(entry.unplugs, now):
        return replace(cable, kind="dropping", group=None)
    return cable


def _tell_since(entry: PortEntry, state: SlotState, now: float) -> float | None:
    """Seconds since the state began, as far as an event began it."""
    if state in {SlotState.EMPTY, SlotState.UNLABELLED}:
        return None
    if entry.run is not None and state in _WITH_RUN:
        return now - (entry.run.began if entry.run.end is None else entry.run.ended_at)
    return now - max(entry.plugged_at, entry.row_at)


def _estimate(run: SlotRun, now: float) -> float | None:
    """What is left, at the pace of this run so far; its first steps say nothing of the apps."""
    if run.progress < TELLING_SHARE:
        return None
    return (now - run.began) * (1 - run.progress) / run.progress


def _listed_model(row: ListedTransport | None, run: SlotRun | None) -> str:
    """The model before identity is read, from adb, which writes `_` for what is no letter or digit."""
    known = row.model if row is not None else run.model if run is not None else ""
    return known.replace("_", " ").strip()


def _order(seen: SlotView) -> tuple[object, ...]:
    groups = list(Group)
    urgency = _URGENCY.get(seen.state, _SLOW_URGENCY if seen.is_slow else _BLOCKED_URGENCY)
    if seen.end is not None and seen.end.outcome is Outcome.REFUSED:
        urgency = _REFUSED_URGENCY
    elif seen.end is not None and seen.end.outcome.is_good:
        urgency = _DONE_URGENCY
    return (groups.index(seen.group), urgency, label_order(seen.label), seen.port)
