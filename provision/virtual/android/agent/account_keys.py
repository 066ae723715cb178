"""What of an account's certificates and key Android would not take (contract 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import BasicConstraints, Certificate, ExtensionNotFound, load_der_x509_certificate

AUTHORITIES = "certificates of authorities"
KEY = "a PKCS#12 file with a key, opened by certificate_password"


def find_unreadable(authorities: Sequence[bytes], key_file: bytes | None, password: str) -> Iterator[tuple[str, str]]:
    """The members that cannot be given to Android, and what is expected of each.

    Args:
        authorities: DER each; empty for a network without an account.
        key_file: PKCS#12; None for an account without a key.
        password: opens it.
    """
    try:
        right = all(_is_authority(load_der_x509_certificate(one)) for one in authorities)
    except ValueError:
        right = False
    if not right:
        yield "authorities", AUTHORITIES
    if key_file is not None and not is_key_file(key_file, password):
        yield "certificate", KEY


def is_chain(chain: Sequence[bytes]) -> bool:
    """Tell whether they are certificates (DER), that of a tablet first."""
    try:
        own, *_above = map(load_der_x509_certificate, chain)
    except ValueError:
        return False
    return not _is_authority(own)


def is_key_file(data: bytes, password: str) -> bool:
    """Whether a file holds a key and the certificate of a tablet, none of an authority."""
    try:
        key, certificate, _ = load_key_and_certificates(data, password.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return key is not None and certificate is not None and not _is_authority(certificate)


def count_chain(data: bytes, password: str) -> int:
    """Certificates that Android sends: the key's own and those above it, without the root."""
    _, _, above = load_key_and_certificates(data, password.encode())
    return 1 + sum(one.subject != one.issuer for one in above)


def _is_authority(certificate: Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False
