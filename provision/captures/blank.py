"""Selection of what goes into a capture: properties of the model by an allow-list, and no value that tells it apart.

Left out altogether: serial numbers, addresses, IMEI, accounts, network names, everything set at boot or by a user.
A value that looks like an identifier, or repeats one that was left out, is blanked even under an allowed key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from provision.captures.builder import hide_builder
from provision.facts.props import Props
from provision.identity.shared_serials import is_placeholder
from provision.identity.signs import names_of

_KEPT = re.compile(
    r"ro\.(?:product|build|board|bootimage|system|system_ext|system_dlkm|vendor|vendor_dlkm|odm|odm_dlkm|treble|config"
    r"|hardware|chipname|arch|carrier|radio|secure|debuggable|adb|sf|frp|telephony|com\.google|setupwizard|target|hdmi"
    r"|platform|oem_unlock_supported|opengles|dalvik|characteristics|zygote|crypto|nrdp"
    r"|(?:odm\.|vendor\.)?[a-z]+\.(?:version|series|device|lcdsize|tablet|region|platform|ui\.version))(?:\.[\w.-]+)?|persist\.sys\.usb\.config|sys\.usb\.config"
)
_NEVER = re.compile(
    r"serial|imei|meid|imsi|iccid|msisdn|mac_?addr|wifimac|btmac|bdaddr|\bmac\b|android_id|account|e?mail|ssid|hostname"
    r"|host$|user$|owner|uuid|\buid\b|token|\bkey\d*$|password|secret|phone_?number|wlan|dhcp|ipaddr|location|latitude"
    r"|(?:^|[._])[a-z]{0,2}sn\d?$|bar_?code|cpu_?id|chip_?id|unique|[ug]uid|udid|device_?name|bt_?name|bluetooth.*name",
    re.IGNORECASE,
)
IDENTIFIERS = re.compile(
    r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|\b\d{14,17}\b|[\w.+-]+@[\w-]+\.[a-z]{2,}|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\b\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d\b",
    re.IGNORECASE,
)
SECRET_VALUES = re.compile(
    r"serial|imei|meid|iccid|mac_?addr|wifimac|btmac|bdaddr|android_id|ssid|msisdn|phone_?number|account|e?mail|hostname"
    r"|(?:^|[._])[a-z]{0,2}sn\d?$|bar_?code|cpu_?id|chip_?id|udid|device_?name|bt_?name|bluetooth.*name",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[:. _-]")
_LEAST = 6  # a shorter value is no identifier, and would blank half of the file
_BUILD_TIMES = re.compile(r"\.(?:date\.utc|incremental|fingerprint|description|display\.id|id|tags|date)$|version|mktg")


def blank(props: Mapping[str, str]) -> dict[str, str]:
    """The properties that may leave the bench, sorted by key."""
    told = {value.strip() for key, value in props.items() if SECRET_VALUES.search(key)}
    known = {
        _join(name) for name in names_of(Props(props))
    }  # a tablet is called like its model until somebody renames it
    found = {_join(value) for value in told if len(value) >= _LEAST and not is_placeholder(value)}
    secrets = {value for value in found - known if len(value) >= _LEAST}
    hidden = hide_builder(props)
    return {
        key: _clean(key, hidden[key], secrets)
        for key in sorted(props)
        if _KEPT.fullmatch(key) and not _NEVER.search(key)
    }


def blank_serial(serial: str) -> str:
    """The form of a serial number: two letters of its maker, `#` for the rest; a shared default stays as it is."""
    if is_placeholder(serial):
        return serial
    return serial[:2] + "#" * len(serial[2:]) if serial[:2].isalpha() else "#" * len(serial)


def _join(text: str) -> str:
    """Text in the form in which `02:11` and `0211` are one."""
    return _PARTED.sub("", text.casefold())


def _clean(key: str, value: str, secrets: set[str]) -> str:
    plain = value.casefold()
    if any(secret in _join(value) for secret in secrets):
        return ""
    if _BUILD_TIMES.search(key):  # build numbers and times are long numbers, the same on every unit
        named = re.search(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|@[\w-]+\.[a-z]{2,}", plain)
        return "" if named else value
    return "" if IDENTIFIERS.search(value) else value
