"""Runs that stand at one phase far longer than usual: named, sorted up, and never for want of figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_cases import make_view
from factories import make_end

from provision.bench.slot_views import Group
from provision.board.batch import Batch, TimedEnd, follow
from provision.board.layout import layout
from provision.board.marks import RED, find_mark
from provision.board.slow import ANY_MODEL, SLOW_FLOOR, learn_usual, mark_slow
from provision.terms import Outcome, Phase
from provision.texts.catalogue import Language

RUN = make_view({"label": "1", "state": "running", "asset_id": "A-1", "phase": "restrict", "model": "acme T1"})
QUICK, LONG = {Phase.RESTRICT: 20.0}, {Phase.RESTRICT: 300.0}

CASES = [
    ("nine minutes in place of twenty seconds", {"acme T1": QUICK}, 540.0, 20.0),
    ("under the floor", {"acme T1": QUICK}, SLOW_FLOOR - 1, None),
    ("three times a long one", {"acme T1": LONG}, 900.0, None),
    ("four times a long one", {"acme T1": LONG}, 1200.0, 300.0),
    ("its model goes before the others", {"acme T1": LONG, ANY_MODEL: QUICK}, 540.0, None),
    ("a new model is measured by the others", {ANY_MODEL: QUICK}, 540.0, 20.0),
    ("nothing is known", {}, 9000.0, None),
    ("earlier runs had no such phase", {"acme T1": {Phase.RESTRICT: 0.0}}, 9000.0, None),
    ("this phase is not known", {"acme T1": {Phase.APPS: 20.0}}, 9000.0, None),
]


@pytest.mark.parametrize(("usual", "seconds", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_phase_is_slow_by_its_usual_time(
    usual: dict[str, dict[Phase, float]], seconds: float, told: float | None
) -> None:
    ways = follow(Batch(0.0), [RUN], 1000.0).ways
    (seen,) = mark_slow([RUN], ways, usual, 1000.0 + seconds)
    assert seen.usual == told
    assert seen.group is (Group.WORKING if told is None else Group.HAND)


def test_a_tablet_that_restarts_or_waits_for_a_word_is_not_slow() -> None:
    for state in ("away", "waits-for-word"):
        ways = follow(Batch(0.0), [RUN], 0.0).ways
        seen = replace(RUN, state=make_view({"label": "1", "state": state}).state)
        assert mark_slow([seen], ways, {ANY_MODEL: QUICK}, 9000.0) == (seen,)


def test_what_is_usual_is_the_median_of_three_whole_runs() -> None:
    def timed(title: str, outcome: Outcome, seconds: float) -> TimedEnd:
        end = replace(make_end("1", outcome, None), title=title)
        return TimedEnd(0.0, end, {Phase.RESTRICT: seconds})

    ends = [timed("acme T1", Outcome.DONE, seconds) for seconds in (10.0, 20.0, 90.0)]
    ends += [timed("acme T1", Outcome.FAILED, 900.0), timed("acme T2", Outcome.DONE, 40.0)]
    assert learn_usual(ends) == {"acme T1": {Phase.RESTRICT: 20.0}, ANY_MODEL: {Phase.RESTRICT: 30.0}}


def test_a_slow_run_stands_among_what_to_look_at_and_not_in_red() -> None:
    slow = replace(RUN, usual=20.0)
    assert find_mark(slow).name == "slow"
    assert find_mark(slow).colour is not RED
    lines = layout([slow], 6, 160, Language.EN)
    assert any("far longer than the usual 20" in line for line in lines)
    assert lines[-1].startswith("1 slot needs attention")
