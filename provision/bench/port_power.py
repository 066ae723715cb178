"""A port's power off and on again, for a tablet that nothing gentler reached: the last rung before a hand."""

from __future__ import annotations

from pathlib import Path

from provision.bench.cable import CableGroup, find_group, name_kind
from provision.bench.port_light import HubPort, Places, Way, find_halves, find_obstacle
from provision.bench.ports import DEVICES, is_port
from provision.bench.usb_reset import check_holder
from provision.errors import PortSourceError
from provision.polling import REAL_TIME, Pace

_TABLETS = frozenset({CableGroup.TABLET, CableGroup.MODE})

HERE = Places()
"""This computer's own hubs."""


def cycle_power(port: str, places: Places = HERE, pace: Pace = REAL_TIME, *, listed: bool = False) -> None:
    """Switch one port of a hub off and on again; the tablets on its other ports keep working.

    Args:
        port: the one that is switched.
        places: where its hub is.
        pace: of the pause in between.
        listed: our own adb server lists the tablet there.

    Raises:
        PortSourceError: the hub switches no port by itself, a keyboard or scanner hangs on it, it may not be told,
            another program works on the tablet, or what hangs there is no tablet.
    """
    obstacle = find_obstacle(port, _read_interfaces(places.devices), find_halves(port, places.devices))
    if obstacle is not None:
        raise PortSourceError(f"{port}: its power is left alone ({obstacle})")
    check_holder(port, places.devices, listed=listed)
    hub = HubPort(port, places)
    if not hub.ask_characteristics().switches_ports:
        raise PortSourceError(f"{port}: its hub switches all of its ports together; nothing was switched")
    other = find_other_device(port, places.devices)  # at last: it may have been plugged in meanwhile
    if other is not None:
        raise PortSourceError(f"{port}: expected a tablet, got another device ({other}); nothing was switched")
    hub.blink(Way.POWER, 0.0, pace)


def find_other_device(port: str, devices: Path = DEVICES) -> str | None:
    """Find what hangs on a port, or on its other half, and may lose more by a cut than a tablet: its kind.

    None where nothing is there, or a tablet. A device that shows itself as a disk alone counts as one.
    """
    found = _read_interfaces(devices)
    for half in find_halves(port, devices):
        if half in found:
            kind = name_kind(found[half], *_read_ids(devices / half))
            if kind == "storage" or (kind != "debugging" and find_group(kind) not in _TABLETS):
                return kind
    return None


def _read_interfaces(devices: Path) -> dict[str, str]:
    """Interfaces of every device in udev's form, by its port."""
    found = [folder for folder in devices.iterdir() if is_port(folder.name)] if devices.is_dir() else []
    return {folder.name: "".join([":", *(f"{code}:" for code in _list_codes(folder))]) for folder in found}


def _read(file: Path) -> str:
    return file.read_text("ascii", "replace").strip()


def _read_ids(folder: Path) -> tuple[str, str]:
    try:
        return _read(folder / "idVendor"), _read(folder / "idProduct")
    except OSError:
        return "0000", "0000"  # it leaves in this moment


def _list_codes(folder: Path) -> list[str]:
    parts = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    try:
        return ["".join(_read(each / part) for part in parts) for each in sorted(folder.glob(f"{folder.name}:*"))]
    except OSError:
        return []  # it leaves in this moment
