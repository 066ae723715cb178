"""What is wrong with the certificates of an 802.1X network, found at the bench instead of on the ward.

A tablet tells nobody why it does not join. The rules are those of the two that look at the certificates there:
Android's `WifiEnterpriseConfig`, which refuses an authority without the basic constraint, and its supplicant (Wi-Fi
and kiosk document 2.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    Certificate,
    DNSName,
    ExtendedKeyUsage,
    ExtensionNotFound,
    KeyUsage,
    Name,
    NameAttribute,
    ObjectIdentifier,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LEAST_RSA_BITS = 2048
"""A shorter RSA key is refused by the TLS library of recent releases, and should be by every server."""


@dataclass(frozen=True)
class CertificateFault:
    """What was expected of a certificate, and what it is; both name it by its subject."""

    expected: str
    got: str


def name_tablet(name: str, unit: str) -> Name:
    """The subject of a tablet's own certificate: its number below the key id of its site, and nobody's name."""
    return Name(
        [
            NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def find_authority_faults(
    authorities: Sequence[Certificate], now: datetime, *, of_tablets: bool = False
) -> Iterator[CertificateFault]:
    """The faults of the certificates that a tablet is to trust for a RADIUS server.

    Args:
        authorities: as they stand in the file, at least one.
        now: the time to judge by, with its zone.
        of_tablets: they vouch for tablets, and a server is to trust them.
    """
    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if of_tablets else ExtendedKeyUsageOID.SERVER_AUTH
    whom = "tablets (client authentication)" if of_tablets else "servers"
    for one in authorities:
        yield from _find_age(one, now)
        if not is_authority(one):
            yield CertificateFault(
                "certificates of authorities (basic constraint CA)", f"{_name(one)}: of no authority"
            )
        elif not _may(one, purpose):
            yield CertificateFault(f"authorities that may vouch for {whom}", f"{_name(one)}: another purpose")
        elif not any(_is_issued_by(one, other) for other in authorities):
            yield CertificateFault(
                "the chain up to the root, which is its own issuer",
                f"{_name(one)}: {_tell_issuer(one, authorities)}",
            )
    if of_tablets:
        for below, one in enumerate(list_between(authorities[0], authorities), start=1):
            yield from _find_depth(one, below)


def find_client_faults(
    chain: Sequence[Certificate], authorities: Sequence[Certificate], now: datetime, named: str = "ca"
) -> Iterator[CertificateFault]:
    """The faults of the certificate, and its key, by which tablets prove themselves to a RADIUS server.

    Args:
        chain: the tablet's certificate first, the others of its file in any order.
        authorities: of the server; they may stand in for those missing in the file.
        now: the time to judge by, with its zone.
        named: the key in `site.yaml` of their file.
    """
    own = chain[0]
    public = own.public_key()
    if not isinstance(public, RSAPublicKey | EllipticCurvePublicKey):
        yield CertificateFault("an RSA or elliptic-curve key: Android takes no other", "another kind of key")
    elif isinstance(public, RSAPublicKey) and public.key_size < LEAST_RSA_BITS:
        yield CertificateFault(f"an RSA key of {LEAST_RSA_BITS} bits at least", f"{public.key_size} bits")
    yield from _find_leaf_faults(own, ExtendedKeyUsageOID.CLIENT_AUTH, "tablets (client authentication)", now)
    yield from _find_chain_faults(own, (*chain[1:], *authorities), now, named)


def find_server_faults(
    chain: Sequence[Certificate], authorities: Sequence[Certificate], domain: str, now: datetime
) -> Iterator[CertificateFault]:
    """Why tablets would refuse the certificate that a RADIUS server shows.

    Args:
        chain: the server's own certificate first, then those it sends with it.
        authorities: what tablets are to trust.
        domain: what the end of the server's name must equal.
        now: the time to judge by, with its zone.
    """
    own = chain[0]
    yield from _find_leaf_faults(own, ExtendedKeyUsageOID.SERVER_AUTH, "servers (server authentication)", now)
    broken = [*_find_chain_faults(own, (*chain[1:], *authorities), now)]
    yield from broken
    if not broken and not _leads_to(own, chain[1:], authorities):
        yield CertificateFault("a certificate of the authorities in `ca`", f"{_name(own)}: of another authority")
    names = _list_names(own)
    if not any(_ends_with(name, domain) for name in names):
        yield CertificateFault(f"a server whose name ends with {domain}", ", ".join(names) or "no name")


def _find_leaf_faults(
    own: Certificate, purpose: ObjectIdentifier, whom: str, now: datetime
) -> Iterator[CertificateFault]:
    yield from _find_age(own, now)
    if not (_may(own, purpose) and _signs(own)):
        yield CertificateFault(f"a certificate for {whom}", f"{_name(own)}: another purpose")


def _find_chain_faults(
    own: Certificate, others: Sequence[Certificate], now: datetime, named: str = "ca"
) -> Iterator[CertificateFault]:
    """What is wrong above one certificate, up to a root."""
    seen = [own]
    while not _is_issued_by(seen[-1], seen[-1]):
        issuer = next((one for one in others if one not in seen and _is_issued_by(seen[-1], one)), None)
        if issuer is None:
            told = f"{_name(seen[-1])}: {_tell_issuer(seen[-1], others)}"
            yield CertificateFault(f"the chain up to the root, in this file or in `{named}`", told)
            return
        yield from _find_age(issuer, now)
        yield from _find_depth(issuer, len(seen) - 1)
        seen.append(issuer)


def list_between(own: Certificate, others: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The certificates above one, as far as they are there: its issuer first, the root last."""
    seen = [own]
    while not _is_issued_by(seen[-1], seen[-1]):
        issuer = next((one for one in others if one not in seen and _is_issued_by(seen[-1], one)), None)
        if issuer is None:
            break
        seen.append(issuer)
    return tuple(seen[1:])


