"""Small switches: `svc`, `cmd connectivity`, `cmd location`, `cmd statusbar`, `wm`, `reboot`.

Source: reference, Wi-Fi document 1.5 (svc), 1.7 (airplane mode), 3.6 (status bar, wm), 4 (location), 6 (reboot).
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import without_user, word
from provision.virtual.android.commands import appops, link
from provision.virtual.android.commands.dump_system import BLUETOOTH, SHELL, lacks_bluetooth, location_on
from provision.virtual.android.commands.settings import blocked
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import FAILED, done, failed, no_service, thrown, unknown_verb

IS_LOCATION_API, DOCK_API, REBOOT_RIGHT_API, FLAGS_API, CMD_WINDOW_API = 31, 33, 30, 29, 28
KILLED = 137
STAY_ON = {"true": "7", "usb": "2", "ac": "1", "wireless": "4", "false": "0"}
EVERY_SOURCE = "15"
"""`stayon true` from 13 on counts the dock as well."""

SVC_WORDS = {
    21: ("help", "power", "data", "wifi", "usb"),
    24: ("help", "power", "data", "wifi", "usb", "nfc", "bluetooth"),
    30: ("help", "power", "usb", "nfc", "bluetooth", "system-server"),
    34: ("help", "power", "usb", "nfc", "system-server"),
}
"""What `svc` explains, by first level; wifi and data are answered by its script from 11 on."""

NFC_FEATURE, NFC_ASKED_API = "android.hardware.nfc", 28
NO_NFC_FEATURE = "NFC feature not supported."
NO_BLUETOOTH = "Got a null BluetoothAdapter, is the system running?"
NO_NFC = "Got a null NfcAdapter, is the system running?"

BLUETOOTH_WORD_API = 33
"""First level where `svc bluetooth` is a script around `cmd bluetooth_manager`."""

SVC_RADIOS = {"wifi": 21, "data": 21, "bluetooth": 24, "nfc": 24}
ROWS = {"bluetooth": "bluetooth_on", "data": "mobile_data"}
ROTATION = {"set-user-rotation": range(29, 31), "user-rotation": range(31, 99), "overscan": range(21, 30)}
"""Verbs of `wm` that come and go (Wi-Fi document 3.6)."""

ILLEGAL, SECURITY = "java.lang.IllegalArgumentException", "java.lang.SecurityException"


def svc(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`svc wifi|data|bluetooth|nfc enable|disable`, `svc power stayon ...|reboot`; silent."""
    what, verb = word(argv, 1), word(argv, 2)
    if verb in {"enable", "disable"} and device.api >= SVC_RADIOS.get(what, 99):
        return _switch_radio(device, what, on=verb == "enable")
    if (what, verb) == ("power", "stayon") and word(argv, 3) in STAY_ON:
        every = word(argv, 3) == "true" and device.api >= DOCK_API
        device.data.settings["global"]["stay_on_while_plugged_in"] = EVERY_SOURCE if every else STAY_ON[word(argv, 3)]
        return Reply()
    if what == "power" and verb in {"reboot", "shutdown"}:
        return _end(device, verb)
    commands = next(commands for level, commands in sorted(SVC_WORDS.items(), reverse=True) if device.api >= level)
    return failed("Available commands:\n" + "".join(f"    {command}\n" for command in commands), 0)


def _end(device: Device, verb: str) -> Reply:
    """`svc power reboot|shutdown`: to 10 the shell lacks REBOOT; what is thrown kills the program without a word."""
    if device.api < REBOOT_RIGHT_API:
        return Reply(status=KILLED)
    return Reply(effect=Effect.REBOOT if verb == "reboot" else Effect.DROP)


def _switch_radio(device: Device, what: str, *, on: bool) -> Reply:
    """Only Wi-Fi is more than a stored row here; NFC and Bluetooth are missed where the model has none."""
    if what == "nfc" and NFC_FEATURE not in device.model.features:
        return failed(NO_NFC if device.api >= NFC_ASKED_API else NO_NFC_FEATURE, 0)
    if what == "bluetooth" and lacks_bluetooth(device):
        told = failed(NO_BLUETOOTH, 0)
        return told if device.api < BLUETOOTH_WORD_API else no_service(device.api, BLUETOOTH)
    if what == "wifi":
        link.set_radio(device, on=on)
    elif what in ROWS and not (on and what == "bluetooth" and device.restricted("no_bluetooth")):
        device.data.settings["global"][ROWS[what]] = str(int(on))
    return Reply()


