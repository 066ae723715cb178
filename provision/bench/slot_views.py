"""What a person is shown of the slot table: one view a slot, those that need a hand first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.bench.slot_events import ListedTransport
from provision.bench.slots import SlotRun, SlotState, SlotTable, state_of
from provision.terms import Outcome, Phase, Reason


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
        asset_id: known from the start of the run on.
        model: from the run, before it from adb (`SM T510`), else empty.
        serial: from adb; never a name for a tablet, two may share one.
        progress: 0.0 to 1.0 of the whole run.
        granted: the operator's word to start was given.
        present: something is plugged.
        advice: what hands do about the end on this model, by language.
    """

    label: str
    port: str
    state: SlotState
    asset_id: str | None = None
    model: str = ""
    serial: str = ""
    phase: Phase | None = None
    step: str = ""
    progress: float = 0.0
    outcome: Outcome | None = None
    reason: Reason | None = None
    granted: bool = False
    present: bool = True
    advice: Mapping[str, str] | None = None

    @property
    def group(self) -> Group:
        """Who has to do something now."""
        if self.state is SlotState.EMPTY:
            return Group.REST
        if self.state is SlotState.READY and self.granted:
            return Group.WORKING
        return Group.WORKING if self.state in _WORKING else Group.HAND


_NO_RUN = SlotRun(transport_id=0, asset_id=None, model="")
_WITH_RUN = frozenset({SlotState.RUNNING, SlotState.WAITS_FOR_WORD, SlotState.AWAY, SlotState.ENDED, SlotState.LOST})
_WORKING = frozenset({SlotState.CONNECTING, SlotState.RUNNING, SlotState.AWAY})

_GOOD_ENDS = frozenset({Outcome.DONE, Outcome.DONE_WITH_WARNINGS})

_BLOCKED_URGENCY = 0  # one quick gesture, then they go on alone while hands do the rest
_URGENCY: Mapping[SlotState, int] = {
    SlotState.READY: 1,  # after the blocked ones, so that one Enter starts them all
    SlotState.LOST: 2,
    SlotState.ENDED: 2,
    SlotState.UNLABELLED: 5,
}
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
    return tuple(sorted(shown, key=_order))


def summarise(views: Iterable[SlotView]) -> Summary:
    """The counts of some views."""
    seen = list(views)
    groups = Counter(each.group for each in seen)
    ended = {SlotState.ENDED, SlotState.LOST}
    outcomes = Counter(each.outcome for each in seen if each.state in ended and each.outcome is not None)
    return Summary(groups[Group.HAND], groups[Group.WORKING], groups[Group.REST], outcomes)


def label_order(label: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that counts as people do: `A2` before `A10`, numbers before letters."""
    parts = re.findall(r"[0-9]+|[^0-9]+", label)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _view_port(table: SlotTable, port: str, label: str, now: float) -> SlotView:
    entry = table.entry(port)
    state = state_of(table, port, now)
    run = (entry.run if state in _WITH_RUN else None) or _NO_RUN
    row = entry.row or entry.settled if entry.present else None
    return SlotView(
        label,
        port,
        state,
        asset_id=run.asset_id,
        model=run.model if run.asset_id else _listed_model(row, run),
        serial=row.serial if row else "",
        phase=run.phase,
        step=run.step,
        progress=run.progress,
        outcome=run.outcome,
        reason=run.reason,
        advice=run.advice,
        granted=entry.granted or table.all_granted,
        present=entry.present,
    )


def _listed_model(row: ListedTransport | None, run: SlotRun) -> str:
    """The model before identity is read, from adb, which writes `_` for what is no letter or digit."""
    known = row.model if row else run.model
    return known.replace("_", " ").strip()


def _order(seen: SlotView) -> tuple[object, ...]:
    groups = list(Group)
    urgency = _URGENCY.get(seen.state, _BLOCKED_URGENCY)
    if seen.outcome is Outcome.REFUSED:
        urgency = _REFUSED_URGENCY
    elif seen.outcome in _GOOD_ENDS:
        urgency = _DONE_URGENCY
    return (groups.index(seen.group), urgency, label_order(seen.label), seen.port)
