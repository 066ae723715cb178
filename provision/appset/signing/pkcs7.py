"""The detached PKCS #7 signature of a v1 signed APK: which certificate signed a text, on which releases."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from provision.appset.signing.algorithms import PublicKey, key_of, load_certificate, verify_with
from provision.appset.signing.faults import SignatureFault
from provision.appset.signing.signed_data import SignerInfo, read_signed_data

_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "1.3.14.3.2.26": hashes.SHA1(),  # noqa: S303 - Android takes it; the file's own digest is pinned beside it
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_KEYS: Mapping[type, tuple[str, ...]] = {
    rsa.RSAPublicKey: ("1.2.840.113549.1.1.",),
    dsa.DSAPublicKey: ("1.2.840.10040.4.", "2.16.840.1.101.3.4.3."),
    ec.EllipticCurvePublicKey: ("1.2.840.10045.2.1", "1.2.840.10045.4."),
}
"""Signature algorithms that belong to a kind of key, by the beginning of their ids."""
_OF_HASH: Mapping[str, str] = {
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10040.4.3": "sha1",
    "2.16.840.1.101.3.4.3.2": "sha256",
    "1.2.840.10045.4.1": "sha1",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
"""Signature algorithms that name their digest, too."""
_ALL = {"sha1": 0, "sha256": 0, "sha384": 0, "sha512": 0}
_KEY_ONLY: Mapping[str, Mapping[str, int]] = {
    "1.2.840.113549.1.1.1": _ALL,
    "1.2.840.10040.4.1": {"sha1": 0, "sha256": 22},
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
        SignatureFault: another form than a detached signature, or another text than the signed one.
        DAMAGED: the signature does not hold.
    """
    signed = read_signed_data(signature)
    certificates = [load_certificate(each) for each in signed.certificates]
    found = [_verify_one(certificates, signer, data, signed.content_type) for signer in signed.signers]
    if not found:
        raise SignatureFault("its PKCS #7 file names no signer")
    return found[0]


def _verify_one(
    certificates: Sequence[x509.Certificate], signer: SignerInfo, data: bytes, content_type: str
) -> tuple[str, int]:
    certificate = _find_certificate(certificates, signer)
    _check_certificate(certificate)
    key, hashed = key_of(certificate), _HASHES[signer.hash_name]
    first_api = _check_algorithm(signer.algorithm, key, hashed)
    if signer.attributes is not None:
        same = hmac.compare_digest(signer.attributes.digest, hashlib.new(hashed.name, data).digest())
        if not same or signer.attributes.content_type != content_type:  # the kind counts from Android 7 on
            raise SignatureFault("its signed list of digests was changed after it was signed")
        data = signer.attributes.encoded
    verify_with(key, signer.signature, data, hashed)
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(), first_api


def _find_certificate(certificates: Sequence[x509.Certificate], signer: SignerInfo) -> x509.Certificate:
    for each in certificates:
        if each.issuer.public_bytes() == signer.issuer and each.serial_number == signer.serial:
            return each
    raise SignatureFault("its PKCS #7 file names a certificate that is not in it")


def _check_certificate(certificate: x509.Certificate) -> None:
    """What Android asks of a certificate beside its key: it may sign, and nothing critical in it is unknown."""
    for extension in certificate.extensions:
        match extension.value:
            case x509.KeyUsage(digital_signature=False, content_commitment=False):
                raise SignatureFault("its certificate may not be used for signatures")
            case x509.UnrecognizedExtension() if extension.critical:
                raise SignatureFault("its certificate has a critical extension that Android does not know")


def _check_algorithm(name: str, key: PublicKey, hashed: hashes.HashAlgorithm) -> int:
    """First API level that knows this pair (apksig, OidConstants); pairs that only Android 5 and 6 take are refused."""
    families = next(families for kind, families in _KEYS.items() if isinstance(key, kind))
    first_api = _KEY_ONLY.get(name, {}).get(hashed.name)
    if _OF_HASH.get(name) == hashed.name:
        first_api = 0
    if not name.startswith(families) or first_api is None:
        raise SignatureFault("its PKCS #7 file names a signature algorithm that does not fit its key")
    return first_api