def connectivity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd connectivity airplane-mode [enable|disable]` (28 on); without a word it tells."""
    wanted = word(words, 1)
    if word(words, 0) != "airplane-mode" or wanted not in {"", "enable", "disable"}:
        return unknown_verb(word(words, 0))
    if not wanted:
        return done("enabled" if device.setting("global", "airplane_mode_on") == "1" else "disabled")
    on = wanted == "enable"
    if not blocked(device, "airplane_mode_on", str(int(on))):
        device.data.settings["global"]["airplane_mode_on"] = str(int(on))
        link.set_radio(device, on=not on)
    return Reply()


def phone(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`cmd phone data enable|disable` (30 on), what `svc data` runs."""
    return svc(device, ["svc", *words], stdin) if word(words, 0) == "data" else unknown_verb(word(words, 0))


def bluetooth(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`cmd bluetooth_manager enable|disable` (33 on), what `svc bluetooth` runs."""
    return svc(device, ["svc", "bluetooth", *words], stdin)


def statusbar(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd statusbar send-disable-flag FLAG...|none`, `disable-for-setup true|false`."""
    if device.api < FLAGS_API:
        return unknown_verb(word(words, 0))
    if word(words, 0) == "send-disable-flag":
        device.data.status_bar = [flag for flag in words[1:] if flag != "none"]
    elif word(words, 0) == "disable-for-setup":
        device.data.status_bar = ["setup"] if word(words, 1) == "true" else []
    else:
        return unknown_verb(word(words, 0))
    return Reply()


def location(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd location`: set from 30, is and test providers from 31 (Wi-Fi document 4)."""
    verb = word(words, 0)
    if verb == "is-location-enabled" and device.api >= IS_LOCATION_API:
        return done(str(location_on(device)).lower())
    if verb == "providers" and device.api >= IS_LOCATION_API:
        return _mock(device)
    if verb != "set-location-enabled":
        return unknown_verb(verb)
    rest = _without_place_of_user(device.api, words[1:])
    if not rest:
        return thrown(device.api, verb, ILLEGAL, f'Argument expected after "{words[-1] if words[1:] else verb}"')
    _switch_location(device, on=rest[0].lower() == "true")  # any other word is false
    return Reply()


def _mock(device: Device) -> Reply:
    """Test providers: taken once the shell may mock; nothing of them is kept."""
    if appops.allowed(device, SHELL, appops.MOCK):
        return Reply()
    return thrown(device.api, "providers", SECURITY, f"{SHELL} from uid 2000 not allowed to perform MOCK_LOCATION")


def _without_place_of_user(api: int, words: Sequence[str]) -> list[str]:
    """`--user N` stands first on 11 and last from 12 on; anywhere else it is not read, or read as the word itself."""
    return without_user(words) if api < IS_LOCATION_API and word(words, 0) == "--user" else list(words)


def _switch_location(device: Device, *, on: bool) -> None:
    """Write the switch as the system, which passes a freezing restriction, but not one that forbids location."""
    if not (on and device.restricted("no_share_location")):
        device.data.settings["secure"]["location_mode"] = "3" if on else "0"


def wm(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`wm size|density [VALUE|reset]`, rotation and overscan where the release has them."""
    what, value = word(argv, 1), word(argv, 2)
    if device.api in ROTATION.get(what, ()):
        return Reply()
    if what not in {"size", "density"}:
        return unknown_verb(what) if what else _explain(device)
    if value:
        device.data.screen.pop(what, None)
        if value != "reset":
            device.data.screen[what] = value
        return Reply()
    screen = device.model.screen
    physical = f"{screen.width}x{screen.height}" if what == "size" else str(screen.density)
    override = device.data.screen.get(what)
    return done(f"Physical {what}: {physical}" + (f"\nOverride {what}: {override}" if override else ""))


def _explain(device: Device) -> Reply:
    """`wm` alone: a script around the window service from 9 on, which prints its help and fails."""
    if device.api >= CMD_WINDOW_API:
        return Reply(out="Window manager (window) commands:\n", status=FAILED)
    return failed("usage: wm [subcommand] [options]", 1)


def reboot(_device: Device, _argv: Sequence[str], _stdin: bytes) -> Reply:
    """`reboot [MODE]`: the link ends, the tablet comes back."""
    return Reply(effect=Effect.REBOOT)
