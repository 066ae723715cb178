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

_SIGNED_DATA, _MESSAGE_DIGEST = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.4"
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
_KEY_ONLY = frozenset({"1.2.840.113549.1.1.1", "1.2.840.10040.4.1", "1.2.840.10045.2.1"})


def verify_pkcs7(signature: bytes, data: bytes) -> str:
    """SHA-256 of the certificate that signed `data`.

    Raises:
        SignatureFault: another form than one signer's detached signature, or another text than the signed one.
        DAMAGED: the signature does not hold.
    """
    signed = _read_signed_data(signature)
    signer = _only(signed[-1].expect(SET).children()).expect(SEQUENCE).children()
    certificates = [
        load_certificate(each.whole) for part in signed if part.tag == CONTEXT_0 for each in part.children()
    ]
    certificate = _find_certificate(certificates, signer[1].expect(SEQUENCE).children())
    _verify_signer(key_of(certificate), signer, data)
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


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


def _verify_signer(key: PublicKey, signer: list[Element], data: bytes) -> None:
    """version, issuer and serial, digest algorithm, [0] signed attributes, signature algorithm, signature."""
    attributes = signer[3] if signer[3].tag == CONTEXT_0 else None
    algorithm, signature = signer[3:5] if attributes is None else signer[4:6]
    hashed = _HASHES[read_object_id(signer[2].children()[0].expect(OBJECT).content)]
    _check_algorithm(read_object_id(algorithm.expect(SEQUENCE).children()[0].expect(OBJECT).content), key, hashed)
    if attributes is not None:
        _compare_attributes(attributes, hashlib.new(hashed.name, data).digest())
        data = bytes((SET,)) + attributes.whole[1:]
    verify_with(key, signature.expect(OCTETS).content, data, hashed)


def _check_algorithm(name: str, key: PublicKey, hashed: hashes.HashAlgorithm) -> None:
    families = next(families for kind, families in _KEYS.items() if isinstance(key, kind))
    fits = name in _KEY_ONLY or _OF_HASH.get(name) == hashed.name
    if not name.startswith(families) or not fits:
        raise SignatureFault("its PKCS #7 file names a signature algorithm that does not fit its key")


def _compare_attributes(attributes: Element, digest: bytes) -> None:
    """The signed attributes name the digest of the text."""
    for attribute in attributes.children():
        name, values = attribute.children()
        if read_object_id(name.expect(OBJECT).content) == _MESSAGE_DIGEST:
            if hmac.compare_digest(_only(values.children()).expect(OCTETS).content, digest):
                return
            break
    raise SignatureFault("its signed list of digests was changed after it was signed")
