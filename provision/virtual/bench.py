"""The training bench: virtual slots behind a real adb server, and what a front shows of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.errors import TrainingError
from provision.virtual.auth import KeyRing
from provision.virtual.changes import Changes
from provision.virtual.pace import HubLink
from provision.virtual.rows import Row, in_order, locked_row, on_usb
from provision.virtual.shell import find_shell
from provision.virtual.slot import Hub, PortEvent, TrainingTablet, VirtualSlot
from provision.virtual.smart_socket import RealServer
from provision.virtual.tablet_executor import MOST_THREADS, TabletExecutor

KEYS_FILE = "adb_keys_seen"
EMPTY_FOLDER = "empty"
FIRST_LOCKED_ID = 900_001
"""Transport ids of devices that cannot be opened; a real server gives them too, ours knows none of them."""


@dataclass(frozen=True)
class Berth:
    """One tablet and where it hangs.

    Attributes:
        slot: label.
        port: USB port path.
        tablet: the model.
        plugged: whether the cable is in at the start.
        link: the way over its hub, None for one without a limit.
        vendor: maker's word that chooses the USB ids (`usb_ids.yaml`), any other gives the white-box ids.
    """

    slot: str
    port: str
    tablet: TrainingTablet
    plugged: bool = True
    vendor: str = ""
    link: HubLink | None = None


class TrainingBench:
    """Slots, their tablets and one real server.

    Args:
        folder: the bench's own folder, made when missing.
        berths: what hangs where.
        server: the real adb server, run by somebody else; it may come and go.
        shell: the host's shell program; None takes the first of mksh, dash, sh.

    Attributes:
        changed: rings when a list of devices would look different.
    """

    def __init__(self, folder: Path, berths: Sequence[Berth], server: RealServer, shell: Path | None = None) -> None:
        empty = folder / EMPTY_FOLDER
        empty.mkdir(parents=True, exist_ok=True)
        self.server = server
        self.changed = Changes()
        self._pool = ThreadPoolExecutor(MOST_THREADS, "tablet")
        self._followers: set[asyncio.Queue[PortEvent]] = set()
        hub = Hub(server, KeyRing(folder / KEYS_FILE), (shell or find_shell(), empty), self.changed, self._tell)
        self.slots = {berth.slot: self._make(berth, hub) for berth in berths}
        self._paths = {f"usb:{slot.port}": slot for slot in self.slots.values()}

    def _make(self, berth: Berth, hub: Hub) -> VirtualSlot:
        slot = VirtualSlot(berth.slot, berth.port, berth.tablet, TabletExecutor(berth.tablet, self._pool), hub)
        slot.plugged, slot.vendor, slot.link = berth.plugged, berth.vendor, berth.link
        return slot

    async def start(self) -> None:
        """Listen for every tablet and connect the plugged ones."""
        await asyncio.gather(*(slot.start() for slot in self.slots.values()))

    async def stop(self) -> None:
        """Cut every connection; returns when nothing of the bench runs any more."""
        await asyncio.gather(*(slot.stop() for slot in self.slots.values()))
        self._pool.shutdown(wait=False, cancel_futures=True)

    def slot(self, label: str) -> VirtualSlot:
        """The slot of a label.

        Raises:
            TrainingError: there is none.
        """
        if label not in self.slots:
            raise TrainingError(f"no slot {label!r}; there are: {', '.join(self.slots)}")
        return self.slots[label]

    def slot_on(self, path: str) -> VirtualSlot | None:
        """The slot of a USB path (`usb:1-1.2`), None for every other name."""
        return self._paths.get(path)

    def show(self, real: Sequence[Row], *, modern: bool) -> list[Row]:
        """List what a server with these tablets on USB would list.

        Args:
            real: rows of the real server; those that are not ours stay as they are.
            modern: whether the server is newer than adb 29.
        """
        ours = {slot.emulator: slot for slot in self.slots.values()}
        rows = []
        for row in real:
            slot = ours.get(row.serial)
            if slot is None:
                rows.append(row)
            elif slot.wanted:
                rows.append(on_usb(row, slot.tablet.banner.serial, slot.port))
        return in_order([*rows, *self._locked(modern=modern)])

    def _locked(self, *, modern: bool) -> Iterator[Row]:
        for number, slot in enumerate(self.slots.values(), FIRST_LOCKED_ID):
            if slot.offers_adb and not slot.permitted:
                yield locked_row(slot.tablet.banner.serial, slot.port, number, modern=modern)

    @contextmanager
    def follow_ports(self) -> Iterator[asyncio.Queue[PortEvent]]:
        """A queue that holds the present devices and gets every later event."""
        queue: asyncio.Queue[PortEvent] = asyncio.Queue()
        for slot in self.slots.values():
            if slot.present is not None:
                queue.put_nowait(slot.present)
        queue.put_nowait({"event": "synced"})
        self._followers.add(queue)
        try:
            yield queue
        finally:
            self._followers.discard(queue)

    def _tell(self, event: PortEvent) -> None:
        for queue in self._followers:
            queue.put_nowait(event)
