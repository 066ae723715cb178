"""The networks of a site as a policy carries them, and which of them an agent can set (contract 7)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from provision.agent.rows import NEVER
from provision.controls.model import Refusal
from provision.site.network import Network, NetworkKind, is_plain_psk, place_of
from provision.site.secret import Secret
from provision.terms import Reason
from provision.texts.message import message

Encrypt = Callable[[str, Secret], object]
"""Makes the member that stands for a secret at a place."""

MEMBER, OLD_MEMBER = "networks", "wifi"
"""Names of the policy's member: of any networks, and of one WPA2-PSK network, as protocols 1 to 3 have it."""

AGENT_CODE = 4
"""The first version code of an agent that knows `networks`."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")


def make_networks(networks: Sequence[Network], secrets: Mapping[str, Secret], encrypt: Encrypt) -> dict[str, object]:
    """The policy's member for them; one WPA2-PSK network is said as every agent understands it.

    Args:
        secrets: by place, `networks.0.passphrase`.
        encrypt: makes the member that stands for a secret at a place.
    """
    if is_plain_psk(networks):
        only = secrets[place_of(0, "passphrase")]
        return {OLD_MEMBER: networks[0].to_policy(lambda member: encrypt(f"{OLD_MEMBER}.{member}", only))}
    return {MEMBER: [_make_network(index, network, secrets, encrypt) for index, network in enumerate(networks)]}


def _make_network(index: int, network: Network, secrets: Mapping[str, Secret], encrypt: Encrypt) -> dict[str, object]:
    ca = secrets.get(place_of(index, "ca"))
    authorities = () if ca is None else split_certificates(ca.reveal())
    return network.to_policy(partial(_encrypt_at, index, secrets, encrypt), authorities)


def _encrypt_at(index: int, secrets: Mapping[str, Secret], encrypt: Encrypt, member: str) -> object:
    place = place_of(index, member)
    return encrypt(place, secrets[place])


def split_certificates(pem: bytes) -> tuple[bytes, ...]:
    """DER of each certificate in a PEM text that was checked."""
    return tuple(base64.b64decode(body) for body in _CERTIFICATE.findall(pem))


def choose_networks(networks: Sequence[Network], known: Mapping[str, int], api: int) -> tuple[int, ...]:
    """Indexes of the networks that a tablet's policy holds: those the agent sets on its release.

    A tablet is right on any of them, so one that it cannot be given is left out. All of them where it sets none:
    `find_unset` says why, or it is the one network that every agent sets.
    """
    chosen = tuple(index for index, network in enumerate(networks) if api >= known.get(network.kind, NEVER))
    return chosen or tuple(range(len(networks)))


def renumber(secrets: Mapping[str, Secret], chosen: Sequence[int]) -> dict[str, Secret]:
    """The secrets of the chosen networks, at their places in a list of these alone."""
    placed = ((place.split(".", 2), secret) for place, secret in secrets.items())
    return {
        place_of(chosen.index(int(index)), member): secret
        for (_, index, member), secret in placed
        if int(index) in chosen
    }


def find_unset(networks: Sequence[Network], code: int, known: Mapping[str, int], api: int) -> Refusal | None:
    """Why an agent can be given none of these networks on a release; None where it can.

    Args:
        code: version code of the agent.
        known: first API level of each kind by that agent's own table, empty where it has none.
    """
    if is_plain_psk(networks):
        return None
    if code < AGENT_CODE or not known:
        return Refusal(Reason.AGENT_TOO_OLD, message("agent-sets-none", number=code, needed=AGENT_CODE))
    if any(api >= known.get(network.kind, NEVER) for network in networks):
        return None
    kinds = sorted({network.kind.written for network in networks})
    return Refusal(Reason.NETWORK_UNSUPPORTED, message("network-kinds", api=api, kinds=", ".join(kinds)))


def list_never_set(networks: Sequence[Network], known: Mapping[str, int]) -> Iterator[tuple[int, str, str]]:
    """(index, expected, got) of the networks that an agent with these kinds in its table sets on no release.

    Kinds are told as `site.yaml` writes them: that is the file to be changed.
    """
    if is_plain_psk(networks):
        return
    if not known:
        yield from _list_beside_psk(networks)
        return
    sets = ", ".join(kind.written for kind in NetworkKind if known.get(kind, NEVER) != NEVER)
    for index, network in enumerate(networks):
        if known.get(network.kind, NEVER) == NEVER:
            yield index, f"a network that the agent sets: {sets}", network.kind.written


def _list_beside_psk(networks: Sequence[Network]) -> Iterator[tuple[int, str, str]]:
    """All but the first WPA2-PSK network: that one every agent sets."""
    expected = f"one wpa2 network, or an agent of version code {AGENT_CODE} or later in bench.yaml"
    kept = next((index for index, network in enumerate(networks) if network.kind is NetworkKind.PSK), None)
    for index, network in enumerate(networks):
        if index != kept:
            got = "another wpa2" if network.kind is NetworkKind.PSK else network.kind.written
            yield index, expected, got
