"""The detached PKCS #7 signature of a v1 signed APK: which certificate signed a text, on which releases."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from provision.appset.signing.algorithms import PublicKey, load_key, verify_with
from provision.appset.signing.certificate import Certificate, read_certificate
from provision.appset.signing.faults import ContradictedSignature, SignatureFault, WeakSignature
from provision.appset.signing.signed_data import SignerInfo, read_signed_data

_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "1.3.14.3.2.26": hashes.SHA1(),  # noqa: S303 - Android takes it; the file's own digest is pinned beside it
    "2.16.840.1.101.3.4.2.4": hashes.SHA224(),
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_WEAK: Mapping[str, str] = {
    "1.2.840.113549.2.2": "MD2", "1.2.840.113549.2.4": "MD4", "1.2.840.113549.2.5": "MD5",
    "1.2.840.113549.1.1.2": "MD2", "1.2.840.113549.1.1.3": "MD4", "1.2.840.113549.1.1.4": "MD5",
}  # fmt: skip
"""Digests, alone and with RSA, for which a second text of the same digest can be made. Android takes MD5 still."""
_KEYS: Mapping[type, tuple[str, ...]] = {
    rsa.RSAPublicKey: ("1.2.840.113549.1.1.",),
    dsa.DSAPublicKey: ("1.2.840.10040.4.", "2.16.840.1.101.3.4.3."),
    ec.EllipticCurvePublicKey: ("1.2.840.10045.2.1", "1.2.840.10045.4."),
}
"""Signature algorithms that belong to a kind of key, by the beginning of their ids."""
_OF_HASH: Mapping[str, str] = {
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.14": "sha224",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10040.4.3": "sha1",
    "2.16.840.1.101.3.4.3.1": "sha224",
    "2.16.840.1.101.3.4.3.2": "sha256",
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.1": "sha224",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
"""Signature algorithms that name their digest, too."""
_ALL = {"sha1": 0, "sha224": 0, "sha256": 0, "sha384": 0, "sha512": 0}
_KEY_ONLY: Mapping[str, Mapping[str, int]] = {
    "1.2.840.113549.1.1.1": _ALL,
    "1.2.840.10040.4.1": {"sha1": 0, "sha224": 22, "sha256": 22},
    "1.2.840.10045.2.1": _ALL,
}
"""Algorithms that leave the digest open: first API level by digest."""


def verify_pkcs7(signature: bytes, data: bytes) -> tuple[str, int]:
    """Who signed `data`.

    Of several SignerInfos, Android 5 and 6 take the first, later ones the first that holds; here all must hold, and
    the first counts, which is the same on every release.

    Returns:
        (SHA-256 of the certificate, first API level that knows its algorithms; 0 for all).

    Raises:
        SignatureFault: another form than a detached signature, an algorithm that does not count, or another text
            than the signed one.
    """
    signed = read_signed_data(signature)
    certificates = [read_certificate(each) for each in signed.certificates]
    found = [_verify_one(certificates, signer, data, signed.content_type) for signer in signed.signers]
    if not found:
        raise SignatureFault("its PKCS #7 file names no signer")
    return found[0]


def _verify_one(
    certificates: Sequence[Certificate], signer: SignerInfo, data: bytes, content_type: str
) -> tuple[str, int]:
    certificate = _find_certificate(certificates, signer)
    certificate.check_use()
    key, hashed = load_key(certificate.public_key), _find_hash(signer)
    first_api = _check_algorithm(signer.algorithm, key, hashed)
    if signer.attributes is not None:
        same = hmac.compare_digest(signer.attributes.digest, hashlib.new(hashed.name, data).digest())
        if not same or signer.attributes.content_type != content_type:  # the kind counts from Android 7 on
            raise ContradictedSignature("its signed list of digests was changed after it was signed")
        data = signer.attributes.encoded
    verify_with(key, signer.signature, data, hashed)
    return hashlib.sha256(certificate.encoded).hexdigest(), first_api


def _find_certificate(certificates: Sequence[Certificate], signer: SignerInfo) -> Certificate:
    for each in certificates:
        if each.issuer == signer.issuer and each.serial == signer.serial:
            return each
    raise SignatureFault("its PKCS #7 file names a certificate that is not in it")


def _find_hash(signer: SignerInfo) -> hashes.HashAlgorithm:
    weak = _WEAK.get(signer.hash_name) or _WEAK.get(signer.algorithm)
    if weak is not None:
        raise WeakSignature(f"it is signed by an algorithm that is too weak ({weak})")
    if signer.hash_name not in _HASHES:
        raise SignatureFault(f"it is signed by an algorithm that Android does not know ({signer.hash_name})")
    return _HASHES[signer.hash_name]


def _check_algorithm(name: str, key: PublicKey, hashed: hashes.HashAlgorithm) -> int:
    """First API level that knows this pair (apksig, OidConstants); pairs that only Android 5 and 6 take are refused."""
    families = next(families for kind, families in _KEYS.items() if isinstance(key, kind))
    first_api = _KEY_ONLY.get(name, {}).get(hashed.name)
    if _OF_HASH.get(name) == hashed.name:
        first_api = 0
    if not name.startswith(families) or first_api is None:
        raise SignatureFault("its PKCS #7 file names a signature algorithm that does not fit its key")
    return first_api
