"""The life of a tablet: what the table of moves says, whole."""

from __future__ import annotations

import pytest

from provision.register.moves import Life, MoveRefused, check_move, load_moves
from provision.terms import Outcome

BY_RECORD = {Life.IN_WORK, Life.READY}


def test_the_table_knows_every_state_and_every_outcome() -> None:
    table = load_moves()
    assert table.moves.keys() == set(Life)
    assert table.outcomes.keys() == set(Outcome)
    assert set(table.outcomes.values()) >= BY_RECORD


def test_nobody_s_word_makes_a_tablet_ready() -> None:
    said = {to for allowed in load_moves().moves.values() for to in allowed}
    assert said & (BY_RECORD | {Life.BEGIN}) == set()


def test_every_state_can_be_reached_and_a_destroyed_tablet_goes_nowhere() -> None:
    table = load_moves()
    seen, ahead = set[Life](), [Life.BEGIN]
    while ahead:
        state = ahead.pop()
        if state not in seen:
            seen.add(state)
            by_run = () if state in table.final else tuple(table.outcomes.values())
            ahead += [*table.moves[state], *by_run]
    assert seen == set(Life)
    assert table.moves[Life.DESTROYED] == ()


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [
        (Life.READY, Life.DEPLOYED, True),
        (Life.DEPLOYED, Life.DEPLOYED, True),
        (Life.BACK, Life.DEPLOYED, False),  # the last patient's traces: a run comes first
        (Life.REFUSED, Life.DEPLOYED, False),
        (Life.DEPLOYED, Life.DESTROYED, False),
        (Life.DESTROYED, Life.RECEIVED, False),
        (Life.RETURNED, Life.RECEIVED, True),
    ],
)
def test_a_move(state: Life, to: Life, *, allowed: bool) -> None:
    if allowed:
        check_move("A-0001", state, to)
        return
    with pytest.raises(MoveRefused) as refused:
        check_move("A-0001", state, to)
    assert refused.value.allowed == load_moves().moves[state]
