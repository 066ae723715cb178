"""The detached PKCS #7 signature of a v1 signed APK (RFC 5652, SignedData).

`cryptography` reads the certificates of such a file and does not verify it; this does, with its keys.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from provision.appset.signing.algorithms import PublicKey, key_of, load_certificate, verify_with
from provision.appset.signing.der import (
    CONTEXT_0,
    INTEGER,
    OBJECT,
    OCTETS,
    SEQUENCE,
    SET,
    Element,
    read_elements,
    read_object_id,
)
from provision.appset.signing.faults import SignatureFault

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
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
    signed = _read_signed_data(signature)
    certificates = [
        load_certificate(each.whole) for part in signed if part.tag == CONTEXT_0 for each in part.children()
    ]
    kind = read_object_id(signed[2].expect(SEQUENCE).children()[0].expect(OBJECT).content)
    signers = [each.expect(SEQUENCE).children() for each in signed[-1].expect(SET).children()]
    found = [_verify_one(certificates, signer, data, kind) for signer in signers]
    if not found:
        raise SignatureFault("its PKCS #7 file names no signer")
    return found[0]


def _verify_one(certificates: list[x509.Certificate], signer: list[Element], data: bytes, kind: str) -> tuple[str, int]:
    certificate = _find_certificate(certificates, signer[1].expect(SEQUENCE).children())
    _check_certificate(certificate)
    first_api = _verify_signer(key_of(certificate), signer, data, kind)
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(), first_api


def _check_certificate(certificate: x509.Certificate) -> None:
    """What Android asks of a certificate beside its key: it may sign, and nothing critical in it is unknown."""
    for extension in certificate.extensions:
        match extension.value:
            case x509.KeyUsage(digital_signature=False, content_commitment=False):
                raise SignatureFault("its certificate may not be used for signatures")
            case x509.UnrecognizedExtension() if extension.critical:
                raise SignatureFault("its certificate has a critical extension that Android does not know")


def _read_signed_data(signature: bytes) -> list[Element]:
    top = _only(list(read_elements(signature))).expect(SEQUENCE).children()
    if read_object_id(top[0].expect(OBJECT).content) != _SIGNED_DATA:
        raise SignatureFault("its PKCS #7 file is not a signature")
    return _only(top[1].expect(CONTEXT_0).children()).expect(SEQUENCE).children()


def _only(elements: list[Element]) -> Element:
    if len(elements) != 1:
        raise SignatureFault("its PKCS #7 file does not name exactly one signer")
    return elements[0]


def _find_certificate(certificates: list[x509.Certificate], named: list[Element]) -> x509.Certificate:
    """The certificate a signer names by issuer and serial number."""
    issuer, serial = named[0].whole, int.from_bytes(named[1].expect(INTEGER).content, "big", signed=True)
    for each in certificates:
        if each.issuer.public_bytes() == issuer and each.serial_number == serial:
            return each
    raise SignatureFault("its PKCS #7 file names a certificate that is not in it")


def _verify_signer(key: PublicKey, signer: list[Element], data: bytes, kind: str) -> int:
    """version, issuer and serial, digest algorithm, [0] signed attributes, signature algorithm, signature.

    Returns:
        First API level that knows its algorithms.
    """
    attributes = signer[3] if signer[3].tag == CONTEXT_0 else None
    algorithm, signature = signer[3:5] if attributes is None else signer[4:6]
    hashed = _HASHES[read_object_id(signer[2].children()[0].expect(OBJECT).content)]
    first_api = _check_algorithm(
        read_object_id(algorithm.expect(SEQUENCE).children()[0].expect(OBJECT).content), key, hashed
    )
    if attributes is not None:
        _compare_attributes(attributes, hashlib.new(hashed.name, data).digest(), kind)
        data = bytes((SET,)) + attributes.whole[1:]
    verify_with(key, signature.expect(OCTETS).content, data, hashed)
    return first_api


def _check_algorithm(name: str, key: PublicKey, hashed: hashes.HashAlgorithm) -> int:
    """First API level that knows this pair (apksig, OidConstants); pairs that only Android 5 and 6 take are refused."""
    families = next(families for kind, families in _KEYS.items() if isinstance(key, kind))
    first_api = _KEY_ONLY.get(name, {}).get(hashed.name)
    if _OF_HASH.get(name) == hashed.name:
        first_api = 0
    if not name.startswith(families) or first_api is None:
        raise SignatureFault("its PKCS #7 file names a signature algorithm that does not fit its key")
    return first_api


def _compare_attributes(attributes: Element, digest: bytes, kind: str) -> None:
    """The signed attributes name the digest of the text and, for Android 7 on, what kind of content it is."""
    found: dict[str, Element] = {}
    for attribute in attributes.children():
        name, values = attribute.children()
        key = read_object_id(name.expect(OBJECT).content)
        if key in found:
            raise SignatureFault("its PKCS #7 file names a signed attribute twice")
        found[key] = _only(values.children())
    same = hmac.compare_digest(found[_MESSAGE_DIGEST].expect(OCTETS).content, digest)
    if not same or read_object_id(found[_CONTENT_TYPE].expect(OBJECT).content) != kind:
        raise SignatureFault("its signed list of digests was changed after it was signed")
