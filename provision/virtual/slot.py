"""One slot of the training bench: a hub port, the virtual tablet on it, and its way to the adb server.

The tablet's adbd listens on a loopback port of its own; the slot keeps the real server connected to
it as long as the tablet is plugged, offers ADB, may be opened, and is not starting up.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provision.virtual.adbd import Adbd
from provision.virtual.android.contract import Tablet
from provision.virtual.auth import KeyRing
from provision.virtual.changes import Changes
from provision.virtual.pace import HubLink
from provision.virtual.services import Services
from provision.virtual.shell import Shell
from provision.virtual.smart_socket import RealServer
from provision.virtual.tablet_executor import TabletExecutor, sleep
from provision.virtual.usb_ids import find_usb_ids

READ_LIMIT = 1 << 20
RETRY_SECONDS = 0.3
"""Between two attempts to be connected; a server forgets a lost transport after 0.25 s."""
REPLUG_SECONDS = 0.4
"""From a dropped link to the new USB enumeration."""
FILE_TRANSFER, ADB = "060101:", "ff4201:"

PortEvent = dict[str, str]
"""`event` (`add`, `remove`), `port`, `interfaces`, `vendor_id`, `product_id`: one line of the feed."""


class TrainingTablet(Tablet, Protocol):
    """A tablet that hands can change."""

    @property
    def adb_enabled(self) -> bool:
        """Tell whether USB debugging is on: the ADB interface exists on USB."""
        ...

    @property
    def usb_silent(self) -> bool:
        """Tell whether USB shows nothing of it although the cable is in."""
        ...

    def edit(self, verb: str, arguments: Sequence[str]) -> str:
        """Do what a hand does; returns what is so now.

        Raises:
            TrainingError: unknown verb or words that do not fit.
        """
        ...


@dataclass(frozen=True)
class Hub:
    """Parts that all slots of a bench share.

    Attributes:
        server: the real adb server.
        keys: public keys seen by this bench.
        shell: the host's shell program and the empty folder it runs in.
        changed: rings when a row or a port changes.
        tell: takes each port event.
    """

    server: RealServer
    keys: KeyRing
    shell: tuple[Path, Path]
    changed: Changes
    tell: Callable[[PortEvent], None]


class VirtualSlot:
    """One slot and its tablet.

    Attributes:
        label: the slot's label.
        port: USB port path, `1-1.2`.
        tablet: the model behind it.
        plugged, permitted: the cable is in; this user may open the device.
        mode: what the tablet's USB settings offer, `adb` or `mtp` (file transfer only).
        link: the way over its hub, None for one without a limit.
        starting: the tablet restarts: nothing is on USB.
    """

    def __init__(self, label: str, port: str, tablet: TrainingTablet, executor: TabletExecutor, hub: Hub) -> None:
        self.label, self.port, self.tablet = label, port, tablet
        self.vendor = ""
        self.plugged, self.permitted, self.starting = False, True, False
        self.mode = "adb"
        self.adbd: Adbd | None = None
        self.link: HubLink | None = None
        self.listens_on = 0
        self._executor, self._hub = executor, hub
        self._services = Services(executor, Shell(executor, *hub.shell), self)
        self._refuses = False
        self._shown: tuple[PortEvent | None, bool, bool] = (None, False, True)
        self._turn = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._listening = False

    # What it looks like.

    @property
    def emulator(self) -> str:
        """The real server's name for this connection."""
        return f"emulator-{self.listens_on - 1}"

    @property
    def offers_adb(self) -> bool:
        """Tell whether the ADB interface is on USB now."""
        return self.plugged and not self.starting and self.mode == "adb" and self.tablet.adb_enabled

    @property
    def wanted(self) -> bool:
        """Tell whether the server is to be connected to this tablet now."""
        return self.offers_adb and self.permitted and not self._refuses

    @property
    def present(self) -> PortEvent | None:
        """The add event of what hangs on the port now, None when nothing does."""
        if not self.plugged or self.starting or self.tablet.usb_silent:
            return None
        ids = find_usb_ids(self.vendor)
        interfaces = f":{FILE_TRANSFER}{ADB if self.offers_adb else ''}"
        return {
            "event": "add",
            "port": self.port,
            "interfaces": interfaces,
            "vendor_id": ids.vendor,
            "product_id": ids.product,
        }

    # What hands do.

    async def plug(self) -> None:
        """Put the cable in."""
        self.plugged = True
        await self.refresh()

    async def unplug(self) -> None:
        """Pull the cable: the connection ends without a word."""
        self.plugged = False
        await self.refresh()

    async def permit(self, *, allowed: bool) -> None:
        """Tell whether this user may open the device node."""
        self.permitted = allowed
        await self.refresh()

    async def switch(self, mode: str) -> None:
        """Choose `adb` or `mtp` in the tablet's USB settings."""
        self.mode = mode
        await self.refresh()

    async def allow(self) -> str:
        """Tap Allow; where no dialog is shown the tablet says so."""
        if self.adbd is not None and await self.adbd.allow():
            return "allowed"
        return await self.edit("allow", ())

    def deny(self) -> bool:
        """Tap Cancel; False when no dialog is shown."""
        return self.adbd is not None and self.adbd.deny()

    async def edit(self, verb: str, arguments: Sequence[str]) -> str:
        """Have the tablet carry out an edit, and show what follows from it on USB."""
        said = await self._executor.run(self.tablet.edit, verb, arguments)
        await self.refresh()
        return said

    async def reboot(self, mode: str) -> None:
        """Restart: gone from USB at once, back after the tablet's own time."""
        self._spawn(self._restart(mode))

    async def replug(self) -> None:
        """The link broke by itself: gone from USB and back."""
        self._spawn(self._come_back(REPLUG_SECONDS))

    def command_ended(self) -> None:
        """Look whether the command changed what is on USB."""
        if self._listening:
            self._spawn(self.refresh())

    # How it stays connected.

    async def start(self) -> None:
        """Listen, and keep the server connected from now on."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=READ_LIMIT)
        self.listens_on = self._server.sockets[0].getsockname()[1]
        await self.refresh()
        self._listening = True
        self._spawn(self._keep_connected())

    async def stop(self) -> None:
        """Cut the connection and end every task."""
        if self._server is not None:
            self._server.close()
        self.plugged = self._listening = False
        self._disconnect()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def refresh(self) -> None:
        """Bring USB and the connection in line with what is so now."""
        self._refuses = await self._executor.try_now(self.tablet.wire_fault) == "refuse-connect"
        if not self.wanted:
            self._disconnect()
        shown = (self.present, self.wanted, self.permitted)
        if shown != self._shown:
            self._announce(self._shown[0], shown[0])
            self._shown = shown
            self._turn.set()
            self._hub.changed.ring()

    def _announce(self, before: PortEvent | None, now: PortEvent | None) -> None:
        """Tell the feed what left the port and what came."""
        if before == now:
            return
        if before is not None:
            self._hub.tell({**before, "event": "remove"})
        if now is not None:
            self._hub.tell(now)

    def _disconnect(self) -> None:
        """End the connection: at once when the cable is out, else after what was already said."""
        if self.adbd is not None:
            if self.plugged:
                self.adbd.leave()
            else:
                self.adbd.cut()
            self.adbd = None

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self, mode: str) -> None:
        await self._come_back(await self._executor.run(self.tablet.reboot, mode))

    async def _come_back(self, seconds: float) -> None:
        self.starting = True
        await self.refresh()
        await sleep(seconds)
        self.starting = False
        await self.refresh()

    async def _keep_connected(self) -> None:
        """Ask the server to connect whenever it should be and is not."""
        while True:
            self._turn.clear()
            if self.wanted and self.adbd is None:
                with contextlib.suppress(OSError, TimeoutError):
                    await self._hub.server.attach(self.listens_on)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS if self.wanted and self.adbd is None else None):
                    await self._turn.wait()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.wanted or self.adbd is not None:
            writer.transport.abort()
            return
        adbd = self.adbd = Adbd(reader, writer, self._hub.keys, self._services, self.link)
        try:
            await adbd.serve()
        finally:
            if self.adbd is adbd:
                self.adbd = None
            self._turn.set()
