"""Size of the order that brings a site to its tablets, told before any tablet is touched.

An agent takes an order in so many pieces of so many characters (contract 3); what a site, its networks, apps and
families ask for may be more, and the order is made only when the agent is owner already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from provision.agent.contract import PIECE_CHARACTERS, PIECES, OrderName
from provision.agent.networks import CHAIN, repack_keys
from provision.agent.order import Order, sign_order
from provision.appset.releases import FIRST_API, NEWEST_API
from provision.errors import ConfigurationError, ConfigurationFault
from provision.runs.agent_kit import AgentKit
from provision.site.network import place_of
from provision.site.network_secrets import NetworkSecrets
from provision.site.secret import Secret

LARGEST = PIECES * PIECE_CHARACTERS * 3 // 4
"""Bytes of an order that an agent takes."""

_ASSET, _NONCE, _SESSION_KEY, _VECTOR, _TAG = "A-00000000", "0" * 32, 344, 16, 16
"""Stand-ins of the lengths that tablets answer with, and lengths of what stands around a sealed secret (contract 5)."""
_TYPED = Secret(b"0" * 128)
"""For what a person is asked for later: no passphrase or password is longer."""


@dataclass(frozen=True)
class LargestOrder:
    """The largest order that a tablet of a site would get.

    Attributes:
        size: bytes.
        asset: number of the tablet with so many family tiles; empty where none has any.
        networks: bytes of its networks alone, with certificates and secrets.
    """

    size: int
    asset: str
    networks: int


def find_largest_order(kit: AgentKit, secrets: Mapping[str, Secret]) -> LargestOrder:
    """Find it over all releases and families.

    Args:
        secrets: those of the networks; what is missing is taken for as long as may be.
    """
    known = _complete(kit, secrets)
    families = kit.families()
    wards = kit.site.wards.values()
    longest_ward = max(wards, key=lambda ward: len(ward.name + (ward.hotline or "")), default=None)
    # Files are read once for all releases; any tablet may come to any ward.
    kit = replace(kit, families=lambda: families, pin=cache(kit.pin), find_ward=lambda _number: longest_ward)
    letters = {number: sum(len(tile.label + tile.link) for tile in one.tiles) for number, one in families.items()}
    longest = max(letters, key=lambda number: letters[number], default="")
    # A key file opens with its password alone; packed anew it is as long but for some bytes.
    sent = repack_keys(kit.site.networks, known) if known.keys() == secrets.keys() else known
    bodies = [
        kit.compose_policy(longest or _ASSET, Secret(b"0" * 32), _stand_for, api, sent)
        for api in range(FIRST_API, NEWEST_API + 1)
        if kit.choose_networks(api)
    ]
    sizes = [(_measure(kit, body), len(str(body.get("networks", "")))) for body in bodies]
    size, networks = max(sizes, default=(0, 0))
    return LargestOrder(size, longest, networks)


def refuse_large_orders(kit: AgentKit, secrets: NetworkSecrets, file: Path) -> None:
    """Refuse a site whose order no agent takes.

    Args:
        file: where the site was read from, for the message.

    Raises:
        ConfigurationError: it is too large.
    """
    largest = find_largest_order(kit, secrets)
    if largest.size <= LARGEST:
        return
    expected = (
        f"what an agent takes in one order, at most {LARGEST} bytes: fewer networks of the 802.1X kind, or fewer "
        "certificates in their `ca` files (the one authority that signed the server's certificate is enough)"
    )
    tiles = f", with the family tiles of {largest.asset}" if largest.asset else ""
    got = f"{largest.size} bytes, {largest.networks} of them networks{tiles}"
    raise ConfigurationError(ConfigurationFault(file, None, "wifi", expected, got))


def _complete(kit: AgentKit, secrets: Mapping[str, Secret]) -> dict[str, Secret]:
    places = (
        place_of(index, member) for index, network in enumerate(kit.site.networks) for member in network.secret_members
    )
    return {**dict.fromkeys(places, _TYPED), **secrets, **_guess_chains(secrets)}


def _guess_chains(secrets: Mapping[str, Secret]) -> dict[str, Secret]:
    """A tablet's own certificate is about as long as its authority's, and comes before it."""
    authorities = {place: secret.reveal() for place, secret in secrets.items() if place.endswith(".authority")}
    return {place.removesuffix("authority") + CHAIN: Secret(pem * 2) for place, pem in authorities.items()}


def _stand_for(_place: str, secret: Secret) -> object:
    sealed = 4 * ((len(secret.reveal()) + _TAG + 2) // 3)
    return {"sealed": {"key": "0" * _SESSION_KEY, "iv": "0" * _VECTOR, "data": "0" * sealed}}


def _measure(kit: AgentKit, body: Mapping[str, object]) -> int:
    order = Order(OrderName.APPLY, kit.sender.site, _NONCE, _NONCE, body)
    return len(sign_order(order.payload(), kit.sender.key))
