"""What a station hears from outside, each source in a thread of its own that only puts into its queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from provision.bench.cable import Cable
from provision.bench.kernel_log import KernelWords
from provision.bench.kernel_words import KernelWord
from provision.bench.ports import PortEvent, PortEvents
from provision.bench.slot_events import PortPlugged, PortUnplugged, TransportsListed
from provision.errors import AdbServerError, PortSourceError, ProvisionError, TransportError
from provision.station.devices import Devices

RECONNECT_SECONDS = 0.2


@dataclass(frozen=True)
class Broken:
    """A source that a station cannot be without broke off."""

    error: ProvisionError


@dataclass(frozen=True)
class ServerLost:
    """The adb server is gone: every run is over, whatever a new server will list."""

    text: str


Put = Callable[[TransportsListed | PortPlugged | PortUnplugged | KernelWord | Broken | ServerLost], None]


def start_followers(
    put: Put,
    stopped: threading.Event,
    devices: Devices,
    ports: PortEvents,
    kernel: KernelWords | None,
    name_cable: Callable[[PortEvent], Cable | None],
) -> None:
    """Follow the adb server, the USB ports and, where it may be heard, the kernel, until the station has stopped.

    Args:
        put: takes what was heard, from any thread.
        stopped: set once the station needs nothing more.
        devices: the device lists of the adb server.
        ports: plug and unplug events; closing them ends their thread.
        kernel: what the kernel says; closing it ends its thread.
        name_cable: names what was plugged, from its descriptors.
    """
    for name, follow in (
        ("adb", partial(_follow_server, put, stopped, devices)),
        ("usb", partial(_follow_ports, put, stopped, ports, name_cable)),
        ("kernel", partial(_follow_kernel, put, kernel)),
    ):
        threading.Thread(target=follow, name=name, daemon=True).start()


def _follow_server(put: Put, stopped: threading.Event, devices: Devices) -> None:
    """The device list, again and again: a server that died is started anew by the next `track`."""
    while not stopped.is_set():
        try:
            for rows in devices.track(stopped):
                put(TransportsListed(rows))
        except AdbServerError as error:
            put(Broken(error))
            return
        except TransportError as error:
            put(ServerLost(str(error)))
            stopped.wait(RECONNECT_SECONDS)
        except Exception as error:  # noqa: BLE001 # the thread's edge: the loop must hear of it
            put(Broken(AdbServerError(f"following the adb server: {type(error).__name__}: {error}")))
            return


def _follow_ports(
    put: Put, stopped: threading.Event, ports: PortEvents, name_cable: Callable[[PortEvent], Cable | None]
) -> None:
    try:
        for event in ports.events():
            if event.action == "add":
                put(PortPlugged(event.port, event.interfaces, name_cable(event)))
            else:
                put(PortUnplugged(event.port))
    except ProvisionError as error:
        _tell_broken(put, stopped, error)
    except Exception as error:  # noqa: BLE001 # the thread's edge: the loop must hear of it
        _tell_broken(put, stopped, PortSourceError(f"following the USB ports: {type(error).__name__}: {error}"))


def _follow_kernel(put: Put, kernel: KernelWords | None) -> None:
    """Where it breaks off, nothing else does."""
    with suppress(ProvisionError, OSError):
        for word in kernel.events() if kernel is not None else ():
            put(word)


def _tell_broken(put: Put, stopped: threading.Event, error: ProvisionError) -> None:
    if not stopped.is_set():
        put(Broken(error))
