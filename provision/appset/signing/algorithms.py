"""Signature algorithms of the signing block, and keys as they stand in certificates."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from provision.appset.signing.faults import ContradictedSignature, SignatureFault

PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey


class ContentDigest(StrEnum):
    """How the file's contents are digested: in chunks of 1 MiB, or as a tree of 4 KiB blocks."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    VERITY = "verity-sha256"


@dataclass(frozen=True)
class Algorithm:
    """One signature algorithm; `pss_salt` None means PKCS #1 v1.5 where the key is RSA."""

    key: type[rsa.RSAPublicKey] | type[ec.EllipticCurvePublicKey] | type[dsa.DSAPublicKey]
    hash: hashes.HashAlgorithm
    content: ContentDigest
    pss_salt: int | None = None


_RSA, _EC, _DSA = rsa.RSAPublicKey, ec.EllipticCurvePublicKey, dsa.DSAPublicKey
_256, _512 = hashes.SHA256(), hashes.SHA512()

ALGORITHMS: Mapping[int, Algorithm] = {
    0x0101: Algorithm(_RSA, _256, ContentDigest.SHA256, pss_salt=32),
    0x0102: Algorithm(_RSA, _512, ContentDigest.SHA512, pss_salt=64),
    0x0103: Algorithm(_RSA, _256, ContentDigest.SHA256),
    0x0104: Algorithm(_RSA, _512, ContentDigest.SHA512),
    0x0201: Algorithm(_EC, _256, ContentDigest.SHA256),
    0x0202: Algorithm(_EC, _512, ContentDigest.SHA512),
    0x0301: Algorithm(_DSA, _256, ContentDigest.SHA256),
    0x0421: Algorithm(_RSA, _256, ContentDigest.VERITY),
    0x0423: Algorithm(_EC, _256, ContentDigest.VERITY),
    0x0425: Algorithm(_DSA, _256, ContentDigest.VERITY),
}
"""By the id in the file (source.android.com, "Signature algorithm IDs"); others are unknown to Android, too."""


def load_key(encoded: bytes) -> PublicKey:
    """A key of a kind that signs APKs, from its SubjectPublicKeyInfo.

    Raises:
        SignatureFault: of another kind, or of a form that cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of keys that are too small for new uses
            key = load_der_public_key(encoded)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignatureFault("its certificate has a key that cannot be read") from error
    if not isinstance(key, _RSA | _EC | _DSA):
        raise SignatureFault("its certificate has a kind of key that Android does not know")
    return key


def encode_key(key: PublicKey) -> bytes:
    """The key as SubjectPublicKeyInfo, which the signing block repeats beside the certificate."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_signature(algorithm: Algorithm, key: PublicKey, signature: bytes, data: bytes) -> None:
    """Check one signature.

    Raises:
        SignatureFault: the key is not one of this algorithm, or the signature does not hold.
    """
    if not isinstance(key, algorithm.key):
        raise SignatureFault("its signature names an algorithm of another kind of key")
    salt = None if algorithm.pss_salt is None else padding.PSS(padding.MGF1(algorithm.hash), algorithm.pss_salt)
    verify_with(key, signature, data, algorithm.hash, salt)


def verify_with(
    key: PublicKey, signature: bytes, data: bytes, hashed: hashes.HashAlgorithm, pss: padding.PSS | None = None
) -> None:
    """Check a signature by a key of any kind.

    Raises:
        ContradictedSignature: it is not over these bytes.
        SignatureFault: nobody here can tell.
    """
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, data, pss or padding.PKCS1v15(), hashed)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, data, ec.ECDSA(hashed))
            case dsa.DSAPublicKey():
                key.verify(signature, data, hashed)
    except InvalidSignature as error:
        raise ContradictedSignature("it does not hold for these bytes") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureFault("it is made by an algorithm that this computer cannot check") from error
