"""Closing debugging: what is said to the tablet, what its answer is worth, and the end that follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from factories import Time
from scripted import Conversation

from provision.bench.disconnect import Ending, PortState
from provision.controls.model import Decision
from provision.errors import Cancelled, TabletGone
from provision.records.content import RunResult
from provision.runs.close_debugging import CLOSE, DebugClosure, close_debugging, make_closing_statement, no_probe
from provision.runs.plan import Plan
from provision.terms import Assurance, Control, HomeKind, Outcome, Reason, Road

OPEN = PortState(listed=True, interfaces=":060101:ff4201:")
CLOSED = PortState(listed=False, interfaces=":060101:")
ORDER = {"shell": CLOSE}
ASK = {"shell": "settings get global adb_wifi_enabled"}
WIRELESS_OFF = {"shell": "settings put global adb_wifi_enabled 0"}


def close(exchanges: list[dict[str, Any]], *states: PortState, api: int = 28) -> DebugClosure:
    """Close debugging of a tablet that follows a conversation; the last state stays."""
    tablet, left = Conversation(exchanges), list(states)
    closing = close_debugging(tablet, lambda: left.pop(0) if len(left) > 1 else left[0], api, 5, Time(100.0).pace)
    tablet.check_finished()
    return closing


@pytest.mark.parametrize("answer", [{}, {"end": "gone"}, {"end": "hung"}, {"refused": "more than is taken"}])
def test_the_order_counts_by_what_is_seen_not_by_its_answer(answer: dict[str, Any]) -> None:
    closing = close([{**ORDER, **answer}], OPEN, CLOSED)
    assert (closing.ending, closing.error) == (Ending.CLOSED, None)
    assert closing.ordered is not None
    assert closing.seen[-1].endswith("without debugging")


def test_an_order_without_effect_leaves_the_tablet_open() -> None:
    assert close([ORDER], OPEN).ending is Ending.OPEN


def test_a_port_that_nobody_watches_is_never_seen_to_close() -> None:
    assert close([ORDER], no_probe()).ending is Ending.LEFT


@pytest.mark.parametrize("before", ["0\n", "null\n", "\n"])
def test_debugging_over_wifi_that_is_off_is_left_alone(before: str) -> None:
    assert close([{**ASK, "out": before}, ORDER], CLOSED, api=30).ending is Ending.CLOSED


def test_debugging_over_wifi_is_closed_first_and_read_back() -> None:
    exchanges = [{**ASK, "out": "1\n"}, WIRELESS_OFF, {**ASK, "out": "0\n"}, ORDER]
    assert close(exchanges, CLOSED, api=34).ending is Ending.CLOSED


def test_where_debugging_over_wifi_stays_the_cable_is_left_open_too() -> None:
    closing = close([{**ASK, "out": "1\n"}, WIRELESS_OFF, {**ASK, "out": "1\n"}], CLOSED, api=34)
    assert (closing.ending, closing.ordered) == (Ending.OPEN, None)


@pytest.mark.parametrize("unclear", ["", "\n\n1", "java.lang.SecurityException: no\n"])
def test_an_unclear_answer_about_wifi_is_written_over_and_never_taken_for_off(unclear: str) -> None:
    first = [{**ASK, "out": unclear}, WIRELESS_OFF]
    assert close([*first, {**ASK, "out": "0\n"}, ORDER], CLOSED, api=34).ending is Ending.CLOSED
    assert close([*first, {**ASK, "out": unclear}], CLOSED, api=34).ending is Ending.OPEN


def test_a_tablet_lost_before_the_order_was_never_told() -> None:
    closing = close([{**ASK, "end": "gone"}], CLOSED, api=30)
    assert (closing.ending, closing.ordered) == (None, None)
    assert isinstance(closing.error, TabletGone)


def test_a_stop_during_the_order_or_the_looking_is_told_with_the_order_given() -> None:
    def stopped() -> PortState:
        raise Cancelled("stopped")

    for tablet in (Conversation([ORDER]), Conversation([{**ORDER, "end": "cancelled"}])):
        closing = close_debugging(tablet, stopped, 28, 5, Time(100.0).pace)
        assert closing.ordered is not None
        assert isinstance(closing.error, Cancelled)


def make_run(outcome: Outcome, reason: Reason | None) -> RunResult:
    now = datetime.now(UTC)
    return RunResult(HomeKind.WARD, "run", "A-0001", "1", now, now, outcome, reason, None, {}, {}, seals=True)


GOOD = [(Outcome.DONE, None), (Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)]
STOPPED = (Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR)


@pytest.mark.parametrize("end", GOOD)
def test_a_seal_that_was_seen_keeps_the_end_and_nothing_else_does(end: tuple[Outcome, Reason | None]) -> None:
    now = datetime.now(UTC)
    ends = {
        ending: make_closing_statement(DebugClosure(ending, now), make_run(*end), STOPPED)
        for ending in (Ending.CLOSED, Ending.LEFT, Ending.OPEN, None)
    }
    assert {ending: (seal.outcome, seal.reason) for ending, seal in ends.items()} == {
        Ending.CLOSED: end,
        Ending.LEFT: (Outcome.DONE_WITH_WARNINGS, Reason.SEAL_NOT_SEEN),
        Ending.OPEN: (Outcome.FAILED, Reason.DEBUGGING_OPEN),
        None: STOPPED,
    }
    assert [ending for ending, seal in ends.items() if seal.sealed] == [Ending.CLOSED]


def make_plan(*held: Control, seals: bool = True) -> Plan:
    wanted = (Control.KIOSK_LOCK_TASK, Control.AGENT_OWNER, Control.SCREEN_TIMEOUT)
    decisions = tuple(Decision(one, "x", "x", one in held, Assurance.SET, "why") for one in wanted)
    return Plan(Road.AGENT, (), (), decisions, {}, seals)


def test_no_drill_no_seal() -> None:
    kiosk, owner = Control.KIOSK_LOCK_TASK, Control.AGENT_OWNER  # the owner's control holds after its drill only
    assert make_plan(kiosk, owner).may_seal
    assert not make_plan(kiosk, owner, seals=False).may_seal
    assert not make_plan(kiosk).may_seal
    assert not make_plan(owner).may_seal
