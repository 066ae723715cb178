"""`dumpsys location|connectivity|statusbar|window|deviceidle`: small services a station may read.

Source: reference, Wi-Fi document 1.6 (connectivity), 3.6 and 3.7 (status bar, window policy), 4 (location,
deviceidle). Layouts are those of its marks P and U: read tokens, not columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.commands.link import connected_ssid
from provision.virtual.android.device import Device

PROVIDERS_30, SECTIONS_API, CAPABILITIES_API, NAMED_API = 30, 31, 29, 28
SHOWN_API, IDLE_API, TWO_WORDS_API, DISPLAYS_API = 26, 23, 23, 30
NETWORK_FIRST_API = 31
ASKED_API = 24
SPARED_BY_IMAGE = "com.android.shell"
"""Stands for the packages that the system's image spares."""

SHELL = "com.android.shell"
FLAGGED_BY = "android"
"""`cmd statusbar` disables in the name of the service's own context (Wi-Fi document 3.6)."""

BLUETOOTH_PRINTED = range(26, 33)
"""Levels whose Bluetooth service stands in the class files; later a module prints (Wi-Fi document 2.3)."""

BLUETOOTH, BLUETOOTH_FEATURE = "bluetooth_manager", "android.hardware.bluetooth"
BLUETOOTH_NAME = "Tablette de Paul"
"""What somebody called it: nothing that a bench should know."""

DISABLE_BITS = {
    "search": 0x02000000, "home": 0x00200000, "recents": 0x01000000, "notification-alerts": 0x00040000,
    "statusbar-expansion": 0x00010000, "setup": 0x03E40000,
}  # fmt: skip
"""Flags of the status bar by the word `cmd statusbar send-disable-flag` takes."""


def location_text(device: Device, _words: Sequence[str]) -> str:
    """The switch and the last places; a bench indoors has none."""
    enabled = str(location_on(device)).lower()
    if device.api < PROVIDERS_30:
        return "Current Location Manager state:\n  Last Known Locations:\n  Last Known Locations Coarse Intervals:\n"
    if device.api < SECTIONS_API:
        places = "      last location=null\n      last coarse location=null\n"
        return f"Current Location Manager state:\n    gps provider:\n{places}      enabled={enabled}\n"
    body = f"last location=null\n    enabled={enabled}\n    listeners:\n    service: ProviderRequest[OFF]"
    return f"Location Manager State:\n  gps provider:\n    {body}\n"


def location_on(device: Device) -> bool:
    """The switch where the release keeps it (Wi-Fi document 4)."""
    if device.api >= CAPABILITIES_API:
        return device.setting("secure", "location_mode") not in {None, "0"}
    return "gps" in (device.setting("secure", "location_providers_allowed") or "").split(",")


def connectivity_text(device: Device, _words: Sequence[str]) -> str:
    """The default network and whether it was validated; from 9 on with the name, whoever asks."""
    name = connected_ssid(device)
    if name is None:
        return "Active default network: none\n\nCurrent Networks:\n"
    ssid = f' SSID: "{name}"' if device.api >= NAMED_API else ""
    can = f"[ Transports: WIFI Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&VALIDATED{ssid}]"
    known = "network{101}  handle{439116902413}  ni{WIFI CONNECTED}"
    if device.api < NETWORK_FIRST_API:
        known = "ni{WIFI CONNECTED} network{101}"
    return f"Active default network: 101\n\nCurrent Networks:\n  NetworkAgentInfo{{{known} nc{{{can}}} }}\n"


def statusbar_text(device: Device, _words: Sequence[str]) -> str:
    """The sum of the disable flags, and who set them."""
    bits = sum(DISABLE_BITS.get(flag, 0) for flag in device.data.status_bar)
    record = f"    [0] userId=0 what1=0x{bits:08x} what2=0x0 pkg={FLAGGED_BY}\n" if bits else ""
    if device.api < TWO_WORDS_API:
        return f"  mDisabled=0x{bits:x}\n  mDisableRecords.size={int(bool(bits))}\n{record}"
    deeper = "  " if device.api >= DISPLAYS_API else ""
    total = f"  {deeper}mDisabled1=0x{bits:x}\n  {deeper}mDisabled2=0x0\n"
    return f"{total}  mDisableRecords.size={int(bool(bits))}\n{record}"


def lacks_bluetooth(device: Device) -> bool:
    """Tell whether its Android starts no Bluetooth service (AOSP SystemServer.java `startOtherServices`)."""
    return BLUETOOTH_FEATURE not in device.model.features


def bluetooth_text(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys bluetooth_manager`: the radio, its address and name (8.0 to 12L; a module's print is not known).

    A restriction holds the radio off, whatever the row of the last choice says.
    """
    if device.api not in BLUETOOTH_PRINTED:
        return "Bluetooth Status\n"
    on = device.setting("global", "bluetooth_on") == "1" and not device.restricted("no_bluetooth")
    state = f"  enabled: {str(on).lower()}\n  state: {'ON' if on else 'OFF'}\n"
    return f"Bluetooth Status\n{state}  address: 22:22:AD:00:00:01\n  name: {BLUETOOTH_NAME}\n"


def window_text(device: Device, words: Sequence[str]) -> str:
    """`dumpsys window policy`: whether the lock screen shows."""
    if word(words, 0) not in {"policy", "p"}:
        return ""
    showing = str(device.data.user_locked).lower()
    if device.api < SHOWN_API:
        return f"WINDOW MANAGER POLICY STATE (dumpsys window policy)\n    mShowingLockscreen={showing}\n"
    return (
        f"WINDOW MANAGER POLICY STATE (dumpsys window policy)\n    KeyguardServiceDelegate\n      showing={showing}\n"
    )


def deviceidle_text(device: Device, words: Sequence[str]) -> str:
    """`dumpsys deviceidle whitelist [+PKG|-PKG|=PKG]` (Android 6 on; `=` from 7 on): Wi-Fi document 14.1."""
    if device.api < IDLE_API:
        return "Can't find service: deviceidle\n"
    if word(words, 0) != "whitelist":
        return ""
    spared = device.data.spared
    if len(words) < 2:
        lines = [f"system-excidle,{SPARED_BY_IMAGE},10010", f"system,{SPARED_BY_IMAGE},10010"]
        return "".join(f"{line}\n" for line in (*lines, *(f"user,{name},{10100 + n}" for n, name in enumerate(spared))))
    return "".join(f"{line}\n" for line in filter(None, (_spare(device, each) for each in words[1:])))


def _spare(device: Device, change: str) -> str:
    """One word of `whitelist`; a package that is not there is refused, and one that was never taken in is no error."""
    sign, name = change[:1], change[1:]
    spared = device.data.spared
    if sign not in ("+", "-") and (sign != "=" or device.api < ASKED_API):
        signs = "+ or -" if device.api < ASKED_API else "+, -, or ="
        return f"Package must be prefixed with {signs}: {change}"
    if sign == "=":
        return str(name in spared).lower()
    if sign == "+":
        if device.installed(name) is None:
            return f"Unknown package: {name}"
        device.data.spared = [*spared, *(() if name in spared else (name,))]
        return f"Added: {name}"
    device.data.spared = [each for each in spared if each != name]
    return f"Removed: {name}" if name in spared else ""
