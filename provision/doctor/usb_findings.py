"""What a computer's USB lets a bench do: how many tablets it holds, where they are plugged, and what will fail.

Limits of the standard (USB 2.0, 4.1.1 and 9.4.6): seven tiers, of which five are hubs, and 127 addresses a bus. The
kernel does not tell the limits of a controller; 96 endpoints is what others met, with Intel's of series 8 for one
(Microchip, note on "Not enough USB controller resources").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from provision.bench.ports import DEVICES
from provision.doctor.finding import Finding, Level
from provision.doctor.usb_tree import UsbDevice

ADDRESSES = 127
"""Devices of one bus, hubs included."""
LAST_HUB_TIER = 6
"""A hub further away than this is not taken by the kernel, nor what hangs on it."""
ENDPOINTS = 96
"""What controllers are known to end at."""
TABLET_ENDPOINTS = 6
"""MTP has three, adb two, and each device has its default one."""
HIGH_SPEED = 480.0
BUS_POWERED_PORT = 100
"""mA; a port of a hub without a supply of its own gives no more (USB 2.0, 7.2.1.1)."""


def examine_usb(devices: Sequence[UsbDevice]) -> list[Finding]:
    """Return what is to be said of a computer's USB, the whole first."""
    if not any(device.is_root for device in devices):
        return [Finding("usb.none", Level.FAULT)]
    return [
        *_count_places(devices),
        *_count_endpoints(devices),
        *(finding for device in devices for finding in _examine_device(device)),
    ]


def _count_places(devices: Sequence[UsbDevice]) -> Iterator[Finding]:
    """Tell how many tablets more the hubs can hold, and which ports of theirs are free."""
    hubs = [device for device in devices if device.is_hub and not device.is_root and device.speed == HIGH_SPEED]
    if not hubs:
        yield Finding("usb.no-hub", Level.WARNING)
        return
    tablets = [device for device in devices if device.has_adb]
    quick = sum((device.speed or 0) > HIGH_SPEED for device in tablets)  # they hang on the hub's other half
    free = {hub.name: hub.ports - _count_children(hub, devices) for hub in hubs if hub.tier <= LAST_HUB_TIER}
    places = sum(min(_sum_of_bus(free, bus), ADDRESSES - _count_bus(devices, bus)) for bus in _list_buses(hubs))
    where = ", ".join(f"{name} ({count})" for name, count in free.items() if count > 0) or "–"
    left = max(0, places - quick)
    level = Level.RIGHT if left or tablets else Level.WARNING
    yield Finding("usb.places", level, {"tablets": len(tablets), "free": left, "where": where})


def _count_children(hub: UsbDevice, devices: Sequence[UsbDevice]) -> int:
    return sum(device.name.rpartition(".")[0] == hub.name for device in devices)


def _list_buses(hubs: Sequence[UsbDevice]) -> list[int]:
    return sorted({hub.bus for hub in hubs})


def _sum_of_bus(free: dict[str, int], bus: int) -> int:
    return sum(count for name, count in free.items() if name.startswith(f"{bus}-"))


def _count_bus(devices: Sequence[UsbDevice], bus: int) -> int:
    """Addresses that are taken; the root hub has one, too."""
    return sum(device.bus == bus for device in devices)


def _count_endpoints(devices: Sequence[UsbDevice]) -> Iterator[Finding]:
    """Tell of each controller how many endpoints it serves, where a tablet more may be one too many."""
    roots = {device.bus: device.controller or device.name for device in devices if device.is_root}
    ordered = sorted(devices, key=lambda device: roots.get(device.bus, ""))
    for controller, group in groupby(ordered, key=lambda device: roots.get(device.bus, "")):
        used = sum(device.endpoints for device in group)
        level = Level.WARNING if used + TABLET_ENDPOINTS > ENDPOINTS else Level.RIGHT
        yield Finding("usb.endpoints", level, {"controller": controller, "used": used, "limit": ENDPOINTS})


def _examine_device(device: UsbDevice) -> Iterator[Finding]:
    where = {"port": device.name, "product": device.product or "?"}
    if device.is_root:
        return
    if device.is_hub:
        if device.tier > LAST_HUB_TIER:
            yield Finding("usb.too-deep", Level.FAULT, where)
        if device.self_powered is False:
            yield Finding("usb.bus-powered", Level.WARNING, {**where, "milliamperes": BUS_POWERED_PORT})
    if device.speed is not None and device.speed < HIGH_SPEED and (device.is_hub or device.has_adb):
        yield Finding("usb.slow", Level.WARNING, {**where, "speed": f"{device.speed:g}"})
    if device.has_adb and device.sleeps:
        file = DEVICES / device.name / "power" / "control"
        yield Finding("usb.sleeps", Level.WARNING, where, f"echo on > {file}", needs_root=True)
