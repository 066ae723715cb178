"""Hands on a virtual tablet, a person's or a donor's: `provision bench edit SLOT VERB WORDS`.

Edits are not journalled: they are not calls of a station.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provision.errors import TrainingError
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.process import running
from provision.virtual.android.agent.reading import Refused
from provision.virtual.android.apk import BadApk, read_apk
from provision.virtual.android.commands import link
from provision.virtual.android.commands.care import earliest, set_clock
from provision.virtual.android.commands.files import canonical, read_path
from provision.virtual.android.commands.install import moment
from provision.virtual.android.commands.settings import NAMESPACES
from provision.virtual.android.commands.wifi import SECURITY_TYPES
from provision.virtual.android.device import Device
from provision.virtual.android.faults import parse_fault
from provision.virtual.android.fingers import press_volume, touch_screen
from provision.virtual.android.restrictions import impose
from provision.virtual.android.state import Account, LockTask, Package, digest_of, factory_reset

FULL_BATTERY = 100
DAY_MILLISECONDS = 86_400_000
KEY_MILLISECONDS, KEYS_API = 7 * DAY_MILLISECONDS, 29
"""Life of an unused key without `adb_allowed_connection_time`, and the first level that forgets one (document 1.9)."""
USER = "user"
"""Creator of a network that a person saved in Settings."""

FOREIGN_SIGNER = digest_of("a signer that is not ours")


@dataclass(frozen=True)
class Edit:
    """One verb: what it does, how many words it needs at least, and its usage."""

    run: Callable[[Device, Sequence[str]], str]
    least: int
    usage: str


def edit(device: Device, verb: str, words: Sequence[str]) -> str:
    """Carry one edit out; returns a line that says what is so now.

    Raises:
        TrainingError: unknown verb (lists the verbs), or words that do not fit (says which do).
    """
    entry = EDITS.get(verb)
    if entry is None:
        raise TrainingError(f"no edit {verb!r}; there are: {', '.join(sorted(EDITS))}")
    if len(words) < entry.least:
        raise TrainingError(f"edit {entry.usage}: expected at least {entry.least} word(s), got {len(words)}")
    return entry.run(device, words)


def _remove_app(device: Device, words: Sequence[str]) -> str:
    if words[0] not in device.data.packages:
        names = sorted(name for name, package in device.data.packages.items() if not package.system)
        raise TrainingError(f"no package {words[0]!r}; installed by hand or station: {', '.join(names) or 'none'}")
    del device.data.packages[words[0]]
    return f"{words[0]} removed"


def _lose_key(device: Device, _words: Sequence[str]) -> str:
    """Take the agent's own key out of Android's Keystore, as a copy of the agent's data on another tablet has none."""
    kept = device.data.app_data.get(AGENT, {})
    lost = [name for name in kept if name.startswith("keystore.")]
    for name in lost:
        del kept[name]
    return "the agent's key is gone" if lost else "the agent has no key"


def _use_app(device: Device, words: Sequence[str]) -> str:
    if device.installed(words[0]) is None:
        raise TrainingError(f"no package {words[0]!r}; installed: {', '.join(sorted(device.data.packages))}")
    device.data.app_data.setdefault(words[0], {})["words"] = "of a patient"
    return f"{words[0]} holds words of a patient"


def _set(device: Device, words: Sequence[str]) -> str:
    namespace, key, value = words[:3]
    if namespace not in NAMESPACES:
        raise TrainingError(f"no settings table {namespace!r}; there are: {', '.join(NAMESPACES)}")
    if value == "null":
        device.data.settings[namespace].pop(key, None)
    else:
        device.data.settings[namespace][key] = value
    return f"{namespace} {key} = {value}"


def _add_account(device: Device, words: Sequence[str]) -> str:
    kind = words[0] if words else "com.google"
    name = words[1] if len(words) > 1 else "donor@example.org"
    device.data.accounts.append(Account(name=name, type=kind, allowed="allowed" in words[2:]))
    return f"{len(device.data.accounts)} account(s)"


def _add_user(device: Device, words: Sequence[str]) -> str:
    number = str(10 + len(device.data.users))
    device.data.users[number] = words[0] if words else "Guest"
    return f"user {number} added"


