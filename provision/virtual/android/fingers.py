"""Edits of a person who tests the hardware by the agent's pages: fingers on the screen, and on the volume button."""

from __future__ import annotations

import re
from collections.abc import Sequence

from provision.errors import TrainingError
from provision.virtual.android.agent.hardware import KEYS
from provision.virtual.android.agent.process import running
from provision.virtual.android.device import Device

_SQUARE = re.compile(r"(\d{1,2}),(\d{1,2})")


def touch_screen(device: Device, words: Sequence[str]) -> str:
    """Slide a finger over every square but those named, which feel nothing."""
    found = [_SQUARE.fullmatch(word) for word in words]
    dead = {(int(one[1]), int(one[2])) for one in found if one is not None}
    if None in found:
        raise TrainingError(f"touch-screen: expected squares as COLUMN,ROW, got {' '.join(words)}")
    if not running(device).hardware.slide(dead):
        raise TrainingError("touch-screen: the agent shows no page of squares")
    return f"a finger slid over the screen; squares that feel nothing: {len(dead)}"


def press_volume(device: Device, words: Sequence[str]) -> str:
    """Press sides of the volume button."""
    if not set(words) <= KEYS:
        raise TrainingError(f"press-volume: expected {' or '.join(sorted(KEYS))}, got {' '.join(words)}")
    if not running(device).hardware.press(words):
        raise TrainingError("press-volume: the agent shows no page of buttons")
    return f"pressed: {', '.join(words)}"
