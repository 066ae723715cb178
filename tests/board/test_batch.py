"""What a batch adds up to, from what its slots looked like and how its runs ended."""

from __future__ import annotations

from dataclasses import replace

from board_cases import make_view
from factories import make_end

from provision.bench.slot_views import SlotView
from provision.board.batch import Batch, count, follow, note_end
from provision.terms import Outcome, Phase


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