def _remove_people(device: Device, _words: Sequence[str]) -> str:
    """Every account and every other user taken away in Settings, without a reset."""
    device.data.accounts.clear()
    for number in [one for one in device.data.users if one != "0"]:
        del device.data.users[number]
    return "no account, one user"


def _add_file(device: Device, words: Sequence[str]) -> str:
    size = _number(words[1], "size in bytes", math.inf) if len(words) > 1 else 1024
    device.store_file(canonical(words[0]), b"\xff" * size)
    return f"{canonical(words[0])}: {size} bytes"


def _battery(device: Device, words: Sequence[str]) -> str:
    device.state.battery_level = _number(words[0], "percent", FULL_BATTERY)
    return f"battery {device.state.battery_level} %"


def _zone(device: Device, words: Sequence[str]) -> str:
    """The time zone a person chose, which plain shell cannot set before 9 (Wi-Fi document 5)."""
    device.data.timezone = words[0]
    return f"time zone {words[0]}"


def _days(device: Device, words: Sequence[str]) -> str:
    """Time without a connection: from 10 on a key dies of it (packages document 1.9)."""
    allowed = device.setting("global", "adb_allowed_connection_time") or str(KEY_MILLISECONDS)
    passed = _number(words[0], "number of days", math.inf) * DAY_MILLISECONDS
    if device.api >= KEYS_API and allowed != "0" and passed > int(allowed):
        device.data.keys.clear()
    return f"{words[0]} days later, {len(device.data.keys)} keys known"


def _stay_outside(device: Device, words: Sequence[str]) -> str:
    """In use without the hospital's networks: so many days, then so many minutes in a row."""
    days = _number(words[0], "number of days", 1000)
    minutes = _number(words[1], "number of minutes", 1440) if words[1:] else 120
    if device.installed(AGENT) is None or not device.owns(AGENT):
        raise TrainingError("no agent owns this tablet, so nothing counts how long it is outside")
    process = running(device)
    if process.duties.live_outside(days, minutes, process.station.site, lambda: _reset(device, ())):
        return f"outside for {days} days: the tablet erased itself; USB debugging is off until `enable-adb`"
    return f"outside for {days} days and {minutes} minutes more"


def _number(text: str, what: str, most: float) -> int:
    """A count from a word.

    Raises:
        TrainingError: not a number from 0 to the largest one.
    """
    if not text.isdecimal() or int(text) > most:
        limit = f" from 0 to {most:.0f}" if most != math.inf else ""
        raise TrainingError(f"expected {what}: a whole number{limit}, got {text!r}")
    return int(text)


def _reset(device: Device, _words: Sequence[str]) -> str:
    factory_reset(device.state, device.model)
    device.target = None
    device.processes.clear()
    device.ready_at = device.clock() + device.model.timing.boot
    return "reset; USB debugging is off until `enable-adb`"


def _enable_adb(device: Device, _words: Sequence[str]) -> str:
    """Settings, developer options, USB debugging: out of reach in a locked kiosk (Wi-Fi document 3.2, 3.5)."""
    if device.data.lock_task.mode == "locked":
        raise TrainingError("the kiosk is locked, nobody reaches the settings: first `maintenance`, or `factory-reset`")
    settings = device.data.settings
    settings["global"]["adb_enabled"] = "1"
    if device.model.setup_complete:
        settings["global"]["device_provisioned"] = settings["secure"]["user_setup_complete"] = "1"
    return "setup wizard passed, USB debugging on"


def _maintain(device: Device, words: Sequence[str]) -> str:
    """The staff screen: it shows eight digits; the hotline's answer opens the kiosk (contract 11)."""
    if device.installed(AGENT) is None or not device.owns(AGENT):
        raise TrainingError("no agent owns this tablet, so there is no staff screen")
    duties = running(device).duties
    try:
        if not words:
            return f"the screen shows {duties.challenge}"
        duties.open_door(words[0])
    except Refused as refused:
        raise TrainingError(f"the screen says: {refused.code}, {refused.detail} left") from None
    return "the kiosk is open, the settings can be reached"


