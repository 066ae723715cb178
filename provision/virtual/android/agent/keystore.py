"""Android's Keystore as far as the agent uses it: one key of its own, which lives as long as the app's data.

A virtual tablet attests by an issuer of its own making, so that no chain of it is worth anything to a bench. Keys of
the Keystore go when an app's data is cleared, when it is removed and with a factory reset, as these do.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509 import CertificateBuilder, Name, NameAttribute, ObjectIdentifier, UnrecognizedExtension
from cryptography.x509.oid import NameOID

from provision.virtual.android.agent.owner_calls import OwnerCalls, Threw
from provision.virtual.android.agent.reading import write_base64

KEYS_API, ATTESTATION_API = 23, 24
DESCRIPTION = "1.3.6.1.4.1.11129.2.1.17"
_PLACE, _CHAIN = "keystore.key", "keystore.chain"
_FOREVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2048, 1, 1, tzinfo=UTC))


class Keystore:
    """The calls of one app on it.

    Args:
        owner: keeps the calls, and what is refused.
        store: the app's private data.
    """

    def __init__(self, owner: OwnerCalls, store: dict[str, str]) -> None:
        self._owner, self._store = owner, store

    @property
    def exists(self) -> bool:
        """Tell whether there is a key."""
        return _PLACE in self._store

    def make(self, challenge: str | None) -> None:
        """Make the key, with a chain where a challenge is given (24+).

        Raises:
            Threw: this tablet makes none, or attests none; then it makes none either.
        """
        self._owner.record_call("generateKeyPair", challenge)
        about = () if challenge is None else ("attested",)
        if self._owner.refuses("generateKeyPair", *about):
            raise Threw("KeyStoreException")
        key = ec.generate_private_key(ec.SECP256R1())
        self._store |= {_PLACE: write_private(key), _CHAIN: ",".join(map(write_base64, certify(key, challenge)))}

    def show(self, data: bytes) -> dict[str, object]:
        """The key, its chain, and its signature over some bytes.

        Raises:
            Threw: it does not sign.
        """
        if self._owner.refuses("sign"):
            raise Threw("KeyStoreException")
        key = load_private(self._store[_PLACE])
        return {
            "public": write_base64(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
            "signature": write_base64(key.sign(data, ec.ECDSA(SHA256()))),
            "chain": self._store[_CHAIN].split(","),
            "hardware": len(self._store[_CHAIN].split(",")) > 1,
        }

    def delete(self) -> None:
        """Destroy the key."""
        self._owner.record_call("deleteEntry")
        del self._store[_PLACE], self._store[_CHAIN]


def write_private(key: ec.EllipticCurvePrivateKey) -> str:
    """A key as a tablet keeps it."""
    return write_base64(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def load_private(kept: str) -> ec.EllipticCurvePrivateKey:
    """The key that was kept."""
    key = load_der_private_key(base64.b64decode(kept), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 # made here
    return key


def certify(key: ec.EllipticCurvePrivateKey, challenge: str | None) -> list[bytes]:
    """The certificates of a key: its own alone, or with a description of it, the issuer's and the root's."""
    if challenge is None:
        return [_sign("Android Keystore Key", key, "Android Keystore Key", key)]
    root, issuer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = ("Android Keystore Key", "virtual tablet", "virtual tablets")
    return [
        _sign(names[0], key, names[1], issuer, _describe(challenge.encode())),
        _sign(names[1], issuer, names[2], root),
        _sign(names[2], root, names[2], root),
    ]


def _sign(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    description: bytes | None = None,
) -> bytes:
    above, own = (Name([NameAttribute(NameOID.COMMON_NAME, name)]) for name in (issuer, subject))
    builder = CertificateBuilder(above, own, key.public_key(), 1, *_FOREVER)
    if description is not None:
        builder = builder.add_extension(
            UnrecognizedExtension(ObjectIdentifier(DESCRIPTION), description), critical=False
        )
    return builder.sign(by, SHA256()).public_bytes(Encoding.DER)


def _describe(challenge: bytes) -> bytes:
    """The least description: version 3, in a trusted environment, and the challenge; lengths below 128 bytes."""
    head = b"\x02\x01\x03\x0a\x01\x01\x02\x01\x04\x0a\x01\x01"
    body = head + bytes([4, len(challenge)]) + challenge + b"\x04\x00\x30\x00\x30\x00"
    return bytes([0x30, len(body)]) + body
