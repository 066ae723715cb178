"""Occupants of the ports: sightings from udev folded into port events, pure.

One plug makes several udev events, a start reads the same device twice (enumeration and its own
event), and an overfull queue loses some. The table turns all of that into one `add` and one
`remove` a plug (reference, USB bench, section 5: match removals by path).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from provision.bench.cable import NAMELESS, DeviceName
from provision.bench.ports import Action, PortEvent


@dataclass(frozen=True)
class Sighting:
    """One USB device as udev described it.

    Attributes:
        port: `1-1.2`.
        number: the kernel's number of this very plug on its bus (`DEVNUM`), another one after each
            re-plug; None where udev did not tell.
        interfaces, vendor_id, product_id, name: as in `PortEvent`.
    """

    port: str
    number: str | None
    interfaces: str
    vendor_id: str
    product_id: str
    name: DeviceName = NAMELESS


@dataclass
class Plugged:
    """The devices that were reported as present; every method returns the events of one change."""

    _present: dict[str, Sighting] = field(default_factory=dict)

    def add(self, seen: Sighting) -> list[PortEvent]:
        """A device is there: nothing if it is known, `remove` first if another one was known."""
        known = self._present.get(seen.port)
        if known == seen:
            return []
        self._present[seen.port] = seen
        return [_event("remove", known), _event("add", seen)] if known else [_event("add", seen)]

    def remove(self, port: str, number: str | None) -> list[PortEvent]:
        """A device left; a late word about an earlier plug of the same port is ignored."""
        known = self._present.get(port)
        if known is None or (number and known.number and number != known.number):
            return []
        del self._present[port]
        return [_event("remove", known)]

    def replace(self, present: Iterable[Sighting]) -> list[PortEvent]:
        """The full list of devices was read anew: removals first, then what is new."""
        now = {seen.port: seen for seen in present}
        events = []
        for port in self._present.keys() - now.keys():
            events += self.remove(port, None)
        for seen in now.values():
            events += self.add(seen)
        return events


def _event(action: Action, seen: Sighting) -> PortEvent:
    return PortEvent(action, seen.port, seen.interfaces, seen.vendor_id, seen.product_id, seen.name)
