"""The Wi-Fi link: saved networks, association in virtual time.

An association needs the access point in range, the right passphrase, the radio on, and the model's
join time. Nothing here prints.
"""

from __future__ import annotations

from provision.virtual.android.device import Device
from provision.virtual.android.model import Network
from provision.virtual.android.state import SavedNetwork, digest_of

SHORTEST, LONGEST = 8, 63
KEYLESS = frozenset({"open", "owe"})
LOCKDOWN = "wifi_device_owner_configs_lockdown"


def in_range(device: Device, ssid: str) -> Network | None:
    """The access point of that name, None when there is none."""
    return next((network for network in device.model.air if network.ssid == ssid), None)


def saved(device: Device, ssid: str) -> SavedNetwork | None:
    """The saved network of that name, None when there is none."""
    return next((network for network in device.data.networks if network.ssid == ssid), None)


def would_join(device: Device, ssid: str) -> bool:
    """Whether an association with this saved network can succeed at all."""
    network, point = saved(device, ssid), in_range(device, ssid)
    if network is None or point is None:
        return False
    wanted = digest_of(point.passphrase) if point.passphrase is not None else None
    return network.passphrase_digest == wanted


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
    """Whether a passphrase fits the security type (Wi-Fi document 1.8, rule 4)."""
    if security in KEYLESS:
        return True
    return passphrase is not None and SHORTEST <= len(passphrase) <= LONGEST and passphrase.isascii()


def save_network(device: Device, ssid: str, security: str, passphrase: str | None, creator: str = "shell") -> bool:
    """Save or update one network; False when it is not acceptable or is locked down."""
    old = saved(device, ssid)
    if not acceptable(security, passphrase) or (old and locked(device, old)):
        return False
    number = old.id if old else device.data.next_network
    device.data.next_network = max(device.data.next_network, number + 1)
    digest = None if passphrase is None or security in KEYLESS else digest_of(passphrase)
    new = SavedNetwork(id=number, ssid=ssid, security=security, passphrase_digest=digest, creator=creator)
    device.data.networks = [*(one for one in device.data.networks if one is not old), new]
    return True


def locked(device: Device, network: SavedNetwork) -> bool:
    """Owner-created networks are closed to the shell under lockdown from 23 on (Wi-Fi document 2.3)."""
    held = device.api >= 23 and device.setting("global", LOCKDOWN) == "1"
    return held and network.creator != "shell"


def forget(device: Device, number: int) -> bool:
    """Remove a saved network; a link to it ends."""
    network = next((one for one in device.data.networks if one.id == number), None)
    if network is None or locked(device, network):
        return False
    device.data.networks.remove(network)
    if device.target == network.ssid:
        auto_join(device)
    return True


def set_radio(device: Device, *, on: bool) -> None:
    """Switch the radio; from 33 a restriction makes the service refuse the shell silently."""
    if device.api >= 33 and device.restricted("no_change_wifi_state"):  # Wi-Fi document 1.3
        return
    device.data.wifi_enabled = on
    device.data.settings["global"]["wifi_on"] = "1" if on else "0"
    auto_join(device)