def _break(device: Device, words: Sequence[str]) -> str:
    faults = [parse_fault(word).text for word in words]
    device.state.faults = [*(one for one in device.state.faults if one not in faults), *faults]
    for text in faults:
        device.state.fault_hits.pop(text, None)
    return f"faults: {', '.join(device.state.faults)}"


def _mend(device: Device, words: Sequence[str]) -> str:
    state = device.state
    for word in words:
        if word not in state.faults:
            raise TrainingError(f"no fault {word!r} here; there are: {', '.join(state.faults) or 'none'}")
    mended = set(words or state.faults)
    state.faults = [one for one in state.faults if one not in mended]
    state.fault_hits = {text: hits for text, hits in state.fault_hits.items() if text not in mended}
    return f"faults: {', '.join(state.faults) or 'none'}"


def _restrict(device: Device, words: Sequence[str]) -> str:
    for name in words:
        impose(device.data, device.api, name)
    return f"restrictions: {', '.join(device.data.restrictions)}"


def _pin(device: Device, words: Sequence[str]) -> str:
    """A lock screen with a PIN, as a donor leaves it; after a boot user 0 waits for it."""
    device.data.pin = words[0]
    return "a PIN is set"


def _unlock(device: Device, _words: Sequence[str]) -> str:
    """The PIN is entered once, and the lock screen with it taken away."""
    device.data.pin, device.data.user_locked = None, False
    return "unlocked, no PIN any more"


def _clock(device: Device, words: Sequence[str]) -> str:
    """The time of day in seconds since 1970; no start leaves it before the release's earliest time."""
    seconds = max(_number(words[0], "seconds since 1970", math.inf), earliest(device))
    set_clock(device, seconds)
    return f"the clock says {seconds:.0f} seconds since 1970"


def _save_network(device: Device, words: Sequence[str]) -> str:
    """A network a person saved in Settings, or an owner of that package name; the tablet looks for it at once."""
    ssid, security, passphrase, creator = [*words, "", ""][:4]
    if security not in SECURITY_TYPES:
        raise TrainingError(f"no security {security!r}; there are: {', '.join(SECURITY_TYPES)}")
    if not link.save_network(device, ssid, security, passphrase or None, creator or USER):
        raise TrainingError(f"network {ssid!r} is not saved: the passphrase does not fit {security}")
    link.auto_join(device)
    return f"{ssid} saved by {creator or USER}"


def _allow_ssid(device: Device, words: Sequence[str]) -> str:
    """The owner's allow-list of networks."""
    device.data.allowed_ssids = list(words)
    return f"allowed networks: {', '.join(words)}"


def _preinstall(device: Device, words: Sequence[str]) -> str:
    """An app of the system image, made from a pushed APK; its signer may update it."""
    place = canonical(words[0])
    content = read_path(device, place)
    if content is None:
        raise TrainingError(f"no file {place}; push the APK first")
    try:
        apk = read_apk(content)
    except BadApk as error:
        raise TrainingError(f"{place}: expected an APK: {error.message}") from error
    device.data.packages[apk.package] = Package(
        version_code=apk.version_code,
        version_name=apk.version_name,
        min_sdk=apk.min_sdk,
        target_sdk=apk.target_sdk,
        system=True,
        stopped=False,
        signer=apk.signer(device.api),
        checksum=apk.checksum,
        permissions=list(apk.permissions),
        path=f"/system/app/{apk.package}/{apk.package}.apk",
        blob=device.store_blob(content),
    )
    return f"{apk.package} {apk.version_code} is part of the system image until a factory reset"


def _block_uninstall(device: Device, words: Sequence[str]) -> str:
    device.data.uninstall_blocked = sorted({*device.data.uninstall_blocked, *words})
    return f"held fast by the owner: {', '.join(device.data.uninstall_blocked)}"


def _lock_task(device: Device, words: Sequence[str]) -> str:
    device.data.lock_task = LockTask(packages=list(words), mode="locked")
    return f"lock task runs for {', '.join(words)}"


def _own_profile(device: Device, words: Sequence[str]) -> str:
    device.data.profile_owner = words[0]
    return f"profile owner {words[0]}"


