"""Care settings: clock, zone, volume, brightness, languages, keyboards, do not disturb.

Source: reference, Wi-Fi document 3.6 (do not disturb) and 5.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from provision.virtual.android.argv import read_number, value_of, word
from provision.virtual.android.commands.dump_notification import ALLOWS, allow_listener
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, unknown_verb

FALLBACK_ZONE, FALLBACK_API = "GMT", range(28, 34)
"""What an unknown zone becomes on these levels; before, there is no verb, later nothing happens (Wi-Fi document 5)."""

DND_API = 30
SUGGESTION_API = 30
ZEN_MODES = {"off": "0", "all": "0", "on": "1", "priority": "1", "none": "2", "alarms": "3"}
LOUDEST, USUAL = 15, 5
LATEST = 253_402_300_799
"""The last second that a date of four digits can name."""

POWER = {"reboot": Effect.REBOOT, "shutdown": Effect.DROP}
BUILD_TIME_API, VOLUME_API, LOGGED_API, NAMED_USER_API, DAY = 26, 24, 30, 29, 86_400


def now(device: Device) -> int:
    """The tablet's own idea of the time, in seconds since 1970."""
    offset = device.state.clock_offset
    return int(time.time() if offset is None else device.clock() + offset)


def set_clock(device: Device, seconds: float) -> None:
    """Set the time of day."""
    device.state.clock_offset = seconds - device.clock()


def earliest(device: Device) -> int:
    """Where a flat tablet's clock starts: the second day of 1970 to 7, later the day its firmware was built.

    8 and 9 know the time stamp of /system alone, which no model tells: the date of the build stands for it.
    """
    return DAY if device.api < BUILD_TIME_API else read_build_time(device) or DAY


def read_build_time(device: Device) -> int:
    """When the firmware was built, in seconds since 1970; of a model that does not tell, its patch level, or 0."""
    built = read_number(device.model.props.get("ro.build.date.utc", ""))
    if built is not None or not device.model.patch:
        return built or 0
    return calendar.timegm(time.strptime(device.model.patch, "%Y-%m-%d"))


def date(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`date [+FORMAT]`, in UTC."""
    moment = now(device)
    form = word(argv, 1, "+%a %b %e %H:%M:%S GMT %Y")
    if not form.startswith("+"):
        return failed("date: cannot set date: Operation not permitted")
    return done(time.strftime(form[1:].replace("%s", str(moment)), time.gmtime(moment)))


def alarm(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd alarm set-timezone ZONE|set-time MILLIS` (28 on): silent."""
    verb, value = word(words, 0), word(words, 1)
    if verb not in {"set-timezone", "set-time"} or not value:
        return unknown_verb(verb)
    if verb == "set-timezone":
        _set_zone(device, value)
    elif (millis := read_number(value)) is not None:
        set_clock(device, min(millis / 1000, LATEST))
    return Reply()


def zone_detector(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd time_zone_detector suggest_manual_time_zone [--suggestion] --zone_id ZONE`: `--suggestion` on 11 alone."""
    if word(words, 0) != "suggest_manual_time_zone":
        return unknown_verb(word(words, 0))
    options = list(words[1:])
    if device.api == SUGGESTION_API:
        if word(options, 0) != "--suggestion":
            return Reply(f"Error: Unknown option: {word(options, 0)}\n", status=1)
        options = options[1:]
    if word(options, 0) != "--zone_id":
        return Reply(f"java.lang.IllegalArgumentException: Unknown option: {word(options, 0)}\n", status=1)
    _set_zone(device, word(options, 1))
    return Reply()


@cache
def _zones() -> set[str]:
    return available_timezones()  # looks into some hundred files


def _set_zone(device: Device, name: str) -> None:
    """A computer without a zone database knows the form of a zone only."""
    zones = _zones()
    if name in zones if zones else "/" in name:
        device.data.timezone = name
    elif device.api in FALLBACK_API:
        device.data.timezone = FALLBACK_ZONE


def media(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`media volume ...` (7 to 10); the program of 5 and 6 knows no such word."""
    if word(argv, 1) == "volume" and device.api >= VOLUME_API:
        return media_session(device, argv[1:], stdin)
    return failed(f"usage: media [subcommand] [options]\n\nError: unknown command '{word(argv, 1)}'", 0)


def media_session(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd media_session volume --stream N --set V|--get` (11 on).

    11 tells what it gets in the log of the system alone; later every line has a mark.
    """
    stream, wanted = value_of(words, "--stream") or "3", read_number(value_of(words, "--set") or "")
    if word(words, 0) != "volume":
        return unknown_verb(word(words, 0))
    if wanted is not None and not device.restricted("no_adjust_volume"):
        device.data.volumes[stream] = min(wanted, LOUDEST)
    if "--get" not in words or device.api == LOGGED_API:
        return Reply()
    mark = "[V]" if device.api > LOGGED_API else "[v]"
    said = ["will get volume", f"volume is {device.data.volumes.get(stream, USUAL)} in range [0..{LOUDEST}]"]
    return done("\n".join(f"{mark} {line}" for line in said))


def ime(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`ime enable|set ID`."""
    verb, name = word(argv, 1), word(argv, 2)
    if verb not in {"enable", "set"} or "/" not in name:
        return failed("usage: ime <command>", 1)
    whose = " for user #0" if device.api >= NAMED_USER_API else ""
    if verb == "enable":
        return done(f"Input method {name}: now enabled{whose}")
    device.data.settings["secure"]["default_input_method"] = name
    return done(f"Input method {name} selected{whose}")


def notification(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd notification set_dnd MODE` (11 on), or who may hear notifications."""
    if word(words, 0) in ALLOWS:
        return allow_listener(device, words)
    mode = ZEN_MODES.get(word(words, 1))
    if word(words, 0) != "set_dnd" or mode is None or device.api < DND_API:
        return unknown_verb(word(words, 0))
    device.data.settings["global"]["zen_mode"] = mode
    return Reply()


def locale(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd locale set-app-locales PKG --locales TAGS` (33 on): one app only, never the system."""
    if word(words, 0) != "set-app-locales":
        return unknown_verb(word(words, 0))
    known = device.installed(word(words, 1)) is not None
    return Reply() if known else failed(f"Unknown package {word(words, 1)} for userId 0", 255)


def display(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd display set-brightness 0..1`: blocked like the setting."""
    if word(words, 0) != "set-brightness":
        return unknown_verb(word(words, 0))
    part = re.fullmatch(r"0(?:\.\d{1,9})?|1(?:\.0{1,9})?", word(words, 1))
    if part is not None and not device.restricted("no_config_brightness"):
        device.data.settings["system"]["screen_brightness"] = str(round(float(part[0]) * 255))
    return Reply()


def setprop(_device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`setprop NAME VALUE`: uid 2000 may set none that lasts; `sys.powerctl` is its own, by which `reboot` works."""
    if word(argv, 1) == "sys.powerctl":
        return Reply(effect=POWER.get(word(argv, 2).partition(",")[0], Effect.NONE))
    return failed(f"Failed to set property '{word(argv, 1)}' to '{word(argv, 2)}'.")
