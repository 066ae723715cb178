"""A virtual tablet on a virtual USB port: the product's adbd and model of Android behind a real USB core."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread

from provision.virtual.adbd import Adbd
from provision.virtual.android.tablet import open_tablet
from provision.virtual.auth import KeyRing
from provision.virtual.roster import Place
from provision.virtual.services import Services
from provision.virtual.shell import Shell
from provision.virtual.tablet_executor import TabletExecutor
from provision.virtual.usb_device import UsbDevice, UsbMode
from provision.virtual.vhci import UsbCable, plug

END_SECONDS = 15.0


class Loop:
    """The event loop of all tablets, in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.pool = ThreadPoolExecutor(max_workers=8)
        self._thread = Thread(target=self.loop.run_forever)
        self._thread.start()

    def close(self) -> None:
        """Stop it; the tablets' connections have ended before."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        self.pool.shutdown()


class Unit:
    """One tablet and the hand that holds its cable; implements `provision.virtual.services.Cable`.

    Its folder keeps its state over unplugs and reboots. All changes of the cable happen one after the
    other in a thread of their own, since each waits for the connection before it to end.

    Args:
        port: number of the virtual hub's port; the kernel's device is `1-(port+1)`.
        device: what USB shows; its mode follows the tablet's own setting of USB debugging.
    """

    def __init__(self, loop: Loop, folder: Path, place: Place, port: int, device: UsbDevice) -> None:
        self._loop, self._port, self.device = loop, port, device
        (folder / "empty").mkdir(parents=True)
        self._tablet = open_tablet(folder / "state", place)
        executor = TabletExecutor(self._tablet, loop.pool)
        shell = Path(shutil.which("dash") or os.path.realpath("/bin/sh"))
        self._services = Services(executor, Shell(executor, shell, folder / "empty"), self)
        self._keys = KeyRing(folder / "keys")
        self._hand = ThreadPoolExecutor(max_workers=1)
        self._plugged: tuple[UsbCable, Future[None]] | None = None
        self._is_held = True

    def plug(self) -> None:
        """Put the cable in."""
        self._is_held = False
        self._hand.submit(self._put_in).result(END_SECONDS)

    def unplug(self) -> None:
        """Pull the cable; nothing happens when it is out, and no reboot brings it back."""
        self._is_held = True
        self._hand.submit(self._pull).result(END_SECONDS)

    def close(self) -> None:
        """Unplug for good."""
        self.unplug()
        self._hand.shutdown()

    def switch_debugging(self, value: str) -> None:
        """Somebody switches USB debugging in the tablet's settings: `0` or `1`."""
        self._tablet.edit("set", ["global", "adb_enabled", value])
        self._hand.submit(self._follow_setting).result(END_SECONDS)

    def edit(self, verb: str, *words: str) -> None:
        """Change the tablet by hand, as `provision bench` does."""
        self._tablet.edit(verb, list(words))

    async def reboot(self, mode: str) -> None:
        """Leave the bus, and come back when the model has booted."""
        seconds = await self._services.executor.run(self._tablet.reboot, mode)
        self._hand.submit(self._pull)
        self._loop.loop.call_later(seconds, self._hand.submit, self._put_in)

    async def replug(self) -> None:
        """Gone, and back as a new connection."""
        self._hand.submit(self._pull)
        self._hand.submit(self._put_in)

    def command_ended(self) -> None:
        """Re-enumerate with other interfaces if the command switched USB debugging."""
        self._hand.submit(self._follow_setting)

    def _follow_setting(self) -> None:
        mode = UsbMode.MTP_AND_ADB if self._tablet.adb_enabled else UsbMode.MTP
        if mode is not self.device.mode:
            self._pull()
            self.device = replace(self.device, mode=mode)
            self._put_in()

    def _put_in(self) -> None:
        if self._is_held or self._plugged:
            return
        relay, end = socket.socketpair()
        served = asyncio.run_coroutine_threadsafe(self._serve(end), self._loop.loop)
        self._plugged = (plug(self.device, self._port, relay), served)

    def _pull(self) -> None:
        if self._plugged:
            cable, served = self._plugged
            self._plugged = None
            cable.close()
            served.result(timeout=END_SECONDS)

    async def _serve(self, end: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=end)
        await Adbd(reader, writer, self._keys, self._services).serve()
