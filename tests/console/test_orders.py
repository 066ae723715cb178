"""The three states of an order: asked, confirmed by the tablet, unknown since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.console.kept_records import KeptRecord, Standing
from provision.console.orders import OrderState, judge_order
from provision.records.reader import Record
from provision.register.events import Event, EventKind, Position, Told
from provision.register.runs import RunFacts
from provision.register.views import Happened
from provision.terms import Outcome, Road
from tests.records.record_bed import make_result

ORDER = {"ward": "cardio-2", "name": "Cardiologie 2", "said": "2026-05-02T10:00:00Z"}


def happen(kind: EventKind, day: int, teller: str = "bench", **body: str) -> Happened:
    event = Event(Position(day, f"{teller}/w", day), f"2026-05-{day:02}T12:00:00Z", Told("A-1", kind, "x", "", body))
    return Happened(event, None, fits=True)


def keep(day: int, outcome: Outcome = Outcome.DONE, road: Road | None = Road.AGENT) -> KeptRecord:
    """A run on a day; without a road its record is elsewhere."""
    at = f"2026-05-{day:02}T11:00:00Z"
    device = ("3", "p", "s", "m", "x", "11")
    run = RunFacts("bench", day, f"{day}", "0", "A-1", f"{day}", at, at, outcome, "", *device)
    if road is None:
        return KeptRecord(run, Standing.ELSEWHERE)
    return KeptRecord(run, Standing.RIGHT, Record(Path("x"), ("0",), "0", replace(make_result(1), road=road)))


ASSIGNED = happen(EventKind.ASSIGNED, 2, **ORDER)
AFAR = happen(EventKind.ASSIGNED, 2, "other", **ORDER)
RESET = happen(EventKind.MOVED, 5, to="reset")
CASES: dict[str, tuple[list[Happened], list[KeptRecord], Any]] = {
    "never ordered": ([RESET], [keep(3)], None),
    "no run since": ([ASSIGNED], [keep(1)], (OrderState.ASKED, "2026-05-02T10:00:00Z")),
    "a run that failed": ([ASSIGNED], [keep(3, Outcome.FAILED)], (OrderState.ASKED, "2026-05-02T10:00:00Z")),
    "a run without agent": ([ASSIGNED], [keep(3, road=Road.SHELL)], (OrderState.ASKED, "2026-05-02T10:00:00Z")),
    "a done run": ([ASSIGNED], [keep(3), keep(4)], (OrderState.CONFIRMED, "2026-05-04T11:00:00Z")),
    "a record elsewhere": ([ASSIGNED], [keep(3, road=None)], (OrderState.UNKNOWN, "2026-05-03T11:00:00Z")),
    "told at another bench": ([AFAR], [keep(3)], (OrderState.UNKNOWN, "2026-05-03T11:00:00Z")),
    "told at another bench, without agent": (
        [AFAR],
        [keep(3, road=Road.SHELL)],
        (OrderState.ASKED, "2026-05-02T10:00:00Z"),
    ),
    "elsewhere since": ([ASSIGNED], [keep(3), keep(4, road=None)], (OrderState.UNKNOWN, "2026-05-04T11:00:00Z")),
    "elsewhere before": ([ASSIGNED], [keep(3, road=None), keep(4)], (OrderState.CONFIRMED, "2026-05-04T11:00:00Z")),
    "reset since": ([ASSIGNED, RESET], [keep(3)], (OrderState.UNKNOWN, "2026-05-05T12:00:00Z")),
    "reset, then run again": ([ASSIGNED, RESET], [keep(3), keep(6)], (OrderState.CONFIRMED, "2026-05-06T11:00:00Z")),
    "deployed since": (
        [ASSIGNED, happen(EventKind.MOVED, 5, to="deployed", ward="3")],
        [keep(3)],
        (OrderState.CONFIRMED, "2026-05-03T11:00:00Z"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_order_stands_as_what_followed_says(case: str) -> None:
    history, records, expected = CASES[case]
    order = judge_order(history, records)
    assert (None if order is None else (order.state, order.at)) == expected


def test_the_newest_order_counts_and_none_is_an_order_too() -> None:
    later = happen(EventKind.ASSIGNED, 4, ward="", name="", said="2026-05-04T10:00:00Z")
    order = judge_order([ASSIGNED, later], [keep(3)])
    assert order is not None
    assert (order.ward, order.state) == ("", OrderState.ASKED)
