"""A bench inside the virtual machine: real udev and a real adb server on usbfs, tablets on vhci_hcd."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TypeVar

from tablet import Loop, Unit

from provision.bench.adb import AdbHost, ServerAddress, TransportRow
from provision.bench.link import AdbTransport
from provision.bench.ports import PortEvent
from provision.bench.server import find_adb
from provision.bench.usb import UsbPorts
from provision.virtual.roster import Place
from provision.virtual.usb_device import UsbDevice

RESULTS = Path("/results")
SECONDS = 30.0
"""For every wait: emulation is slow, and slower on a busy machine (reference, USB bench, section 4)."""

Found = TypeVar("Found")


class Watch:
    """Port events, read by a thread of their own as the station does."""

    def __init__(self) -> None:
        self._ports = UsbPorts()
        self._seen: queue.SimpleQueue[PortEvent] = queue.SimpleQueue()
        self._thread = Thread(target=self._read)
        self._thread.start()

    def next(self) -> PortEvent:
        """The next event, within the deadline."""
        return self._seen.get(timeout=SECONDS)

    def is_quiet(self) -> bool:
        """Tell whether nothing is left that was not asked for."""
        return self._seen.empty()

    def close(self) -> None:
        """Stop watching."""
        self._ports.close()
        self._thread.join()

    def _read(self) -> None:
        for event in self._ports.events():
            self._seen.put(event)


@dataclass
class Bench:
    """The adb server, the port events and every tablet that was made for one test."""

    host: AdbHost
    folder: Path
    watch: Watch = field(default_factory=Watch)
    loop: Loop = field(default_factory=Loop)
    units: list[Unit] = field(default_factory=list)

    def unit(self, port: int, serial: str = "R52M70ABCDE") -> Unit:
        """A tablet for port `1-(port+1)`, not plugged yet; it accepts this computer at once."""
        place = Place(str(port + 1), f"1-{port + 1}", "samsung-sm-t510", serial, tap_allow=0.0)
        device = UsbDevice(0x04E8, 0x6860, "Samsung", "SM-T510", serial)
        self.units.append(Unit(self.loop, self.folder / place.slot, place, port, device))
        return self.units[-1]

    def row(self, port: str) -> TransportRow | None:
        """What the adb server lists on this port."""
        return next((row for row in self.host.list_transports() if row.port == port), None)

    def ready(self, port: str) -> AdbTransport:
        """A transport to the tablet on this port, once adb has it as `device`."""
        row = wait_for(lambda: (row := self.row(port)) and row.state == "device" and row)
        return AdbTransport(self.host, row)

    def close(self) -> None:
        """Pull every cable; a cable left in would keep the kernel waiting."""
        for unit in self.units:
            unit.close()
        self.watch.close()
        self.loop.close()


@contextmanager
def adb_server() -> Iterator[ServerAddress]:
    """A real adb server: native USB backend, private port, and the key that the stage made outside."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(RESULTS / "adb-home"),
        "ADB_LIBUSB": "0",
        "ADB_EMU": "0",
        "ANDROID_ADB_SERVER_PORT": str(port),
    }
    words = [find_adb(), "-L", f"tcp:localhost:{port}", "nodaemon", "server"]
    with (RESULTS / "adb.log").open("wb") as log:
        server = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(lambda: server.poll() is None and _listens(port))
        yield ServerAddress("127.0.0.1", port)
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition: Callable[[], Found | bool | None]) -> Found:
    """Ask until there is an answer, within the deadline."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        if found := condition():
            return found  # type: ignore[return-value] # True is never asked for a value
        time.sleep(0.02)
    raise TimeoutError(f"not within {SECONDS:g} s: {condition}")


class Figure:
    """Writes one measured time to the results."""

    def __init__(self, name: str) -> None:
        self._name, self._begin = name, time.monotonic()

    def stop(self) -> None:
        """Measured until now."""
        with (RESULTS / "figures").open("a") as out:
            out.write(f"{self._name}: {time.monotonic() - self._begin:.2f} s\n")
