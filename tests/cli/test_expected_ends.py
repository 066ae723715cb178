"""What the training bench holds right, where a maker's gate refused what only a profile wished."""

from __future__ import annotations

import pytest
from factories import make_end

from provision.board.closing import ClosingRow, Expectation
from provision.cli.batch import is_all_right, list_rows
from provision.records.run_end import RunEnd
from provision.terms import Control, DeviceConfirmation, Outcome, Reason

REMOVED, SWITCHED, TIMEOUT = Control.APPS_REMOVED, Control.MAKER_SWITCHES, Control.SCREEN_TIMEOUT


def end(outcome: Outcome, reason: Reason | None, *unmet: Control) -> RunEnd:
    return make_end("1", outcome, reason, unmet=unmet)


@pytest.mark.parametrize(
    ("ended", "wanted", "right"),
    [
        (end(Outcome.DONE, None), "done", True),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED), "done", True),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, REMOVED, SWITCHED), "done", True),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED, TIMEOUT), "done", False),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, TIMEOUT), "done", False),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, TIMEOUT), "done-with-warnings", True),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT), "done", False),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.LABEL_UNSURE, SWITCHED), "done", False),
        (end(Outcome.FAILED, Reason.READ_BACK_DIFFERS, SWITCHED), "done", False),
        (end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED), "refused", False),
        (end(Outcome.DONE, None), "refused", False),
    ],
)
def test_only_a_wish_of_a_profile_may_be_refused_where_done_is_right(ended: RunEnd, wanted: str, right: object) -> None:
    rows = list_rows([ended], {"1": Expectation(Outcome(wanted))})
    assert [(row.as_expected, row.is_right) for row in rows] == [(right, right)]


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([], False),
        ([ClosingRow("1", make_end())], True),
        ([ClosingRow("1", make_end(record=None))], False),
        ([ClosingRow("1", make_end(outcome=Outcome.REFUSED))], False),
        ([ClosingRow("1", make_end(outcome=Outcome.REFUSED), Expectation(Outcome.REFUSED))], True),
        ([ClosingRow("1", None, Expectation(None))], True),
        ([ClosingRow("1", None, Expectation(Outcome.DONE))], False),
        ([ClosingRow("1", make_end()), ClosingRow("2", None, Expectation(Outcome.DONE))], False),
    ],
)
def test_a_batch_is_right_when_each_of_its_tablets_is(rows: list[ClosingRow], right: object) -> None:
    assert is_all_right(rows) is right


def test_a_tablet_that_a_person_called_one_has_another_right_end() -> None:
    expected = {"1": Expectation(Outcome.REFUSED, after_word=Expectation(Outcome.DONE))}
    said = make_end("1", confirmation=DeviceConfirmation.TABLET)
    assert [row.is_right for row in list_rows([said], expected)] == [True]
    assert [row.is_right for row in list_rows([make_end("1")], expected)] == [False]


def test_a_batch_tells_each_tablet_once_by_its_last_end_and_those_never_run() -> None:
    ends = [make_end("2", Outcome.LOST, asset_id="A-7"), make_end("10", asset_id="A-7"), make_end("1")]
    rows = list_rows(ends, {"3": Expectation(None)})
    assert [(row.slot, row.end is not None) for row in rows] == [("1", True), ("3", False), ("10", True)]
