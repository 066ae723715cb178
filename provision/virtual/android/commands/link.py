"""The Wi-Fi link: saved networks, association in virtual time.

An association needs the access point in range, the right passphrase, the radio on, the owner's
allow-list (Wi-Fi document 2.4), and the model's join time. Nothing here prints.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

from provision.virtual.android.device import Device
from provision.virtual.android.model import ANY_KEY, Network
from provision.virtual.android.state import SavedNetwork, digest_of

SHORTEST, LONGEST = 8, 63
KEYLESS = frozenset({"open", "owe"})
LOCKDOWN = "wifi_device_owner_configs_lockdown"
ADDRESS = "192.168.1.50"
"""What the access point leases."""

SHELL = "shell"
PEOPLE = frozenset({SHELL, "user"})
"""Creators that are no owner: `cmd wifi`, and a person in Settings. An owner's networks carry its package."""


def in_range(device: Device, ssid: str) -> Network | None:
    """The access point of that name, None when there is none."""
    return next((network for network in device.model.air if network.ssid == ssid), None)


def would_join(device: Device, ssid: str) -> bool:
    """Tell whether an association with this saved network can succeed at all."""
    point = in_range(device, ssid)
    if point is None or not allowed(device, ssid):
        return False
    if point.authority:
        return any(_lets_in(device, point.authority, one) for one in device.data.networks if one.ssid == ssid)
    saved = {one.passphrase_digest for one in device.data.networks if one.ssid == ssid}
    if point.secured == ANY_KEY:
        return any(digest is not None for digest in saved)
    wanted = digest_of(point.passphrase) if point.passphrase is not None else point.secured or None
    return wanted in saved


def _lets_in(device: Device, authority: str, network: SavedNetwork) -> bool:
    """Tell whether the server of a network knows the certificate of its key, and Wi-Fi may use the key."""
    key = device.data.keychain.get(network.account.get("key", ""))
    if key is None or not key.wifi:
        return False
    own, *above = (load_der_x509_certificate(base64.b64decode(one)) for one in key.chain)
    try:
        for issuer in (*above, load_pem_x509_certificate(authority.encode())):
            own.verify_directly_issued_by(issuer)
            own = issuer
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def allowed(device: Device, ssid: str) -> bool:
    """Tell whether the owner's allow-list lets this network be used; saving it is possible all the same."""
    return not device.data.allowed_ssids or ssid in device.data.allowed_ssids


def connected_ssid(device: Device) -> str | None:
    """SSID of the completed association right now."""
    if not device.data.wifi_enabled or device.target is None or device.clock() < device.linked_at:
        return None
    return device.target if would_join(device, device.target) else None


def start_join(device: Device, ssid: str) -> None:
    """Begin an association; it completes after the model's join time, or never."""
    device.target = ssid
    device.linked_at = device.clock() + device.model.timing.join


def auto_join(device: Device) -> None:
    """After boot or radio on: look for a saved network in range."""
    names = [network.ssid for network in device.data.networks if would_join(device, network.ssid)]
    device.target = None
    if names and device.data.wifi_enabled:
        start_join(device, names[0])


def acceptable(security: str, passphrase: str | None) -> bool:
    """Tell whether a passphrase fits the security type (Wi-Fi document 1.8, rule 4)."""
    if security in KEYLESS:
        return True
    if security in ("wep", "eap"):
        return passphrase is not None
    return passphrase is not None and SHORTEST <= len(passphrase) <= LONGEST and passphrase.isascii()


def save_network(
    device: Device,
    ssid: str,
    security: str,
    passphrase: str | None,
    creator: str = SHELL,
    account: Mapping[str, str] | None = None,
) -> bool:
    """Save or update one network; False when it is not acceptable or is locked down.

    An update leaves the entry to its first creator (Wi-Fi document 2.2). An entry of the same name with another
    security is another network for Android (WifiConfiguration.configKey), and stays beside the new one.
    """
    old = next((one for one in device.data.networks if one.ssid == ssid and one.security == security), None)
    if not acceptable(security, passphrase) or (old and creator == SHELL and locked(device, old)):
        return False
    number = old.id if old else max((one.id for one in device.data.networks), default=-1) + 1
    digest = None if passphrase is None or security in KEYLESS else digest_of(passphrase)
    maker = old.creator if old else creator
    new = SavedNetwork(
        id=number, ssid=ssid, security=security, passphrase_digest=digest, creator=maker, account=dict(account or {})
    )
    device.data.networks = [*(one for one in device.data.networks if one is not old), new]
    return True


def locked(device: Device, network: SavedNetwork) -> bool:
    """Owner-created networks are closed to the shell under lockdown from 23 on (Wi-Fi document 2.3)."""
    held = device.api >= 23 and device.setting("global", LOCKDOWN) == "1" and not device.faulty("lockdown-leaks")
    return held and network.creator not in PEOPLE


def forget(device: Device, number: int, *, by_owner: bool = False) -> bool:
    """Remove a saved network; a link to it ends."""
    network = next((one for one in device.data.networks if one.id == number), None)
    if network is None or (not by_owner and locked(device, network)):
        return False
    device.data.networks.remove(network)
    if device.target == network.ssid:
        auto_join(device)
    return True


def set_radio(device: Device, *, on: bool, by_owner: bool = False) -> None:
    """Switch the radio; from 33 a restriction makes the service refuse the shell silently."""
    if device.api >= 33 and device.restricted("no_change_wifi_state") and not by_owner:  # Wi-Fi document 1.3
        return
    device.data.wifi_enabled = on
    device.data.settings["global"]["wifi_on"] = "1" if on else "0"
    auto_join(device)
