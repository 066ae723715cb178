"""The test of the hardware that a bench asks the agent for (contract 16): its pages, and what a finger did on them.

Nobody touches a virtual tablet unless an edit does (`touch-screen`, `press-volume`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.reading import Refused
from provision.virtual.android.device import Device

COLUMNS, ROWS = 12, 8
"""Squares of a virtual tablet's screen."""

KEYS = frozenset({"down", "up"})
COLOURS, COLOUR_SECONDS = 5, 3.0
MOST_SECONDS = 600
_ASKED = re.compile(r"(colours|touch|sound|buttons):(?:fr|en):([1-9][0-9]{1,2})")


@dataclass
class HardwareTest:
    """The pages of one life of the agent.

    Attributes:
        is_owner: tells whether the agent is device owner.
        is_front: tells whether its launcher is in front of a bright screen.
        leave: takes it out of the way.
        clock: seconds that only go forward.
    """

    is_owner: Callable[[], bool]
    is_front: Callable[[], bool]
    leave: Callable[[], None]
    clock: Callable[[], float]
    _step: str | None = None
    _end: float = 0.0
    _seen_at: float | None = None
    _colours: int = 0
    _squares: list[list[bool]] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    def ask(self, argument: str) -> dict[str, object]:
        """Begin a page, end the test, or only tell.

        Raises:
            Refused: `owned`, `order-invalid`.
        """
        if self.is_owner():
            raise Refused("owned", "this app is device owner: its screen is the ward's")
        asked = _ASKED.fullmatch(argument)
        if asked is not None and int(asked[2]) <= MOST_SECONDS:
            self._begin(asked[1], float(asked[2]))
        elif argument == "end":
            self._end = min(self._end, self.clock())
        elif argument:
            raise Refused("order-invalid", "expected STEP:LANGUAGE:SECONDS, end, or nothing")
        return self._tell()

    def _begin(self, step: str, seconds: float) -> None:
        self._settle()
        self._step, self._end, self._seen_at = step, self.clock() + seconds, None
        match step:
            case "colours":
                self._colours = 0
            case "touch":
                self._squares = []
            case "buttons":
                self._keys = set()

    @property
    def step(self) -> str | None:
        """The page that is wanted now."""
        return self._step if self.clock() < self._end else None

    def _settle(self) -> bool:
        """Note what a page shows as soon as it is in front; returns whether one is."""
        if self._step is not None and self.step is None:
            self._step = None
            self.leave()
        if self._step is None or not self.is_front():
            self._seen_at = None
            return False
        if self._seen_at is None:
            self._seen_at = self.clock()
        if self.step == "colours":
            turns = 1 + int((self.clock() - self._seen_at) / COLOUR_SECONDS)
            self._colours = max(self._colours, min(COLOURS, turns))
        elif self.step == "touch" and not self._squares:
            self._squares = [[False] * COLUMNS for _ in range(ROWS)]
        return True

    def _tell(self) -> dict[str, object]:
        shown = self._settle()
        squares = ["".join("01"[touched] for touched in row) for row in self._squares]
        observed = {"colours": self._colours, "squares": squares, "keys": sorted(self._keys)}
        return {"step": self.step, "shown": shown, **observed}

    def slide(self, dead: Collection[tuple[int, int]]) -> bool:
        """Slide a finger over every square but the dead ones, `(column, row)`; returns whether they are shown."""
        shown = self._settle() and self.step == "touch"
        for row, squares in enumerate(self._squares if shown else ()):
            squares[:] = [touched or (column, row) not in dead for column, touched in enumerate(squares)]
        return shown

    def press(self, keys: Collection[str]) -> bool:
        """Press sides of the volume button, `up` and `down`; returns whether their page is shown."""
        shown = self._settle() and self.step == "buttons"
        self._keys |= set(keys) if shown else set()
        return shown


def start_test(device: Device, is_owner: Callable[[], bool]) -> HardwareTest:
    """Start the pages of a tablet, none of which is wanted yet."""

    def is_front() -> bool:
        return not device.data.asleep and device.is_front(AGENT)

    return HardwareTest(is_owner, is_front, lambda: device.go_home_from(AGENT), device.clock)
