"""Has a tablet closed its USB debugging, or has somebody pulled the cable? A pure function of what is seen.

A tablet whose debugging is switched off leaves USB and comes back without the ADB interface (reference,
USB bench, section 2); adb drops its transport within about a second (Wi-Fi and kiosk document 3.5, U). A
pulled cable looks the same to adb, and leaves the port empty to USB. So only both words together count:

1. Closed: adb lists nothing and USB shows the tablet without ADB, for `HOLD_SECONDS` on end.
2. Left: USB shows nothing for `HAND_SECONDS`, which a hand needs to change tablets. What is plugged in later
   is not known to be this tablet. A tablet that offers no USB at all without debugging looks like this too.
3. Open: neither, `GIVE_UP_SECONDS` after the order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from provision.bench.ports import has_adb
from provision.bench.slots import HAND_SECONDS, SlotTable

HOLD_SECONDS = 3.0
GIVE_UP_SECONDS = 15.0


class Ending(StrEnum):
    """Outcome of the order to close debugging."""

    CLOSED = "closed"
    LEFT = "left"
    OPEN = "open"


@dataclass(frozen=True)
class PortState:
    """One port, seen in one moment.

    Attributes:
        listed: adb names a connection on it, in any state.
        interfaces: of the device on it, in udev's form; None while USB shows nothing there.
    """

    listed: bool
    interfaces: str | None

    @property
    def away(self) -> bool:
        """Tell whether nothing is on the port."""
        return self.interfaces is None

    @property
    def closed(self) -> bool:
        """Tell whether the tablet is there, and both ways say that its debugging is off."""
        return not self.listed and self.interfaces is not None and not has_adb(self.interfaces)

    def __str__(self) -> str:
        adb = "adb lists the tablet" if self.listed else "adb lists nothing"
        if self.interfaces is None:
            return f"{adb}, USB shows nothing on the port"
        return f"{adb}, USB shows the tablet {'with' if has_adb(self.interfaces) else 'without'} debugging"


@dataclass(frozen=True)
class Watch:
    """Everything seen since the order; seconds of one clock.

    Attributes:
        ordered: when the order was given.
        states: each change with its time, in order.
    """

    ordered: float
    states: tuple[tuple[float, PortState], ...] = ()

    def see(self, state: PortState, now: float) -> Watch:
        """The watch after one more look."""
        if self.states and self.states[-1][1] == state:
            return self
        return replace(self, states=(*self.states, (now, state)))

    def judge(self, now: float) -> Ending | None:
        """The ending, None while it is still open; asked after every look, so no pause is longer than one."""
        if not self.states:
            return None
        since, last = self.states[-1]
        if last.away and now - since >= HAND_SECONDS:
            return Ending.LEFT
        if last.closed and now - since >= HOLD_SECONDS:
            return Ending.CLOSED
        if now - self.ordered < GIVE_UP_SECONDS:
            return None
        return Ending.LEFT if last.away else Ending.OPEN

    def tell(self) -> tuple[str, ...]:
        """One plain sentence for each change."""
        return tuple(f"after {now - self.ordered:.1f} s: {state}" for now, state in self.states)


def port_state_of(table: SlotTable, port: str) -> PortState:
    """Tell how the slot table sees a port now."""
    entry = table.entry(port)
    return PortState(entry.row is not None, entry.interfaces)
