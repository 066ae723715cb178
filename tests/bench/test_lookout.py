"""One port watched beside a run: what USB and adb say, and silence that claims nothing."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import Literal

from provision.bench.adb import TransportRow
from provision.bench.disconnect import PortState
from provision.bench.lookout import PortLookout
from provision.bench.ports import PortEvent
from provision.errors import PortSourceError, ServerGone
from tests.waiting import wait_until

ROW = TransportRow(3, "R52N000001", "device", "1-1.1", "SM_T510")
WITH, WITHOUT = ":060101:ff4201:", ":060101:"


class Ports:
    """Port events from a queue; an error ends them."""

    def __init__(self) -> None:
        self.queue: queue.SimpleQueue[PortEvent | PortSourceError | None] = queue.SimpleQueue()

    def say(self, action: Literal["add", "remove"], interfaces: str, port: str = "1-1.1") -> None:
        self.queue.put(PortEvent(action, port, interfaces, "04e8", "6860"))

    def events(self) -> Iterator[PortEvent]:
        while (event := self.queue.get()) is not None:
            if isinstance(event, PortSourceError):
                raise event
            yield event

    def close(self) -> None:
        self.queue.put(None)


def test_a_lookout_follows_its_own_port_only() -> None:
    ports, rows = Ports(), [ROW]
    ports.say("add", WITH)
    ports.say("add", WITHOUT, "1-1.2")
    with PortLookout(ports, lambda: rows, "1-1.1") as lookout:
        wait_until(lambda: lookout.probe() == PortState(listed=True, interfaces=WITH), "the tablet is seen")
        rows.clear()
        ports.say("remove", WITH)
        wait_until(lambda: lookout.probe() == PortState(listed=False, interfaces=None), "it left")
        ports.say("add", WITHOUT)
        wait_until(lambda: lookout.probe().closed, "it came back without debugging")


def test_a_broken_source_and_a_silent_adb_server_claim_nothing() -> None:
    def refuse() -> Sequence[TransportRow]:
        raise ServerGone("gone")

    ports = Ports()
    with PortLookout(ports, refuse, "1-1.1") as lookout:
        ports.say("add", WITHOUT)
        wait_until(lambda: lookout.probe() == PortState(listed=True, interfaces=WITHOUT), "the tablet is seen")
        ports.queue.put(PortSourceError("udev is gone"))
        wait_until(lambda: lookout.probe().away, "nothing is known any more")


def test_without_a_source_nothing_is_ever_seen() -> None:
    with PortLookout(None, list, None) as lookout:
        assert lookout.probe() == PortState(listed=False, interfaces=None)
