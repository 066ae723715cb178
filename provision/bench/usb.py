"""Port events of this PC's own USB, from udev. The only module that uses pyudev.

The monitor listens before the present devices are read, so that a plug in between is not lost;
`Plugged` drops what is then seen twice. When the kernel's queue overflows, the devices are read
anew instead of trusting what is left.
"""

# pyudev carries no types:
# mypy: untyped-calls-exclude=pyudev
from __future__ import annotations

import errno
import select
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pyudev

from provision.bench.cable import DeviceName
from provision.bench.plugged import Plugged, Sighting
from provision.bench.ports import DEVICES, UDEV_CONTROL, PortEvent, is_port
from provision.errors import PortSourceError

_Change = Callable[[Plugged], list[PortEvent]]
_END = object()


def is_present(port: str, devices: Path = DEVICES) -> bool:
    """Tell whether this computer's kernel has a device on a port now."""
    return is_port(port) and (devices / port / "idVendor").is_file()


class UsbPorts:
    """Port events from udev: one thread moves them from the kernel into a queue without bound.

    Only devices count (DEVTYPE `usb_device`), not their interfaces and not the computer's own root hubs. A device that
    udev has not finished with at the start is left to its own event.

    Raises:
        PortSourceError: udev is not running, or libudev is not there.
    """

    def __init__(self, control: Path = UDEV_CONTROL) -> None:
        if not control.exists():
            raise PortSourceError(f"udev is not running on this PC ({control} is missing): start systemd-udevd")
        self._queue: SimpleQueue[object] = SimpleQueue()
        self._monitor = _listen()
        self._queue.put(_reread)
        self._stop, self._stopped = socket.socketpair()
        self._reader = Thread(target=self._read, name="usb-ports", daemon=True)
        self._reader.start()

    def events(self) -> Iterator[PortEvent]:
        """As in `PortEvents`.

        Raises:
            PortSourceError: udev broke off; the events after that are lost.
        """
        plugged = Plugged()
        while (item := self._queue.get()) is not _END:
            if isinstance(item, PortSourceError):
                raise item
            if callable(item):
                yield from item(plugged)

    def close(self) -> None:
        """End the iterator and the reading thread."""
        self._stop.close()
        self._reader.join()
        self._queue.put(_END)

    def _read(self) -> None:
        waiting = select.poll()
        waiting.register(self._monitor.fileno(), select.POLLIN)
        waiting.register(self._stopped, select.POLLIN)
        with self._stopped:
            try:
                while self._stopped.fileno() not in dict(waiting.poll()):
                    self._move()
            except OSError as broken:
                self._queue.put(PortSourceError(f"udev broke off: {broken}"))

    def _move(self) -> None:
        try:
            while (device := self._monitor.poll(timeout=0)) is not None:
                if change := _change(device):
                    self._queue.put(change)
        except OSError as lost:
            if lost.errno != errno.ENOBUFS:
                raise
            self._queue.put(_reread)


def _listen() -> pyudev.Monitor:
    try:
        monitor: pyudev.Monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source="udev")
        monitor.filter_by("usb", "usb_device")
        monitor.start()
    except (ImportError, OSError) as missing:
        raise PortSourceError(f"udev cannot be used on this PC: {missing}") from missing
    return monitor


def _change(device: pyudev.Device) -> _Change | None:
    """Read one event; `bind`, `unbind` and `change` follow or precede these two and say nothing new."""
    port, number = device.sys_name, device.properties.get("DEVNUM")
    if device.action == "remove" and is_port(port):
        return lambda plugged: plugged.remove(port, number)
    seen = _sighting(device) if device.action == "add" else None
    return (lambda plugged: plugged.add(seen)) if seen else None


def _reread(plugged: Plugged) -> list[PortEvent]:
    """Read all devices; with a context of its own, since libudev objects belong to one thread."""
    devices = pyudev.Context().list_devices(subsystem="usb", DEVTYPE="usb_device")
    return plugged.replace(seen for seen in map(_sighting, devices) if seen)


def _sighting(device: pyudev.Device) -> Sighting | None:
    """The device by udev's properties; None for root hubs and for what udev has not finished with."""
    said = device.properties
    interfaces = said.get("ID_USB_INTERFACES", "")
    if not is_port(device.sys_name) or not interfaces:
        return None
    return Sighting(
        port=device.sys_name,
        number=said.get("DEVNUM"),
        interfaces=interfaces,
        vendor_id=said.get("ID_VENDOR_ID", "0000"),
        product_id=said.get("ID_MODEL_ID", "0000"),
        name=DeviceName(
            maker=said.get("ID_VENDOR_FROM_DATABASE", ""),
            product=said.get("ID_MODEL_FROM_DATABASE", ""),
            says=_tell_own_name(said.get("ID_VENDOR", ""), said.get("ID_MODEL", ""), said.get("ID_MODEL_ID", "")),
        ),
    )


def _tell_own_name(maker: str, model: str, model_id: str) -> str:
    """Its own words, in which udev wrote `_` for blanks; udev gives the ids where a device has none."""
    if not model or model == model_id:
        return ""
    return (model if model.casefold().startswith(maker.casefold()) else f"{maker} {model}").replace("_", " ").strip()
