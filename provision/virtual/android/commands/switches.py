"""Small switches: `svc`, `cmd location`, `cmd alarm`, `wm`, `locksettings`, `reboot`.

Source: reference, Wi-Fi document 1.5 (svc), 3.6 (locksettings), 4 (location), 5 (alarm, wm), 6 (reboot).
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from provision.virtual.android.commands import link
from provision.virtual.android.commands.settings import blocked
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, no_service, thrown

ALARM_API, LOCATION_API, IS_LOCATION_API = 28, 30, 31
ILLEGAL = "java.lang.IllegalArgumentException"


def svc(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`svc wifi enable|disable`, `svc power stayon ...|reboot|shutdown`; silent."""
    words = list(argv[1:3])
    if words in (["wifi", "enable"], ["wifi", "disable"]):
        link.set_radio(device, on=words[1] == "enable")
        return Reply()
    if words == ["power", "stayon"]:
        value = {"true": "7", "usb": "2", "ac": "1", "wireless": "4"}.get(argv[3] if len(argv) > 3 else "", "0")
        device.data.settings["global"]["stay_on_while_plugged_in"] = value
        return Reply()
    if words == ["power", "reboot"]:
        return Reply(effect=Effect.REBOOT)
    if words[:1] in (["data"], ["bluetooth"], ["nfc"]) and words[1:] in (["enable"], ["disable"]):
        return Reply()
    return failed("Available commands:\n    help\n    power\n    data\n    wifi\n    usb\n    nfc\n    bluetooth\n", 0)


def location(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd location`: set from 30, is from 31, the place of `--user` by release (Wi-Fi document 4)."""
    if device.api < LOCATION_API:
        return no_service(device.api, "location")
    verb, rest = (words[0] if words else ""), list(words[1:])
    if verb == "is-location-enabled" and device.api >= IS_LOCATION_API:
        return done("true" if device.setting("secure", "location_mode") not in {None, "0"} else "false")
    if verb != "set-location-enabled":
        return Reply(out=f"Unknown command: {verb}\n", status=255)
    if device.api < IS_LOCATION_API and rest[:1] == ["--user"]:
        rest = rest[2:]
    elif device.api >= IS_LOCATION_API and rest[1:2] == ["--user"]:
        rest = rest[:1]
    if len(rest) != 1 or rest[0] not in {"true", "false"}:
        return thrown(device.api, verb, ILLEGAL, "Argument expected after null" if not rest else f"Invalid {rest[0]}")
    _switch_location(device, on=rest[0] == "true")
    return Reply()


def _switch_location(device: Device, *, on: bool) -> None:
    """Write the switch; a freezing restriction stops it."""
    if not blocked(device, "location_mode", "3"):
        device.data.settings["secure"]["location_mode"] = "3" if on else "0"


def alarm(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd alarm set-timezone ZONE` (28 on): silent; an unknown zone leaves the old one."""
    if device.api < ALARM_API:
        return Reply(out=f"Unknown command: {words[0] if words else ''}\n", status=255)
    if words[:1] == ["set-timezone"] and len(words) > 1:
        if words[1] in available_timezones():
            device.data.timezone = words[1]
        return Reply()
    if words[:1] == ["set-time"] and len(words) > 1:
        return Reply()
    return Reply(out=f"Unknown command: {words[0] if words else ''}\n", status=255)


def wm(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`wm size|density [VALUE|reset]`."""
    what, value = (argv[1] if len(argv) > 1 else ""), (argv[2] if len(argv) > 2 else None)
    screen, data = device.model.screen, device.data
    if what == "size":
        if value is not None:
            data.screen_size = None if value == "reset" else value
            return Reply()
        override = f"Override size: {data.screen_size}\n" if data.screen_size else ""
        return done(f"Physical size: {screen.width}x{screen.height}\n{override}")
    if what == "density":
        if value is not None:
            data.screen_density = None if value == "reset" else int(value)
            return Reply()
        override = f"Override density: {data.screen_density}\n" if data.screen_density else ""
        return done(f"Physical density: {screen.density}\n{override}")
    return failed("usage: wm [subcommand] [options]", 1)


def locksettings(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`locksettings get-disabled|set-disabled true|false` (26 on)."""
    if argv[1:2] == ["get-disabled"]:
        return done(str(device.data.lock_disabled).lower())
    if argv[1:2] == ["set-disabled"] and len(argv) > 2:
        device.data.lock_disabled = argv[2] == "true"
        return done(f"Lock screen disabled set to {str(device.data.lock_disabled).lower()}")
    return Reply(out=f"Unknown command: {argv[1] if len(argv) > 1 else ''}\n", status=255)


def reboot(_device: Device, _argv: Sequence[str], _stdin: bytes) -> Reply:
    """`reboot [MODE]`: the link ends, the tablet comes back."""
    return Reply(effect=Effect.REBOOT)
