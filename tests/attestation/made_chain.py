"""Chains of attestation made here, for what no published one shows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import (
    Certificate,
    CertificateBuilder,
    Name,
    NameAttribute,
    ObjectIdentifier,
    UnrecognizedExtension,
)
from cryptography.x509.oid import NameOID

from provision.attestation.key_description import OID
from provision.attestation.roots import Root

TODAY = datetime(2026, 11, 30, tzinfo=UTC)


def put(tag: int, *parts: bytes) -> bytes:
    """A DER value; tags from 128 on are explicit context tags."""
    contents = b"".join(parts)
    size = bytes([len(contents)]) if len(contents) < 128 else bytes([0x81, len(contents)])
    return (bytes([tag]) if tag < 128 else bytes([0xBF, 0x80 | tag >> 7, tag & 0x7F])) + size + contents


def describe(
    challenge: bytes = b"ours", level: int = 1, *, locked: bool = True, boot: int = 0, package: bytes = b"a.b"
) -> bytes:
    """A key description as a tablet's hardware writes it; lengths below 256 bytes."""
    number, home, octets = core.Integer(3).dump(), put(10, bytes([level])), core.OctetString
    info = put(0x30, octets(package).dump(), core.Integer(1).dump())
    software = put(709, octets(put(0x30, put(0x31, info), put(0x31))).dump())
    trust = put(0x30, octets(b"k").dump(), core.Boolean(locked).dump(), put(10, bytes([boot])))
    lists = (put(0x30, software), put(0x30, put(704, trust)))
    return put(0x30, number, home, number, home, octets(challenge).dump(), octets(b"").dump(), *lists)


@dataclass(frozen=True)
class Party:
    """One certificate with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: Certificate

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def issue(
    name: str, issuer: Party | None = None, description: bytes | None = None, until: datetime | None = None
) -> Party:
    """A certificate of a new key, by itself without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = Name([NameAttribute(NameOID.COMMON_NAME, name)])
    builder = CertificateBuilder(
        issuer.certificate.subject if issuer else subject,
        subject,
        key.public_key(),
        7,
        TODAY - timedelta(days=90),
        until or TODAY + timedelta(days=90),
    )
    if description is not None:
        builder = builder.add_extension(UnrecognizedExtension(ObjectIdentifier(OID), description), critical=False)
    return Party(key, builder.sign((issuer.key if issuer else key), SHA256()))


def know(party: Party, *, hardware: bool = True) -> Mapping[str, Root]:
    """The ends that are known: this one."""
    return {hashlib.sha256(party.public).hexdigest(): Root("made", hardware, party.certificate)}