def _find_depth(issuer: Certificate, below: int) -> Iterator[CertificateFault]:
    """An authority may say how many others stand between it and a server or tablet, itself not counted."""
    most = (
        issuer.extensions.get_extension_for_class(BasicConstraints).value.path_length if is_authority(issuer) else None
    )
    if most is not None and below > most:
        yield CertificateFault(
            "no more authorities below one than it allows", f"{_name(issuer)}: allows {most}, has {below}"
        )


def _leads_to(own: Certificate, others: Sequence[Certificate], authorities: Sequence[Certificate]) -> bool:
    """Whether a chain ends at one of the authorities; false also where it is broken."""
    seen = [own]
    while not any(_is_issued_by(seen[-1], one) for one in authorities):
        issuer = next((one for one in others if one not in seen and _is_issued_by(seen[-1], one)), None)
        if issuer is None:
            return False
        seen.append(issuer)
    return True


def _tell_issuer(one: Certificate, others: Sequence[Certificate]) -> str:
    """An authority renewed with another key has its old name."""
    if any(one.issuer == other.subject for other in others):
        return "issued by another authority of the same name"
    return f"its issuer is missing: {one.issuer.rfc4514_string()}"


def _is_issued_by(one: Certificate, issuer: Certificate) -> bool:
    if not is_authority(issuer) and one is not issuer:
        return False
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return _names_key_of(one, issuer)


def _names_key_of(one: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's key has the name that a certificate gives it: servers take no other (RFC 5280, 4.2.1.1)."""
    try:
        named = one.extensions.get_extension_for_class(AuthorityKeyIdentifier).value.key_identifier
        own = issuer.extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest
    except (ExtensionNotFound, ValueError):
        return True
    return named in (None, own)


def _find_age(one: Certificate, now: datetime) -> Iterator[CertificateFault]:
    first, last = one.not_valid_before_utc, one.not_valid_after_utc
    if not first <= now <= last:
        when = f"expired on {last:%Y-%m-%d}" if now > last else f"not valid before {first:%Y-%m-%d}"
        yield CertificateFault("certificates that are valid today", f"{_name(one)}: {when}")


def is_authority(one: Certificate) -> bool:
    """Whether it may sign others."""
    try:
        constraints = one.extensions.get_extension_for_class(BasicConstraints).value
    except (ExtensionNotFound, ValueError):
        return False
    usage = _read_usage(one)
    return constraints.ca and (usage is None or usage.key_cert_sign)


def _signs(own: Certificate) -> bool:
    usage = _read_usage(own)
    return usage is None or usage.digital_signature


def _read_usage(one: Certificate) -> KeyUsage | None:
    try:
        return one.extensions.get_extension_for_class(KeyUsage).value
    except (ExtensionNotFound, ValueError):
        return None


def _may(one: Certificate, purpose: ObjectIdentifier) -> bool:
    """Whether a purpose is among those it names; one that names none may be used for all."""
    try:
        named = set(one.extensions.get_extension_for_class(ExtendedKeyUsage).value)
    except (ExtensionNotFound, ValueError):
        return True
    return bool(named & {purpose, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def _list_names(own: Certificate) -> tuple[str, ...]:
    """The names that the supplicant compares: those of DNS, the common name only where there are none."""
    try:
        found = own.extensions.get_extension_for_class(SubjectAlternativeName).value.get_values_for_type(DNSName)
    except (ExtensionNotFound, ValueError):
        found = []
    common = [str(each.value) for each in own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return tuple(found or common)


def _ends_with(name: str, domain: str) -> bool:
    """By whole labels: `evilhopital.example` does not end with `hopital.example`."""
    return f".{name.lower()}".endswith(f".{domain.lower()}")


def _name(one: Certificate) -> str:
    return one.subject.rfc4514_string() or f"serial number {one.serial_number}"
