"""How long tablets still take by what their model took before, and how often hands were needed."""

from __future__ import annotations

import pytest
from board_cases import make_view
from factories import make_end

from provision.board.batch import Batch, follow, note_end
from provision.board.hands import NO_HANDS, Hands
from provision.board.time_left import count_left, weigh_views
from provision.terms import Outcome, Phase

PHASES = {Phase.PREPARE: 10.0, Phase.ENROL: 20.0, Phase.APPS: 100.0, Phase.PROVE: 40.0}


@pytest.mark.parametrize(
    ("phase", "since", "left"),
    [("prepare", 4.0, 166.0), ("apps", 30.0, 110.0), ("apps", 500.0, 50.0), ("prove", 39.5, 4.0), ("sign", 9.0, 0.0)],
)
def test_what_is_left_is_the_rest_of_this_phase_and_those_after_it(phase: str, since: float, left: float) -> None:
    assert count_left(PHASES, Phase(phase), 1000.0, now=1000.0 + since) == left


def test_a_model_that_is_not_known_keeps_the_estimate_of_its_own_run() -> None:
    known, other = (
        make_view({"label": label, "state": "running", "asset_id": "A-1", "phase": "apps", "model": model})
        for label, model in (("1", "acme T1"), ("2", "acme T2"))
    )
    ways = follow(Batch(0.0), [known], 50.0).ways
    first, second = weigh_views([known, other], ways, {"acme T1": PHASES}, 80.0)
    assert (first.left, second.left) == (110.0, other.left)


STATES = [
    (("running",), Hands(2)),
    (("unauthorized", "running"), Hands(3, 10.0)),
    (("charging-or-mtp", "unauthorized", "connecting", "waits-for-word", "running"), Hands(5, 20.0)),
]


@pytest.mark.parametrize(("states", "hands"), STATES)
def test_hands_are_counted_from_the_plug_to_the_run(states: tuple[str, ...], hands: Hands) -> None:
    batch = Batch(0.0)
    for number, state in enumerate(states):
        member = {"phase": "prepare", "asset_id": "A-1"} if state == "running" else {}
        batch = follow(batch, [make_view({"label": "1", "state": state, **member})], number * 10.0)
    batch = note_end(batch, make_end("1", Outcome.DONE, None), "1-1.1", 90.0)
    assert batch.ends[0].hands == hands


def test_an_end_that_no_look_came_before_needed_none_that_was_seen() -> None:
    assert note_end(Batch(0.0), make_end("1", Outcome.FAILED, None), "1-1.1", 1.0).ends[0].hands in {NO_HANDS, Hands(2)}
