"""What a batch adds up to, from what its slots looked like and how its runs ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_cases import make_view
from factories import make_end

from provision.bench.slot_views import SlotView
from provision.bench.slots import Slot, SlotState, SlotTable
from provision.board.batch import MOST_ENDS, Batch, begin_after_rest, count, follow, note_end
from provision.board.figures import MOST_POINTS, describe_figures
from provision.board.hands import Hands
from provision.board.recorder import Recorder
from provision.terms import Outcome, Phase
from provision.texts.catalogue import Language


def run(phase: str, **members: object) -> SlotView:
    return make_view({"label": "1", "state": "running", "asset_id": "A-0001", "phase": phase, **members})


def ended(batch: Batch, asset: str, outcome: Outcome, at: float, slot: str = "1") -> Batch:
    return note_end(batch, make_end(slot, outcome, None, asset_id=asset), "1-1.1", at)


def test_the_way_of_a_slot_begins_anew_at_each_plug() -> None:
    batch = Batch(0.0)
    for at, seen in enumerate(
        [run("prepare"), run("prepare"), run("apps"), make_view({"label": "1", "state": "empty"})]
    ):
        batch = follow(batch, [seen], float(at))
        if at == 2:
            assert [(stage.at, stage.name) for stage in batch.ways["1-1.1"]] == [(0.0, "prepare"), (2.0, "apps")]
    assert batch.ways == {}


def test_a_look_at_the_same_slots_changes_nothing() -> None:
    batch = follow(Batch(0.0), [run("apps")], 1.0)
    assert follow(batch, [run("apps")], 2.0) is batch


def test_a_restart_within_a_phase_belongs_to_it() -> None:
    batch = Batch(0.0)
    for at, seen in [(0.0, run("prepare")), (10.0, run("apps")), (30.0, make_view({"label": "1", "state": "away"}))]:
        batch = follow(batch, [seen], at)
    batch = ended(batch, "A-0001", Outcome.DONE, 45.0)
    assert batch.ends[0].phases == {Phase.PREPARE: 10.0, Phase.APPS: 35.0}


def test_a_tablet_counts_once_by_its_last_end() -> None:
    batch = Batch(0.0)
    ends = [("A-1", Outcome.LOST), ("A-1", Outcome.DONE), ("A-2", Outcome.REFUSED), ("A-3", Outcome.DONE_WITH_WARNINGS)]
    for at, (asset, outcome) in enumerate(ends):
        batch = ended(batch, asset, outcome, float(at))
    totals = count(batch, [], 10.0)
    assert (totals.done, totals.refused, totals.failed, totals.left) == (2, 1, 0, None)


def test_what_is_left_of_a_planned_batch_goes_at_the_pace_so_far() -> None:
    batch = Batch(0.0, planned=150)
    for at in range(50):
        batch = ended(batch, f"A-{at}", Outcome.DONE, at * 60.0)
    assert count(batch, [], 3000.0).left == 6000.0
    assert count(batch, [replace(run("apps"), left=9000.0)], 3000.0).left == 9000.0


def test_without_a_plan_the_slowest_run_tells_what_is_left() -> None:
    views = [replace(run("apps"), left=seconds) for seconds in (40.0, 90.0, None)]
    assert count(Batch(0.0), views, 1.0).left == 90.0


def test_one_tablet_tells_no_pace() -> None:
    batch = ended(Batch(0.0, planned=150), "A-1", Outcome.REFUSED, 2.0)
    assert count(batch, [], 3.0).left is None


LOST = make_view({"label": "1", "state": "lost", "asset_id": "A-0001", "outcome": "lost", "present": False})


def test_the_next_tablet_in_the_slot_of_a_lost_one_has_a_way_of_its_own() -> None:
    batch = follow(Batch(0.0), [run("apps")], 1.0)
    batch = follow(ended(batch, "A-0001", Outcome.LOST, 5.0), [LOST], 5.0)
    assert [stage.name for stage in batch.ways["1-1.1"]] == ["apps", "lost"]
    for at, seen in ((60.0, make_view({"label": "1", "state": "unauthorized"})), (90.0, run("prepare"))):
        batch = follow(batch, [seen], at)
    batch = ended(batch, "A-0002", Outcome.DONE, 100.0)
    assert batch.ends[-1].phases == {Phase.PREPARE: 10.0}
    assert batch.ends[-1].hands == Hands(3, 30.0)


def test_a_run_that_begins_anew_by_itself_is_timed_without_the_lost_one() -> None:
    batch = follow(follow(Batch(0.0), [run("prepare")], 0.0), [run("apps")], 10.0)
    batch = ended(batch, "A-0001", Outcome.LOST, 40.0)
    for at, phase in ((41.0, "prepare"), (46.0, "apps")):
        batch = follow(batch, [run(phase)], at)
    batch = ended(batch, "A-0001", Outcome.DONE, 66.0)
    assert [one.phases for one in batch.ends] == [
        {Phase.PREPARE: 10.0, Phase.APPS: 30.0},
        {Phase.PREPARE: 5.0, Phase.APPS: 20.0},
    ]
    assert [one.hands.touches for one in batch.ends] == [2, 1]


HOURS = 3600.0


def test_another_batch_begins_after_a_rest_and_a_planned_one_goes_on() -> None:
    over = ended(Batch(0.0), "A-1", Outcome.DONE, HOURS)
    anew = begin_after_rest(over, 12 * HOURS, 13 * HOURS)
    assert (anew.began, anew.ends, anew.planned) == (13 * HOURS, (), None)
    planned = ended(Batch(0.0, planned=2), "A-1", Outcome.DONE, HOURS)
    goes_on = begin_after_rest(planned, 12 * HOURS, 13 * HOURS)
    assert (goes_on.began, goes_on.ends, goes_on.planned) == (12 * HOURS, planned.ends, 2)
    through = ended(planned, "A-2", Outcome.REFUSED, HOURS)
    assert begin_after_rest(through, 12 * HOURS, 13 * HOURS).planned is None


def test_a_station_that_runs_for_days_counts_the_batch_since_its_rest() -> None:
    table = SlotTable((Slot("1", "1-1.1"),))
    recorder = Recorder(0.0)
    for at, asset in ((1.0, "A-1"), (3.0, "A-2"), (30.0, "A-3"), (31.0, "A-4")):
        recorder.end(make_end("1", Outcome.DONE, None, asset_id=asset), at * HOURS)
        recorder.see(table, at * HOURS)
    moment = recorder.see(table, 32.0 * HOURS)
    assert moment.totals.done == 2
    assert describe_figures(moment.batch, moment.now, 0.0, Language.EN).per_hour == 1.0


def test_a_bench_that_never_rests_keeps_and_draws_only_so_much() -> None:
    batch = Batch(0.0, ends=ended(Batch(0.0), "A-1", Outcome.DONE, 1.0).ends * MOST_ENDS)
    batch = ended(batch, "A-2", Outcome.REFUSED, 2.0)
    assert len(batch.ends) == MOST_ENDS
    told = describe_figures(batch, 10.0, 10.0, Language.EN)
    assert len(told.times) == len(told.done) == len(told.others) <= MOST_POINTS
    assert (told.times[-1], told.done[-1], told.others[-1]) == (2.0, MOST_ENDS - 1, 1)


def test_what_is_left_is_told_by_the_counts_beside_it() -> None:
    """Failed tablets come again: 75 of 150 are through, 75 are left, and 75 took 4000 seconds."""
    batch = Batch(0.0, planned=150)
    outcomes = [Outcome.DONE] * 63 + [Outcome.REFUSED] * 12 + [Outcome.LOST] * 2
    for at, outcome in enumerate(outcomes):
        batch = ended(batch, f"A-{at}", outcome, 50.0 * at)
    totals = count(batch, [run("apps")], 4000.0)
    assert totals.planned is not None
    told = describe_figures(batch, 4000.0, 0.0, Language.EN).per_hour
    assert (totals.through, totals.left, told) == (75, 4000.0, 67.5)


WAITS = make_view({"label": "1", "state": "unauthorized"})
STILL = [
    ("nothing is there", [], 0.0, True),
    ("all wait for hands since long ago", [WAITS], 60.0, True),
    ("one was plugged just now", [WAITS], 950.0, False),
    ("one is at work", [run("apps")], 60.0, False),
    ("one is at work, and slow", [replace(run("apps"), usual=20.0)], 60.0, False),
    ("one is out of reach for long", [replace(run("apps"), state=SlotState.AWAY, overdue=True)], 60.0, False),
]


@pytest.mark.parametrize(("views", "came", "stands"), [case[1:] for case in STILL], ids=[case[0] for case in STILL])
def test_a_bench_at_which_nothing_happens_tells_no_time(views: list[SlotView], came: float, stands: object) -> None:
    batch = Batch(0.0, planned=150)
    for at in range(50):
        batch = ended(batch, f"A-{at}", Outcome.DONE, float(at))
    totals = count(follow(batch, views, came), views, 1000.0)
    assert (totals.stands, totals.left is None) == (stands, stands)


def test_a_batch_that_is_through_does_not_stand_still() -> None:
    batch = ended(Batch(0.0, planned=1), "A-1", Outcome.DONE, 1.0)
    assert not count(batch, [], 9000.0).stands
