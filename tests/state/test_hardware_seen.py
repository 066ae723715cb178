"""What a tablet observed of its own hardware: squares summed up, and read back as they were written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provision.state.donations import HardwareTest, read_test
from provision.state.hardware_seen import HardwareSeen, TouchSeen, read_seen, sum_touch
from provision.terms import HandWord, HardwarePart, ScreenZone

TESTED = HardwareTest("2026", {HardwarePart.TOUCH: HandWord.YES}, -61)
TOUCH = TouchSeen(12, 8, 2, (ScreenZone.TOP_RIGHT, ScreenZone.MIDDLE))


@pytest.mark.parametrize(
    ("squares", "left", "where"),
    [
        (("111", "111", "111"), 0, ()),
        (("110", "111", "011"), 2, (ScreenZone.TOP_RIGHT, ScreenZone.BOTTOM_LEFT)),
        (("1101", "1111"), 1, (ScreenZone.TOP,)),
        (("0",), 1, (ScreenZone.TOP_LEFT,)),
        (("1" * 12,) * 7 + ("1" * 11 + "0",), 1, (ScreenZone.BOTTOM_RIGHT,)),
    ],
)
def test_squares_left_are_counted_and_placed(
    squares: tuple[str, ...], left: int, where: tuple[ScreenZone, ...]
) -> None:
    found = sum_touch(squares)
    assert found == TouchSeen(len(squares[0]), len(squares), left, where)


def test_a_screen_that_was_not_cut_has_none() -> None:
    assert sum_touch(()) is None


@pytest.mark.parametrize("seen", [HardwareSeen(), HardwareSeen(5, TOUCH, ("up",)), HardwareSeen(touch=TOUCH)])
def test_it_reads_back_as_it_was_written(seen: HardwareSeen) -> None:
    assert read_seen(seen.describe()) == seen
    test = replace(TESTED, seen=seen)
    assert read_test(test.describe()) == test


def test_a_test_by_hand_alone_says_nothing_of_the_tablet() -> None:
    assert "byTablet" not in TESTED.describe()
