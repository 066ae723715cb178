"""Learning which port of the hubs is which slot: one tablet is plugged through the ports, in the order of the labels.

Pure: plugs go in, what they taught comes out. A hub that was replaced is learnt again with the labels it had, which are
then given new ports all together, so that a port can change its label with another one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.bench.ports import PortEvent, is_hub, is_input
from provision.bench.slots import Slot


class Lesson(StrEnum):
    """What a plug taught."""

    LEARNT = "learnt"
    KNOWN = "known"
    """The port has a label already."""
    NO_TABLET = "no-tablet"


@dataclass(frozen=True)
class Taught:
    """One plug: the label is the port's, new or old; empty for what is no tablet."""

    lesson: Lesson
    port: str
    label: str = ""


class SlotLessons:
    """The labels that are still to be given, and the ports that were given one.

    Args:
        slots: those of the bench.
        present: ports with a device at the start; it teaches nothing until it is plugged in anew.
        hub: its slots alone are learnt again, in their order; None for further slots.
        count: how many further slots; None for as many as are plugged in.

    Raises:
        ValueError: no slot hangs on that hub.
    """

    def __init__(self, slots: Sequence[Slot], present: Collection[str], hub: str | None, count: int | None) -> None:
        self._present = set(present)
        again = [slot for slot in slots if hub is not None and slot.port.startswith(f"{hub}.")]
        if hub is not None and not again:
            raise ValueError(f"no slot hangs on the hub {hub}")
        self._labels = [slot.label for slot in again]
        self._known = {slot.port: slot.label for slot in slots if slot not in again}
        self._first = _next_number(slots) if hub is None else 0
        self._wanted = len(again) if hub is not None else count
        self.learnt: dict[str, str] = {}

    @property
    def next_label(self) -> str | None:
        """The label that the next new port gets; None when all are given."""
        given = len(self.learnt)
        if self._wanted is not None and self.is_done:
            return None
        return self._labels[given] if self._labels else str(self._first + given)

    @property
    def is_done(self) -> bool:
        """Tell whether every slot that was asked for has its port; without a number of them, it always is so."""
        return self._wanted is None or len(self.learnt) >= self._wanted

    def take(self, event: PortEvent) -> Taught | None:
        """Return what a plug taught; None for an unplug, and for what hung there at the start."""
        port, label = event.port, self.next_label
        if event.action == "remove" or port in self._present:
            if event.action == "remove":
                self._present.discard(port)
            return None
        known = self._known.get(port) or next((name for name, at in self.learnt.items() if at == port), None)
        if known is not None:
            return Taught(Lesson.KNOWN, port, known)
        if is_input(event.interfaces) or is_hub(event.interfaces) or label is None:
            return Taught(Lesson.NO_TABLET, port)
        self.learnt[label] = port
        return Taught(Lesson.LEARNT, port, label)


def _next_number(slots: Sequence[Slot]) -> int:
    """Return the number after the highest label that is one."""
    return 1 + max((int(slot.label) for slot in slots if slot.label.isascii() and slot.label.isdecimal()), default=0)
