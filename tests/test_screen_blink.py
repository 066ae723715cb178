"""A screen that blinks: dark and bright by turns, left bright, for as long as was asked for."""

from __future__ import annotations

import pytest

from provision.errors import TabletGone
from provision.polling import count_pauses
from provision.runs.screen_blink import blink_screen
from tests.scripted import Conversation

DARK = {"shell": "input keyevent KEYCODE_SLEEP"}
BRIGHT = {"shell": "input keyevent KEYCODE_WAKEUP"}


@pytest.mark.parametrize(("seconds", "times"), [(1, 1), (2, 2), (5, 3), (60, 31)])
def test_the_screen_is_left_bright(seconds: int, times: int) -> None:
    tablet = Conversation([DARK, BRIGHT] * times)
    blink_screen(tablet, seconds, call_seconds=20, pace=count_pauses(lambda _seconds: None))
    tablet.check_finished()


def test_a_tablet_that_leaves_ends_it() -> None:
    tablet = Conversation([DARK, BRIGHT, {**DARK, "end": "gone"}])
    with pytest.raises(TabletGone):
        blink_screen(tablet, 60, call_seconds=20, pace=count_pauses(lambda _seconds: None))
