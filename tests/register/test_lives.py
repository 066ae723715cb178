"""What follows from what was told of a tablet, in the one order: events as data, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from provision.register.events import Event, EventKind, Position, Told, tell_correction, tell_move
from provision.register.lives import TabletLife, follow_life
from provision.register.moves import Life
from provision.register.runs import RunFacts
from provision.terms import Outcome

DEVICE = ("maker/codename", "S1", "Maker", "Pad", "11")


@dataclass(frozen=True)
class Said:
    """One event: at a minute of the clock of whoever said it."""

    minute: int
    told: Told


def follow(*said: Said) -> TabletLife:
    """A tablet after what was said, each a tick after the other; its runs are as `run` tells of them."""
    events = [
        Event(Position(tick, "bench/0", tick), f"2026-03-01T{one.minute // 60:02}:{one.minute % 60:02}:00Z", one.told)
        for tick, one in enumerate(said, 1)
    ]
    runs = {
        ("bench", event.told.body["bundle"]): RunFacts(
            "bench",
            1,
            event.told.body["bundle"],
            "0" * 64,
            "A-0001",
            "run",
            event.at,
            event.at,
            Outcome.DONE,
            "",
            "3",
            *DEVICE,
        )
        for event in events
        if event.told.kind is EventKind.RECORDED
    }
    return follow_life("A-0001", events, runs, {})


def run(minute: int, bundle: str = "one") -> Said:
    body = {"bench": "bench", "bundle": bundle, "sha256": "0" * 64}
    return Said(minute, Told("A-0001", EventKind.RECORDED, "bench", "", body))


def go(minute: int, to: Life, **where: str) -> Said:
    return Said(minute, tell_move("A-0001", to, "technician", "asked", **where))


def correct(minute: int, to: Life | None, **where: str) -> Said:
    return Said(minute, tell_correction("A-0001", to, "technician", "mistyped", **where))


def test_of_a_record_that_is_told_of_twice_the_last_telling_counts() -> None:
    """A register that was lost told it again from tick 1."""
    life = follow(run(0), go(1, Life.DEPLOYED, ward="3"), go(2, Life.BACK), run(3))
    assert (life.state, life.runs) == (Life.READY, 1)


ORDERS = [
    ((run(0), go(1, Life.DEPLOYED, ward="3"), go(2, Life.BACK)), 0),
    ((run(0), run(300, "two"), go(100, Life.DEPLOYED, ward="3"), go(101, Life.BACK)), 2),  # a bench that was cut off
    ((run(100), go(150, Life.DEPLOYED, ward="3"), go(151, Life.BACK), run(50, "two")), 1),  # one that came later
    ((run(60), go(30, Life.DEPLOYED, ward="3")), 0),  # clocks differ by less than an hour
    ((run(300), go(100, Life.DEPLOYED, ward="3"), correct(102, None), go(103, Life.BACK)), 0),
]


@pytest.mark.parametrize(("said", "odd"), ORDERS)
def test_an_order_that_clocks_contradict_by_far_is_marked(said: tuple[Said, ...], odd: int) -> None:
    assert follow(*said).contradictions == odd


def test_a_mistake_is_put_right_and_what_did_not_fit_is_seen_to() -> None:
    destroyed = (run(0), go(1, Life.RETURNED), run(2, "two"), go(3, Life.RECEIVED), go(4, Life.DESTROYED))
    assert (follow(*destroyed).state, follow(*destroyed).contradictions) == (Life.DESTROYED, 1)
    seen = follow(*destroyed, correct(5, None))
    assert seen == replace(follow(*destroyed), contradictions=0)
    right = follow(*destroyed, correct(5, Life.DEPLOYED, ward="Gériatrie"))
    assert (right.state, right.ward, right.contradictions) == (Life.DEPLOYED, "Gériatrie", 0)
    assert follow(*destroyed, correct(5, Life.BACK), run(6, "three")).state is Life.READY
