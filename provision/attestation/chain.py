"""What a chain of Android Key Attestation proves of a key; pure, and without a network.

Rules of those who issue the chains (developer.android.com, Verify hardware-backed key pairs): the end is known by its
key, whichever certificate it comes in; only the description that is nearest to the end counts, and here it must be
the key's own; dates of the key's certificate are the tablet's own word. Dates that passed are named and decide
nothing: chains made in a factory outlive their certificates by design, and those fetched later last some weeks, while
the key lives for years. Whether a certificate was revoked only Google's list tells, which is not asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_der_x509_certificate

from provision.attestation.key_description import KeyDescription, find_extension, read_key_description
from provision.attestation.roots import Root, load_roots

_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature)


class Worth(StrEnum):
    """What a chain proves."""

    VERIFIED = "verified"
    """Google vouches for the hardware that describes the key."""
    SOFTWARE = "software"
    """Android described it by the key of its own source, which anybody has."""
    NONE = "none"
    """Nobody describes it."""
    UNKNOWN_ROOT = "unknown-root"
    """Somebody describes it whom nobody here knows."""
    BROKEN = "broken"
    """The chain contradicts itself or the key."""


@dataclass(frozen=True)
class Attestation:
    """One chain, judged.

    Attributes:
        fault: what is broken, in English; empty for none.
        description: of the key, where something describes it; its home is believed only of a verified chain.
        root: name of the known end.
        lapsed: certificates whose time is over, or has not begun, each with the day.
    """

    worth: Worth
    fault: str = ""
    description: KeyDescription | None = None
    root: str = ""
    lapsed: tuple[str, ...] = ()


def judge_chain(
    chain: Sequence[bytes], key: bytes, at: datetime, roots: Mapping[str, Root] | None = None
) -> Attestation:
    """Verify a chain.

    Args:
        chain: certificates (DER) as Android's Keystore gives them, the key's own first.
        key: DER of its SubjectPublicKeyInfo.
        at: now, an aware datetime.
        roots: ends that are known, by the digest of their key; None for those of this program.
    """
    if not chain:
        return Attestation(Worth.NONE)
    try:  # about everything: the library reads names, dates and keys only when they are asked for
        return _judge_readable(chain, key, at, load_roots() if roots is None else roots)
    except _UNREADABLE as error:
        return Attestation(Worth.BROKEN, f"not readable: {_print(str(error))}")


def _judge_readable(chain: Sequence[bytes], key: bytes, at: datetime, roots: Mapping[str, Root]) -> Attestation:
    certificates = [load_der_x509_certificate(one) for one in chain]
    described = [find_extension(one) for one in chain]
    description = read_key_description(described[0]) if described[0] is not None else None
    fault = _find_misfit(certificates, described, key) or _find_unsigned(certificates)
    if fault or description is None:
        return Attestation(Worth.BROKEN if fault else Worth.NONE, fault, description)
    root = _find_root(certificates[-1], roots)
    worth = Worth.UNKNOWN_ROOT if root is None else Worth.VERIFIED if root.hardware else Worth.SOFTWARE
    dated = certificates[1:] if root is None or _key(certificates[-1]) != _key(root.certificate) else certificates[1:-1]
    return Attestation(worth, "", description, "" if root is None else root.name, tuple(_list_lapsed(dated, at)))


def _find_misfit(certificates: Sequence[Certificate], described: Sequence[bytes | None], key: bytes) -> str:
    if _key(certificates[0]) != key:
        return "the first certificate is of another key"
    longer = any(one is not None for one in described[1:])
    return "a certificate that is not the key's own describes a key" if longer else ""


def _key(certificate: Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _find_unsigned(certificates: Sequence[Certificate]) -> str:
    """Find the first certificate that the next one did not sign."""
    for one, issuer in pairwise(certificates):
        if not _is_issued(one, issuer):
            return f"{_name(one)} is not signed by {_name(issuer)}"
    return ""


def _is_issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except _UNREADABLE:
        return False
    return True


def _find_root(last: Certificate, roots: Mapping[str, Root]) -> Root | None:
    """The known end: the last certificate is of its key, or signed by it."""
    own = roots.get(hashlib.sha256(_key(last)).hexdigest())
    return own or next((root for root in roots.values() if _is_issued(last, root.certificate)), None)


def _list_lapsed(certificates: Sequence[Certificate], at: datetime) -> list[str]:
    over = [
        f"{_name(one)} ended {one.not_valid_after_utc:%Y-%m-%d}" for one in certificates if one.not_valid_after_utc < at
    ]
    early = [
        f"{_name(one)} begins {one.not_valid_before_utc:%Y-%m-%d}"
        for one in certificates
        if one.not_valid_before_utc > at
    ]
    return over + early


def _name(certificate: Certificate) -> str:
    """Its subject; a question mark for one that is no text."""
    try:
        return _print(certificate.subject.rfc4514_string()) or "?"
    except _UNREADABLE:
        return "?"


def _print(words: str) -> str:
    """Of words what a line of a record may hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in words)