def _own(device: Device, words: Sequence[str]) -> str:
    device.data.owner = words[0]
    return f"device owner {words[0]}"


def _foreign_agent(device: Device, _words: Sequence[str]) -> str:
    """An app that carries the agent's name and somebody else's signature, as an earlier project leaves it."""
    receivers: dict[str, str | None] = {f"{AGENT}.AdminReceiver": "android.permission.BIND_DEVICE_ADMIN"}
    package = Package(target_sdk=34, signer=FOREIGN_SIGNER, receivers=receivers, path=f"/data/app/{AGENT}-1/base.apk")
    package.blob, package.last_update = device.store_blob(b"a foreign app"), moment(device)
    device.data.packages[AGENT] = package
    return f"{AGENT} of another signer installed"


def _open_gate(device: Device, words: Sequence[str]) -> str:
    """Open a gate in the maker's settings; it shuts again with a factory reset."""
    for name in words:
        if name not in device.shut_gates:
            raise TrainingError(f"no gate {name!r} is shut; shut are: {', '.join(device.shut_gates) or 'none'}")
    device.state.faults = [one for one in device.state.faults if one not in words]
    device.data.opened_gates = sorted({*device.data.opened_gates, *words})
    return f"gates shut: {', '.join(device.shut_gates) or 'none'}"


EDITS: dict[str, Edit] = {
    "open-gate": Edit(_open_gate, 1, "open-gate GATE..."),
    "foreign-agent": Edit(_foreign_agent, 0, "foreign-agent"),
    "lose-key": Edit(_lose_key, 0, "lose-key"),
    "remove-app": Edit(_remove_app, 1, "remove-app PACKAGE"),
    "use-app": Edit(_use_app, 1, "use-app PACKAGE"),
    "set": Edit(_set, 3, "set NAMESPACE KEY VALUE"),
    "add-account": Edit(_add_account, 0, "add-account [TYPE [NAME [allowed]]]"),
    "add-user": Edit(_add_user, 0, "add-user [NAME]"),
    "remove-people": Edit(_remove_people, 0, "remove-people"),
    "add-file": Edit(_add_file, 1, "add-file PATH [BYTES]"),
    "zone": Edit(_zone, 1, "zone NAME"),
    "days": Edit(_days, 1, "days NUMBER"),
    "outside": Edit(_stay_outside, 1, "outside DAYS [MINUTES]"),
    "battery": Edit(_battery, 1, "battery PERCENT"),
    "factory-reset": Edit(_reset, 0, "factory-reset"),
    "maintenance": Edit(_maintain, 0, "maintenance [DIGITS]"),
    "enable-adb": Edit(_enable_adb, 0, "enable-adb"),
    "break": Edit(_break, 1, "break FAULT..."),
    "mend": Edit(_mend, 0, "mend [FAULT...]"),
    "restrict": Edit(_restrict, 1, "restrict NAME..."),
    "pin": Edit(_pin, 1, "pin DIGITS"),
    "unlock": Edit(_unlock, 0, "unlock"),
    "clock": Edit(_clock, 1, "clock SECONDS"),
    "save-network": Edit(_save_network, 2, "save-network SSID SECURITY [PASSPHRASE [CREATOR]]"),
    "allow-ssid": Edit(_allow_ssid, 1, "allow-ssid SSID..."),
    "preinstall": Edit(_preinstall, 1, "preinstall PATH"),
    "block-uninstall": Edit(_block_uninstall, 1, "block-uninstall PACKAGE..."),
    "lock-task": Edit(_lock_task, 1, "lock-task PACKAGE..."),
    "profile-owner": Edit(_own_profile, 1, "profile-owner PACKAGE/CLASS"),
    "touch-screen": Edit(touch_screen, 0, "touch-screen [COLUMN,ROW...]"),
    "press-volume": Edit(press_volume, 1, "press-volume up|down..."),
    "foreign-owner": Edit(_own, 1, "foreign-owner PACKAGE/CLASS"),
}
"""Every edit by its verb. `allow` is an edit of the tablet itself: it needs the waiting key."""
