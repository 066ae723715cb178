"""What a look through a ward makes of what is told and what is read."""

from __future__ import annotations

from typing import Any

import pytest

from provision.register.events import EventKind
from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.room_audit import Place, compare_room, tell_audit

CARDIO = Place("Cardiologie 2", "cardio-2")


def life(number: int, state: Life = Life.DEPLOYED, **members: Any) -> TabletLife:  # noqa: ANN401 # members of every type
    """Make a tablet as the register has it."""
    return TabletLife(f"A-{number:04d}", state, **members)


EXPECTED = (
    (life(1, ward="Cardiologie 2"), CARDIO, True),
    (life(1, ward="CARDIOLOGIE 2"), CARDIO, True),
    (life(1, ward="cardio-2"), CARDIO, True),
    (life(1, ward="Gériatrie"), CARDIO, False),
    (life(1, ward="Gériatrie", assigned="cardio-2 (Cardiologie 2)"), CARDIO, False),  # moved on since
    (life(1, Life.READY, assigned="cardio-2 (Cardiologie 2)"), CARDIO, True),
    (life(1, Life.READY, assigned="cardio-20 (Cardiologie 20)"), CARDIO, False),
    (life(1, Life.RETURNED, assigned="cardio-2 (Cardiologie 2)"), CARDIO, False),
    (life(1, Life.BACK, assigned="cardio-2 (Cardiologie 2)"), CARDIO, False),
    (life(1, Life.READY), Place("Gériatrie"), False),
    (life(1, ward="Cardiologie 2", became="A-0002"), CARDIO, False),
    (life(1, ward="Cardiologie 2", room="12"), Place("Cardiologie 2", "cardio-2", "12"), True),
    (life(1, ward="Cardiologie 2", room="13"), Place("Cardiologie 2", "cardio-2", "12"), False),
)


@pytest.mark.parametrize(("tablet", "place", "expected"), EXPECTED)
def test_a_tablet_is_expected_where_it_is_told_to_be(tablet: TabletLife, place: Place, expected: bool) -> None:  # noqa: FBT001
    assert place.expects(tablet) is expected


def test_what_is_read_is_here_missing_elsewhere_or_unknown() -> None:
    lives = [
        life(1, ward="Cardiologie 2"),
        life(2, ward="Cardiologie 2"),
        life(3, ward="Gériatrie"),
        life(4, became="A-0005"),
        life(5, ward="Cardiologie 2", became=""),
    ]
    found = compare_room(CARDIO, lives, ["A-0001", "A-0003", "A-0004", "Z-0009", "A-0001"])
    parts = (found.here, found.missing, found.strangers)
    assert [[one.number for one in part] for part in parts] == [["A-0001", "A-0005"], ["A-0002"], ["A-0003"]]
    assert (found.unknown, dict(found.relabelled), found.is_as_told) == (("Z-0009",), {"A-0004": "A-0005"}, False)
    told = [(one.tablet, one.kind) for one in tell_audit(found, "ward")]
    seen, missed = EventKind.SEEN, EventKind.MISSED
    assert told == [("A-0001", seen), ("A-0005", seen), ("A-0003", seen), ("A-0002", missed)]


def test_numbers_that_became_each_other_end() -> None:
    found = compare_room(CARDIO, [life(1, became="A-0002"), life(2, became="A-0001")], ["A-0001"])
    assert len(found.relabelled) == 1
