"""Small switches: `svc`, `cmd location`, `cmd alarm`, `wm`, `locksettings`, `reboot`.

Source: reference, Wi-Fi document 1.5 (svc), 3.6 (locksettings), 4 (location), 5 (alarm, wm), 6 (reboot).
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from provision.virtual.android.argv import without_user, word
from provision.virtual.android.commands import link
from provision.virtual.android.commands.settings import blocked
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, thrown, unknown_verb

IS_LOCATION_API = 31
STAY_ON = {"true": "7", "usb": "2", "ac": "1", "wireless": "4"}
SVC_HELP = "Available commands:\n    help\n    power\n    data\n    wifi\n    usb\n    nfc\n    bluetooth\n"
ILLEGAL = "java.lang.IllegalArgumentException"


def svc(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`svc wifi enable|disable`, `svc power stayon ...|reboot`; silent."""
    what, verb = word(argv, 1), word(argv, 2)
    if verb in {"enable", "disable"} and what in {"wifi", "data", "bluetooth", "nfc"}:
        if what == "wifi":
            link.set_radio(device, on=verb == "enable")
        return Reply()
    if (what, verb) == ("power", "stayon"):
        device.data.settings["global"]["stay_on_while_plugged_in"] = STAY_ON.get(word(argv, 3), "0")
        return Reply()
    if (what, verb) == ("power", "reboot"):
        return Reply(effect=Effect.REBOOT)
    return failed(SVC_HELP, 0)


def location(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd location`: set from 30, is from 31 (Wi-Fi document 4)."""
    verb = word(words, 0)
    if verb == "is-location-enabled" and device.api >= IS_LOCATION_API:
        mode = device.setting("secure", "location_mode")
        return done("false" if mode in {None, "0"} else "true")
    if verb != "set-location-enabled":
        return unknown_verb(verb)
    rest = _without_place_of_user(device.api, words[1:])
    if rest not in (["true"], ["false"]):
        return thrown(device.api, verb, ILLEGAL, f"Invalid boolean argument: {word(rest, 0, 'null')}")
    _switch_location(device, on=rest == ["true"])
    return Reply()


def _without_place_of_user(api: int, words: Sequence[str]) -> list[str]:
    """`--user N` stands first on 11 and last from 12 on; anywhere else it is a wrong argument."""
    if api < IS_LOCATION_API:
        return without_user(words)
    return list(words[:1] if word(words, 1) == "--user" else words)


def _switch_location(device: Device, *, on: bool) -> None:
    """Write the switch; a freezing restriction stops it."""
    if not blocked(device, "location_mode", "3"):
        device.data.settings["secure"]["location_mode"] = "3" if on else "0"


def alarm(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd alarm set-timezone ZONE` (28 on): silent; an unknown zone leaves the old one."""
    verb, value = word(words, 0), word(words, 1)
    if verb not in {"set-timezone", "set-time"} or not value:
        return unknown_verb(verb)
    if verb == "set-timezone" and _known_zone(value):
        device.data.timezone = value
    return Reply()


def _known_zone(name: str) -> bool:
    """Whether a zone exists; a computer without a zone database knows the form only."""
    zones = available_timezones()
    return name in zones if zones else "/" in name


def wm(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`wm size|density [VALUE|reset]`."""
    what, value = word(argv, 1), word(argv, 2)
    if what not in {"size", "density"}:
        return failed("usage: wm [subcommand] [options]", 1)
    if value:
        device.data.screen.pop(what, None)
        if value != "reset":
            device.data.screen[what] = value
        return Reply()
    screen = device.model.screen
    physical = f"{screen.width}x{screen.height}" if what == "size" else str(screen.density)
    override = device.data.screen.get(what)
    return done(f"Physical {what}: {physical}" + (f"\nOverride {what}: {override}" if override else ""))


def locksettings(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`locksettings get-disabled|set-disabled true|false` (26 on)."""
    verb, value = word(argv, 1), word(argv, 2)
    if verb == "get-disabled":
        return done(str(device.data.lock_disabled).lower())
    if verb != "set-disabled" or not value:
        return unknown_verb(verb)
    device.data.lock_disabled = value == "true"
    return done(f"Lock screen disabled set to {str(device.data.lock_disabled).lower()}")


def reboot(_device: Device, _argv: Sequence[str], _stdin: bytes) -> Reply:
    """`reboot [MODE]`: the link ends, the tablet comes back."""
    return Reply(effect=Effect.REBOOT)
