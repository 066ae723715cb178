"""Texts of Wi-Fi commands: status, tables, `mWifiInfo`.

Source: reference, Wi-Fi document 1.3 (formats) and 1.6 (`dumpsys wifi`, quoting by release).
"""

from __future__ import annotations

from provision.virtual.android.commands.dump_system import location_on
from provision.virtual.android.commands.link import ADDRESS, connected_ssid, in_range
from provision.virtual.android.device import Device
from provision.virtual.android.state import SavedNetwork

QUOTED_API, MANAGERS_API, CLIENT_MODE_API = 31, 31, 29
STANDARD_API, SUPPLICANT_GONE_API = 30, 26
HIDDEN_BSSID = "02:00:00:00:00:00"
UNKNOWN_SSID = "<unknown ssid>"
LINKED = {"RSSI": "-50", "Link speed": "72Mbps", "Frequency": "2437MHz"}
UNLINKED = {"RSSI": "-127", "Link speed": "-1Mbps", "Frequency": "-1MHz"}
NETWORKS_HEAD = "Network Id      SSID                         Security type\n"
SUGGESTIONS_HEAD = "SSID                         Security type\n"
SCAN_HEAD = (
    "    BSSID              Frequency      RSSI           Age(sec)     SSID                                 Flags\n"
)

TYPES_30 = {"open": "open", "owe": "owe", "wpa2": "wpa2", "wpa3": "wpa3", "eap": "eap"}
TYPES_31 = {"open": "open", "owe": "owe", "wpa2": "wpa2-psk", "wpa3": "wpa3-sae", "eap": "wpa2-enterprise"}
"""Security words of the list by release."""


def wifi_info(device: Device, *, hidden: bool = False) -> str:
    """One `WifiInfo.toString()`; the SSID is quoted from API 31 on only, and neither name nor address when hidden."""
    ssid = connected_ssid(device)
    radio = LINKED if ssid else UNLINKED
    named = None if hidden else ssid
    unknown = "" if hidden else UNKNOWN_SSID  # to 11 what is hidden has no bytes, and prints none
    shown = {"SSID": unknown if named is None else named, "BSSID": _bssid(device, named), "MAC": HIDDEN_BSSID}
    if device.api >= QUOTED_API:
        shown["SSID"] = UNKNOWN_SSID if named is None else f'"{named}"'
        shown["Security type"] = "2"
    shown["Supplicant state"] = "COMPLETED" if ssid else "DISCONNECTED"
    if device.api >= STANDARD_API:
        shown["Wi-Fi standard"] = "5"
    shown |= radio | {"Net ID": str(_number(device, ssid)), "Metered hint": "false", "score": "60"}
    if device.api >= QUOTED_API:
        shown |= {"CarrierMerged": "false", "SubscriptionId": "-1", "IsPrimary": "1"}
    return ", ".join(f"{key}: {value}" for key, value in shown.items())


def _bssid(device: Device, ssid: str | None) -> str:
    """Address of the access point, the placeholder without one."""
    point = in_range(device, ssid) if ssid else None
    return point.bssid if point else HIDDEN_BSSID


def _number(device: Device, ssid: str | None) -> int:
    """Id of the connected network, -1 without one."""
    return next((network.id for network in device.data.networks if network.ssid == ssid), -1)


def status_text(device: Device) -> str:
    """`cmd wifi status`."""
    lines = [f"Wifi is {'enabled' if device.data.wifi_enabled else 'disabled'}"]
    always = device.setting("global", "wifi_scan_always_enabled") == "1"
    lines.append(f"Wifi scanning is {'always available' if always else 'only available when wifi is enabled'}")
    if not device.data.wifi_enabled:
        return "\n".join(lines) + "\n"
    if device.api >= MANAGERS_API:
        lines.append("==== Primary ClientModeManager instance ====")
    ssid = connected_ssid(device)
    if ssid is None:
        return "\n".join([*lines, "Wifi is not connected"]) + "\n"
    hidden = device.model.answers.hides_ssid and not location_on(device)
    name = UNKNOWN_SSID if hidden else f'"{ssid}"'
    lines += [f"Wifi is connected to {name}", f"WifiInfo: {wifi_info(device, hidden=hidden)}"]
    lines += ["successfulTxPackets: 118", "successfulTxPacketsPerSecond: 1.2", "retriedTxPackets: 3"]
    return "\n".join(lines) + "\n"


