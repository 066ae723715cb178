"""What the training bench holds right, where a maker's gate refused what only a profile wished."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provision.cli.closing import list_ends
from provision.cli.summary import Expectation, is_as_expected, summarise
from provision.runs.run_end import RunEnd, unexpected_end
from provision.terms import HomeKind, Outcome, Reason

REMOVED = "apps.removed: wanted none left, observed com.amazon.venezia"
SWITCHED = "maker.switches: wanted a.b off, observed a.b on (refused: no)"
TIMEOUT = "screen.timeout: wanted 1800000 ms, observed 60000 ms"


def make_end(outcome: Outcome, reason: Reason | None, *deviations: str) -> RunEnd:
    end = replace(unexpected_end("1", ValueError()), outcome=outcome, reason=reason, asset_id="A-0001")
    return replace(end, deviations=deviations, record="A-0001.intoto.jsonl")


@pytest.mark.parametrize(
    ("end", "wanted", "right"),
    [
        (make_end(Outcome.DONE, None), "done", True),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED), "done", True),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, REMOVED, SWITCHED), "done", True),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED, TIMEOUT), "done", False),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, TIMEOUT), "done", False),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, TIMEOUT), "done-with-warnings", True),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT), "done", False),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.LABEL_UNSURE, SWITCHED), "done", False),
        (make_end(Outcome.FAILED, Reason.READ_BACK_DIFFERS, SWITCHED), "done", False),
        (make_end(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT, SWITCHED), "refused", False),
        (make_end(Outcome.DONE, None), "refused", False),
    ],
)
def test_only_a_wish_of_a_profile_may_be_refused_where_done_is_right(end: RunEnd, wanted: str, right: object) -> None:
    expected = {"1": Expectation(wanted, None)}
    assert is_as_expected(summarise(HomeKind.TRAINING, [end], expected)) is right
    assert [row.as_expected for row in list_ends([end], expected)] == [right]
