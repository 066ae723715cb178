"""The networks of a site as a policy carries them, and which of them an agent can set (contract 7)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES, load_pkcs12, serialize_key_and_certificates

from provision.agent.rows import NEVER
from provision.controls.model import Refusal
from provision.site.network import Network, NetworkKind, Tls, is_plain_psk, place_of
from provision.site.secret import Secret
from provision.terms import Reason
from provision.texts.message import message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12PrivateKeyTypes

Encrypt = Callable[[str, Secret], object]
"""Makes the member that stands for a secret at a place."""

PINNED_KINDS = frozenset({NetworkKind.PEAP, NetworkKind.TTLS, NetworkKind.TLS})
"""Kinds whose server is judged by its certificate."""

KEY_NAME = b"tablet"
"""Of the one entry in a key file as tablets get it."""

MEMBER, OLD_MEMBER = "networks", "wifi"
"""Names of the policy's member: of any networks, and of one WPA2-PSK network, as protocols 1 to 3 have it."""

AGENT_CODE = 4
"""The first version code of an agent that knows `networks`."""

CHOICES_SINCE = 5
"""Version of the capability table of the first agents that know `mac` and `proxy` of a network."""

DEMANDING_API = 24
"""The first release that takes several authorities of a server, and GTC within TTLS (Wi-Fi document 2.5)."""

CHAIN = "chain"
"""Member with the certificates of a key made on the tablet; in PEM at its place, for they are no secret."""

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
    chain = secrets.get(place_of(index, CHAIN))
    certificates = () if chain is None else split_certificates(chain.reveal())
    return network.to_policy(partial(_encrypt_at, index, secrets, encrypt), authorities, certificates)


def _encrypt_at(index: int, secrets: Mapping[str, Secret], encrypt: Encrypt, member: str) -> object:
    place = place_of(index, member)
    return encrypt(place, secrets[place])


def join_certificates(chain: Sequence[bytes]) -> bytes:
    """The PEM text of certificates (DER)."""
    return b"".join(
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(one) + b"-----END CERTIFICATE-----\n" for one in chain
    )


def settle_keys(networks: Sequence[Network], known: Mapping[str, int], api: int) -> tuple[Network, ...]:
    """The same networks; of one by a key made on the tablet or a key file, what this release is given."""
    on_tablet = api >= known.get(NetworkKind.TLS_ON_TABLET, NEVER)
    return tuple(one.settle(on_tablet=on_tablet) if isinstance(one, Tls) else one for one in networks)


def split_certificates(pem: bytes) -> tuple[bytes, ...]:
    """DER of each certificate in a PEM text that was checked."""
    return tuple(base64.b64decode(body) for body in _CERTIFICATE.findall(pem))


def choose_networks(
    networks: Sequence[Network], known: Mapping[str, int], api: int, demanding: Collection[int] = ()
) -> tuple[int, ...]:
    """Indexes of the networks that a tablet's policy holds: those the agent sets on its release.

    A tablet is right on any of them, so one that it cannot be given is left out. All of them where it sets none:
    `find_unset` says why, or it is the one network that every agent sets.

    Args:
        demanding: indexes of those that ask for more than Android 6 has for their kind.
    """
    return _list_set(networks, known, api, demanding) or tuple(range(len(networks)))


def _list_set(
    networks: Sequence[Network], known: Mapping[str, int], api: int, demanding: Collection[int]
) -> tuple[int, ...]:
    return tuple(
        index
        for index, network in enumerate(networks)
        if api >= max(known.get(network.kind, NEVER), DEMANDING_API if index in demanding else 0)
    )


def leave_out_choices(policy: Mapping[str, object], version: int) -> dict[str, object]:
    """The policy without what networks choose that an agent with this version of the table does not know."""
    if version >= CHOICES_SINCE or MEMBER not in policy:
        return dict(policy)
    networks = cast("list[dict[str, object]]", policy[MEMBER])
    plain = [{name: value for name, value in one.items() if name not in {"mac", "proxy"}} for one in networks]
    return {**policy, MEMBER: plain}


def repack_keys(networks: Sequence[Network], secrets: Mapping[str, Secret]) -> dict[str, Secret]:
    """The same secrets with each key file in a form that every Android opens.

    PKCS#12 as OpenSSL 3 and Windows write it today (PBES2, a MAC of SHA-256) is not read by the providers of older
    releases; the form of 1999 is by all. What it is worth does not count: the file travels sealed (contract 5).
    """
    made = dict(secrets)
    for index, network in enumerate(networks):
        place = place_of(index, "certificate")
        if network.kind is NetworkKind.TLS:
            made[place] = _repack(secrets[place], secrets[place_of(index, "certificate_password")])
    return made


def _repack(data: Secret, password: Secret) -> Secret:
    held = load_pkcs12(data.reveal(), password.reveal())
    certificate = None if held.cert is None else held.cert.certificate
    above = [each.certificate for each in held.additional_certs]
    form = PrivateFormat.PKCS12.encryption_builder().key_cert_algorithm(PBES.PBESv1SHA1And3KeyTripleDESCBC)
    encryption = form.hmac_hash(SHA1()).build(password.reveal())  # noqa: S303 # see `repack_keys`
    key = cast("PKCS12PrivateKeyTypes", held.key)  # one that Android takes, as `check` says
    return Secret(serialize_key_and_certificates(KEY_NAME, key, certificate, above, encryption))


def renumber(secrets: Mapping[str, Secret], chosen: Sequence[int]) -> dict[str, Secret]:
    """The secrets of the chosen networks, at their places in a list of these alone."""
    placed = ((place.split(".", 2), secret) for place, secret in secrets.items())
    return {
        place_of(chosen.index(int(index)), member): secret
        for (_, index, member), secret in placed
        if int(index) in chosen
    }


def find_unset(
    networks: Sequence[Network], code: int, known: Mapping[str, int], api: int, demanding: Collection[int] = ()
) -> Refusal | None:
    """Why an agent can be given none of these networks on a release; None where it can.

    Args:
        code: version code of the agent.
        known: first API level of each kind by that agent's own table, empty where it has none.
        demanding: as in `choose_networks`.
    """
    if is_plain_psk(networks):
        return None
    if code < AGENT_CODE or not known:
        return Refusal(Reason.AGENT_TOO_OLD, message("agent-sets-none", number=code, needed=AGENT_CODE))
    if _list_set(networks, known, api, demanding):
        return None
    kinds = ", ".join(sorted({network.kind.written for network in networks}))
    accounts = [network.kind in PINNED_KINDS and network.kind in known for network in networks]
    if api < DEMANDING_API and all(accounts):
        return Refusal(Reason.NETWORK_UNSUPPORTED, message("network-unpinned", api=api, kinds=kinds))
    return Refusal(Reason.NETWORK_UNSUPPORTED, message("network-kinds", api=api, kinds=kinds))


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
