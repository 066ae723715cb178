"""`dumpsys`: the services a station reads.

Source: reference, packages document 2.4 (battery), 2.5 (storage), 6.7 (accounts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.argv import value_of
from provision.virtual.android.commands.dump_activity import activity_text
from provision.virtual.android.commands.dump_notification import notification_text
from provision.virtual.android.commands.dump_owner import device_policy_text, user_text
from provision.virtual.android.commands.dump_package import package_text
from provision.virtual.android.commands.dump_system import (
    BLUETOOTH,
    bluetooth_text,
    connectivity_text,
    deviceidle_text,
    lacks_bluetooth,
    location_text,
    statusbar_text,
    window_text,
)
from provision.virtual.android.commands.users import flags_of
from provision.virtual.android.commands.wifi_text import dump_text
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed

LINES_11, DOCK_API = 30, 34
CHARGING, FULL = 2, 5


def dumpsys(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`dumpsys SERVICE [words]`; an unknown service is an error text."""
    name = argv[1] if len(argv) > 1 else "-l"
    there = SERVICES.keys() - ({BLUETOOTH} if lacks_bluetooth(device) else set())
    if name == "-l":
        return done("Currently running services:\n" + "".join(f"  {service}\n" for service in sorted(there)))
    if name not in there:
        return failed(f"Can't find service: {name}", 0)
    return done(SERVICES[name](device, argv[2:]))


def _battery(device: Device, words: Sequence[str]) -> str:
    """`dumpsys battery`, or a forced level (`set level N`, `reset`)."""
    state, forced = device.state, value_of(words, "level")
    if words[:1] == ["reset"]:
        state.battery_forced = None
    elif words[:1] == ["set"] and forced is not None and forced.isdecimal():
        state.battery_forced = int(forced)
    if words:
        return ""
    battery, level = device.model.battery, state.battery_level if state.battery_forced is None else state.battery_forced
    lines = [] if state.battery_forced is None else ["(UPDATES STOPPED -- use 'reset' to restart)"]
    lines += ["AC powered: false", "USB powered: true", "Wireless powered: false"]
    if device.api >= DOCK_API:
        lines.append("Dock powered: false")
    if device.api >= LINES_11:
        lines += ["Max charging current: 500000", "Max charging voltage: 5000000", f"Charge counter: {level * 50000}"]
    lines += [
        f"status: {device.state.battery_status}",
        "health: 2",
        "present: true",
        f"level: {level}",
        "scale: 100",
        f"voltage: {battery.voltage}",
        f"temperature: {battery.temperature}",
        f"technology: {battery.technology}",
    ]
    return "Current Battery Service state:\n" + "".join(f"  {line}\n" for line in lines)


def _account(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys account`: one block a user, accounts of user 0 only."""
    first = f"User UserInfo{{0:{device.model.answers.owner_name}:{flags_of(device.api)}}}:"
    text = f"{first}\n  Accounts: {len(device.data.accounts)}\n"
    text += "".join(f"    Account {{name={one.name}, type={one.type}}}\n" for one in device.data.accounts)
    for number, name in sorted(device.data.users.items()):
        text += f"User UserInfo{{{number}:{name}:10}}:\n  Accounts: 0\n"
    return text + "\n  Accounts History\n"


def _diskstats(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys diskstats`: free space of /data in KiB."""
    total, free = device.model.storage.total_mb * 1024, device.free_bytes() // 1024
    return f"Latency: 0ms [512B Data Write]\nData-Free: {free}K / {total}K total = {100 * free // total}% free\n"


def _package(device: Device, words: Sequence[str]) -> str:
    return package_text(device, words[0] if words else "")


def _wifi(device: Device, _words: Sequence[str]) -> str:
    return dump_text(device)


SERVICES: dict[str, Callable[[Device, Sequence[str]], str]] = {
    "account": _account,
    "activity": activity_text,
    "battery": _battery,
    BLUETOOTH: bluetooth_text,
    "connectivity": connectivity_text,
    "device_policy": device_policy_text,
    "deviceidle": deviceidle_text,
    "diskstats": _diskstats,
    "location": location_text,
    "notification": notification_text,
    "package": _package,
    "statusbar": statusbar_text,
    "user": user_text,
    "wifi": _wifi,
    "window": window_text,
}
