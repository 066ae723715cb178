"""What was asked of a tablet from afar: asked, confirmed by the tablet, or unknown since. Pure.

The one order that the register knows is the ward on the tablet's screen. It travels in the policy of a run. Confirmed
is what the tablet itself gave back: a run that began after the order and ended `done` over the agent's road, where the
agent reads the policy it holds back (`apks/agent/CONTRACT.md`), at the bench that told the order: whether another one
had heard of it by then is known to nobody here. What happened to the tablet since may have undone it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.console.kept_records import KeptRecord
from provision.register.events import Event, EventKind
from provision.register.moves import Life
from provision.register.views import Happened
from provision.terms import Outcome, Road


class OrderState(StrEnum):
    """How an order stands; texts: `console.order.WORD`."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Order:
    """The ward that a tablet's screen is to name; empty for none.

    Attributes:
        at: since when it stands so, ISO 8601 in UTC.
    """

    ward: str
    state: OrderState
    at: str


_DONE = frozenset({Outcome.DONE, Outcome.DONE_WITH_WARNINGS})
_UNDOING = frozenset({Life.RESET, Life.IN_REPAIR, Life.RETURNED, Life.DESTROYED})
"""Where a tablet may lose what it holds, out of anybody's sight."""


def judge_order(history: Sequence[Happened], records: Iterable[KeptRecord]) -> Order | None:
    """Return how the newest order about a tablet's ward stands; None where there never was one.

    Args:
        history: its events in order. records: of its runs, as far as they could be read here.
    """
    asked = next((one.event for one in reversed(history) if one.event.told.kind is EventKind.ASSIGNED), None)
    if asked is None:
        return None
    body = asked.told.body
    ward, said = body["name"] or body["ward"], body["said"]
    bench = asked.position.writer.rpartition("/")[0]
    later = [one for one in records if one.run.started > said and one.run.outcome in _DONE]
    over = [one for one in later if one.record is None or one.record.run.road is Road.AGENT]
    taken = max((one.run.ended for one in over if one.record is not None and one.run.bench == bench), default="")
    doubtful = [one.run.ended for one in over if one.run.ended > taken]
    undone = _find_undone(history, taken) if taken else ""
    unsure = [at for at in (undone, max(doubtful, default="")) if at]
    if unsure:
        return Order(ward, OrderState.UNKNOWN, min(unsure))
    return Order(ward, OrderState.CONFIRMED, taken) if taken else Order(ward, OrderState.ASKED, said)


def _find_undone(history: Sequence[Happened], after: str) -> str:
    """Return when the tablet first went where it may lose what it holds, after a time; empty for never."""
    return min((one.event.at for one in history if one.event.at > after and _undoes(one.event)), default="")


def _undoes(event: Event) -> bool:
    told = event.told
    return told.kind in {EventKind.MOVED, EventKind.CORRECTED} and told.body.get("to") in _UNDOING
