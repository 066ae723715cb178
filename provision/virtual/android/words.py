"""The command words of each release, and what answers before Android has booted.

A word that is not in the table is left to the shell, which says `not found` (status 127).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from provision.virtual.android.argv import word
from provision.virtual.android.commands import (
    activity,
    appops,
    care,
    content,
    dumps,
    files,
    getprop,
    harness,
    locks,
    owner,
    package_words,
    screen,
    settings,
    small_services,
    switches,
    users,
    wifi,
)
from provision.virtual.android.commands.dump_system import BLUETOOTH, lacks_bluetooth
from provision.virtual.android.commands.package_words import package_service, pm
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.oem_gates import SERVICES as SERVICES_OF
from provision.virtual.android.oem_gates import call_of, find_gate
from provision.virtual.android.replies import (
    CMD_PM_API,
    CMD_STATUS_API,
    AndroidException,
    failed,
    no_service,
    thrown,
)

Command = Callable[[Device, Sequence[str], bytes], Reply]
NO_PM = "Error: Could not access the Package Manager.  Is the system running?"


@dataclass(frozen=True)
class Word:
    """One command word: the function, the first release, whether it needs a booted Android."""

    run: Command
    since: int = 21
    system: bool = True


def _settings_service(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    return settings.settings(device, ["settings", *words], stdin)


def _locksettings_service(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    return locks.locksettings(device, ["locksettings", *words], stdin)


def _appops_service(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    return appops.appops(device, ["appops", *words], stdin)


SERVICES: dict[str, Word] = {
    "package": Word(package_service, 24),
    "wifi": Word(wifi.wifi, 26),
    "location": Word(switches.location, 30),
    "alarm": Word(care.alarm, 28),
    BLUETOOTH: Word(switches.bluetooth, switches.BLUETOOTH_WORD_API),
    "connectivity": Word(switches.connectivity, 28),
    "display": Word(care.display, 28),
    "locale": Word(care.locale, 33),
    "media_session": Word(care.media_session, 30),
    "notification": Word(care.notification, 27),
    "nfc": Word(small_services.nfc, 26),
    "overlay": Word(small_services.overlay, 26),
    "phone": Word(switches.phone, 30),
    "role": Word(small_services.role, 29),
    "statusbar": Word(switches.statusbar, 24),
    "testharness": Word(harness.testharness, 29),
    "time_zone_detector": Word(care.zone_detector, 30),
    "user": Word(users.user_service, users.LIST_API),
    "activity": Word(activity.activity, 26),
    "appops": Word(_appops_service, 26),
    "settings": Word(_settings_service, 26),
    "device_policy": Word(owner.device_policy, 31),
    "lock_settings": Word(_locksettings_service, 26),
}
"""Services `cmd` reaches, with their first level."""


def cmd(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`cmd SERVICE words...` (24 on); on 7.x its status is always 0 (packages document 3.5)."""
    name = word(argv, 1)
    services = {one: entry for one, entry in SERVICES.items() if entry.since <= device.api}
    if not name:
        return failed("cmd: no service specified; use -l to list all services", 20)
    if name == "-l":
        return _list_services(device, services)
    if name not in services or not device.answering or _is_missing(device, name):
        return no_service(device.api, name)
    reply = services[name].run(device, argv[2:], stdin)
    return reply if device.api >= CMD_STATUS_API else replace(reply, status=0)


def _list_services(device: Device, services: Iterable[str]) -> Reply:
    """`cmd -l`: all that run, whether they take words or not."""
    there = {*services, *dumps.SERVICES} if device.answering else set()
    listed = sorted(one for one in there if not _is_missing(device, one))
    return Reply(out="Currently running services:\n" + "".join(f"  {one}\n" for one in listed))


def _is_missing(device: Device, name: str) -> bool:
    """See whether this model lacks a service of its release: for want of hardware, or since its maker took it out."""
    if name == "nfc":
        return switches.NFC_FEATURE not in device.model.features
    if name == BLUETOOTH:
        return lacks_bluetooth(device)
    return name == "testharness" and not device.model.answers.test_harness


WORDS: dict[str, Word] = {
    "getprop": Word(getprop.getprop, system=False),
    "cat": Word(files.cat, system=False),
    "sha256sum": Word(files.sha256sum, 26, system=False),
    "ls": Word(files.ls, system=False),
    "rm": Word(files.rm, system=False),
    "mkdir": Word(files.mkdir, system=False),
    "df": Word(files.df, system=False),
    "id": Word(files.identity, system=False),
    "reboot": Word(switches.reboot, system=False),
    "settings": Word(settings.settings),
    "pm": Word(pm),
    "cmd": Word(cmd, 24, system=False),
    "dumpsys": Word(dumps.dumpsys),
    "svc": Word(switches.svc),
    "am": Word(activity.am),
    "dpm": Word(owner.dpm),
    "content": Word(content.content),
    "appops": Word(appops.appops),
    "date": Word(care.date, system=False),
    "setprop": Word(care.setprop, system=False),
    "media": Word(care.media),
    "ime": Word(care.ime),
    "service": Word(small_services.service, system=False),
    "input": Word(screen.input_words),
    "wm": Word(switches.wm),
    "locksettings": Word(locks.locksettings, 24),
}
"""Every word of the model."""

GONE_AFTER = {"media": 29}
"""The last release of a word that went again (Wi-Fi document 5)."""


@cache
def words_of(api: int) -> frozenset[str]:
    """Command words a release has."""
    return frozenset(name for name, entry in WORDS.items() if entry.since <= api <= GONE_AFTER.get(name, api))


def run(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """Run one call on a device, booted or not."""
    entry = WORDS.get(argv[0])
    if entry is None or argv[0] not in words_of(device.api):
        return failed(f"{argv[0]}: not found", 127)
    if entry.system and not device.answering:
        return _too_early(device.api, argv)
    return _refused_by_maker(device, argv) or entry.run(device, argv, stdin)


def _refused_by_maker(device: Device, argv: Sequence[str]) -> Reply | None:
    """The answer of a maker's gate before the command; refusals a command words itself are left to it."""
    call, rest = call_of(argv)
    found = find_gate(device.shut_gates, call, rest) if device.answering else None
    if found is None:
        return None
    gate, matched = found
    if gate.prints:
        return Reply(out=gate.prints.out, status=gate.prints.status)
    if gate.throws:
        error = AndroidException(gate.throws.kind, gate.throws.word(device.api, matched))
        return _print_exception(device, argv, call, error)
    return Reply() if gate.silent else None


def _print_exception(device: Device, argv: Sequence[str], call: str, error: AndroidException) -> Reply:
    """An exception in the form of the program that was called; most are `cmd`, whatever their name."""
    service, _, verb = call.partition(" ")
    if service == "package":
        return package_words.print_exception(device, argv, error)
    throw = owner.thrown_by_dpm if service == "device_policy" else thrown
    return throw(device.api, verb, error.kind, error.message)


def _too_early(api: int, argv: Sequence[str]) -> Reply:
    """Answer a word before `sys.boot_completed` (packages document 1.10, 7.3)."""
    name = argv[0]
    first = {"pm": CMD_PM_API, "settings": 26, "am": 26, "dpm": 31, "locksettings": 26}.get(name)
    if first is not None and api >= first:
        return no_service(api, SERVICES_OF.get(name, name))
    if name == "dumpsys":
        return failed(f"Can't find service: {word(argv, 1)}", 0)
    texts = {"pm": NO_PM, "am": "Error type 2\nError: Could not access the Activity Manager. Is the system running?"}
    return failed(texts.get(name, f"Error: Could not access the {name} service. Is the system running?"))
