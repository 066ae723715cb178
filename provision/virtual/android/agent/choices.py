"""Address and proxy of a saved network: chosen by a policy, kept and told by Android (contract 7, 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.agent.wifi_network import WifiNetwork
from provision.virtual.android.device import Device
from provision.virtual.android.state import SavedNetwork

PROXY_API, MAKES_UP_API, MAC_API, TELLS_API = 26, 29, 33, 24
"""First releases on which an owner sets a proxy, addresses are made up, an owner stops that, and is told its own."""

SETTERS = {"mac": "setMacRandomizationSetting", "proxy": "setHttpProxy"}


def list_choices(network: WifiNetwork, api: int) -> list[object]:
    """What this release can be told of it, as vectors write it at the end of a call; nothing for nothing."""
    mac = {"mac": "factory"} if network.factory_mac and api >= MAC_API else {}
    told = mac | ({"proxy": network.proxy} if network.proxy and api >= PROXY_API else {})
    return [told] if told else []


def keep_choices(device: Device, number: int, network: WifiNetwork, drops: Callable[[str], bool]) -> None:
    """Keep them in the entry of a network; what is not said again is gone.

    Args:
        drops: whether this Android takes a call and keeps nothing of it.
    """
    update = {
        "factory_mac": network.factory_mac and device.api >= MAC_API and not drops(SETTERS["mac"]),
        "proxy": network.proxy if device.api >= PROXY_API and not drops(SETTERS["proxy"]) else {},
    }
    networks = device.data.networks
    device.data.networks = [one.model_copy(update=update) if one.id == number else one for one in networks]


def find_saved(device: Device, ssid: str) -> SavedNetwork | None:
    """The entry of a name, that with an account first; None for none."""
    named = [one for one in device.data.networks if one.ssid == ssid]
    return min(named, key=lambda one: not one.account, default=None)


def list_addresses(device: Device, ssids: Sequence[str]) -> dict[str, object]:
    """The tablet's own address, and the one it shows in each of these networks; None where nobody can tell."""
    own = device.state.identity.mac if device.api >= TELLS_API else None
    return {"factory": own, "networks": {ssid: _show(device, find_saved(device, ssid), own) for ssid in ssids}}


def _show(device: Device, network: SavedNetwork | None, own: str | None) -> str | None:
    """What Android makes up for a network it tells the app that saved it; here it is made out of its number."""
    if device.api < MAKES_UP_API or (network is not None and network.factory_mac):
        return own
    return None if network is None else f"06:00:{device.state.identity.mac[9:]}:{network.id:02x}"
