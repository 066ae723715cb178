"""A network with its account: as it is given to Android, and as Android gives it back (contract 9 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provision.virtual.android.agent.account_keys import count_chain
from provision.virtual.android.agent.wifi_network import WifiNetwork, alias_of

_ACCOUNTS = ("peap", "ttls", "tls", "tls-on-tablet")
SECURITY = {"open": "open", "wpa2-psk": "wpa2", "wpa3-sae": "wpa3"} | dict.fromkeys(_ACCOUNTS, "eap")
"""What Android calls each kind of the contract."""

FIRST_API = {"open": 21, "wpa2-psk": 21, "wpa3-sae": 30, "peap": 23, "ttls": 23, "tls": 24, "tls-on-tablet": 31}
"""The first release that has the calls for a kind: `setSecurityParams`, `setDomainSuffixMatch`,
`setClientKeyPairAlias`."""

TOLD = ("identity", "anonymous_identity", "domain", "phase2")
"""Members that Android gives back as they were."""


def list_arguments(network: WifiNetwork) -> list[object]:
    """What vectors write of a network that is given to Android; a key is no argument."""
    secret = None if network.key_file else network.passphrase or network.password
    kind = [] if network.kind == "wpa2-psk" else [network.kind]
    account = [_describe_account(network)] if network.account else []
    return [network.ssid, secret, network.hidden, *kind, *account]


def _describe_account(network: WifiNetwork) -> dict[str, object]:
    """The account as vectors write it in a call: no secret, certificates by their number."""
    told: dict[str, object] = {name: network.account.get(name) for name in TOLD}
    chain = None if network.key_file is None else count_chain(network.key_file, network.password or "")
    if network.chain:
        told |= {"key": alias_of(network.ssid)}
    return told | {"authorities": len(network.authorities), "chain": len(network.chain) or chain}


def hold_account(network: WifiNetwork) -> dict[str, str]:
    """What Android keeps of it and tells; empty for a network without one."""
    if not network.account:
        return {}
    told = {name: str(network.account[name]) for name in TOLD if name in network.account}
    if network.chain:
        told["key"] = alias_of(network.ssid)
    return told | {"method": network.kind, "authorities": "set"}


def list_differing(network: WifiNetwork, held: Mapping[str, str]) -> Iterator[str]:
    """Names of the members that Android holds otherwise than given."""
    if held.get("method") != network.kind:
        yield "security"
        return
    wanted = hold_account(network)
    for name in ("identity", "anonymous_identity", "authorities", "domain", "phase2", "key"):
        if held.get(name) != wanted.get(name):
            yield name