def networks_table(device: Device) -> str:
    """`cmd wifi list-networks`: id, unquoted SSID, security type."""
    if not device.data.networks:
        return "No networks\n"
    rows = "".join(_row(device, network) for network in sorted(device.data.networks, key=lambda one: one.id))
    return NETWORKS_HEAD + rows


def _row(device: Device, network: SavedNetwork) -> str:
    """The rows of one network; from 31 a WPA2 one is expanded into several (Wi-Fi document 1.3)."""
    if device.api < MANAGERS_API:
        return f"{network.id:<12d} {network.ssid:<32s} {TYPES_30.get(network.security, 'open'):<4s}\n"
    kind = TYPES_31.get(network.security, network.security)
    kinds = [kind, "wpa3-sae^"] if network.security == "wpa2" else [kind]
    return "".join(f"{network.id:<12d} {network.ssid:<32s} {one:<4s}\n" for one in kinds)


def suggestions_table(device: Device) -> str:
    """`cmd wifi list-suggestions`."""
    rows = "".join(f"{one.ssid:<32s} {one.security:<4s}\n" for one in device.data.suggestions)
    return f"{SUGGESTIONS_HEAD}{rows}" if rows else "No suggestions\n"


def scan_table(device: Device) -> str:
    """`cmd wifi list-scan-results`."""
    if not device.data.wifi_enabled or not device.model.air:
        return "No scan results\n"
    rows = ""
    for point in device.model.air:
        flags = "[WPA2-PSK-CCMP][ESS]" if point.passphrase is not None or point.secured else "[ESS]"
        rows += f"  {point.bssid:>17s}  {2437:>9d}  {-50:>18d}   {3.2:>7}    {point.ssid[:32]:<32s}  {flags}\n"
    return SCAN_HEAD + rows


def _supplicant(device: Device, ssid: str | None) -> list[str]:
    """Print what 5 to 7 ask the supplicant while they dump (Wi-Fi document 1.6)."""
    if ssid is None:
        return ["Supplicant status", "wpa_state=DISCONNECTED"]
    known = [f"bssid={_bssid(device, ssid)}", f"ssid={ssid}", f"id={_number(device, ssid)}", "key_mgmt=WPA2-PSK"]
    return ["Supplicant status", *known, "wpa_state=COMPLETED", f"ip_address={ADDRESS}"]


def dump_text(device: Device) -> str:
    """`dumpsys wifi`: the lines a station may parse."""
    switch = f"Wi-Fi is {'enabled' if device.data.wifi_enabled else 'disabled'}"
    ssid = connected_ssid(device)
    state = "CONNECTED/CONNECTED" if ssid else "DISCONNECTED/DISCONNECTED"
    info = f"mWifiInfo {wifi_info(device)}"
    if device.api < 29 and ssid is None:  # Wi-Fi document 1.6
        info = info.replace(UNKNOWN_SSID, "<none>")
    body = [
        info,
        f"mNetworkInfo [type: WIFI[], state: {state}, reason: (unspecified)]",
        f"mLastBssid {_bssid(device, ssid) if ssid else None}".replace("None", "null"),
        f"mLastNetworkId {_number(device, ssid)}",
        *(_supplicant(device, ssid) if device.api < SUPPLICANT_GONE_API else []),
    ]
    if device.api >= MANAGERS_API:
        return (
            "\n".join(["WifiController:", "Dump of ActiveModeManager", f"  {switch}", *(f" {line}" for line in body)])
            + "\n"
        )
    block = "ClientModeImpl:" if device.api >= CLIENT_MODE_API else "WifiStateMachine:"
    return "\n".join([switch, "Stay-awake conditions: 0", block, *(f" {line}" for line in body)]) + "\n"
