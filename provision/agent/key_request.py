"""What an agent answers when it is asked for the certificate request of a network's key (contract 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import CertificateSigningRequest, load_der_x509_csr
from pydantic import Field

from provision.agent.forms import Form, Line, read_form, unlike
from provision.agent.strict_json import decode_base64
from provision.site.certificates import LEAST_RSA_BITS, name_tablet

_NOT_ON_THIS_RELEASE = "not on this release"

_Base64 = Annotated[str, Field(pattern="^[A-Za-z0-9+/=]{4,8000}$")]


@dataclass(frozen=True)
class KeyRequest:
    """The request of a key that is on the tablet: it is signed by that very key.

    Attributes:
        request: with the subject that was asked for.
        made: whether this order made the key.
    """

    request: CertificateSigningRequest
    made: bool


@dataclass(frozen=True)
class NoKeyRequest:
    """No key, or one that does not sign; `error` says why in English."""

    error: str

    @property
    def is_final(self) -> bool:
        """Whether another try is in vain; a full disk or a KeyChain that does not answer may be gone by then."""
        return self.error == _NOT_ON_THIS_RELEASE


class _Said(Form):
    request: _Base64 | None
    made: bool
    error: Line | None


def read_key_request(result: Mapping[str, object], name: str, unit: str, command: str) -> KeyRequest | NoKeyRequest:
    """The result of `request`, with its signature verified.

    Args:
        name, unit: of the subject that was asked for.

    Raises:
        AnswerError: another form, another subject, a key that no server should take, or a signature that is not its.
    """
    said = read_form(_Said, result, "request", command)
    if said.request is None:
        return NoKeyRequest(said.error or "no reason told")
    try:
        request = load_der_x509_csr(decode_base64(said.request))
        signed, key = request.is_signature_valid, request.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise unlike("request.request", "a certificate request (PKCS#10)", "other bytes", command) from None
    if not signed:
        raise unlike("request.request", "a request signed by the key that it names", "another signature", command)
    if not _is_strong(key):
        raise unlike("request.request", f"a key on P-256 or RSA of {LEAST_RSA_BITS} bits", "another key", command)
    if request.subject != name_tablet(name, unit):
        raise unlike("request.request", "the subject that was asked for", "another one", command)
    return KeyRequest(request, said.made)


def _is_strong(key: object) -> bool:
    if isinstance(key, ec.EllipticCurvePublicKey):
        return isinstance(key.curve, ec.SECP256R1)
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS
