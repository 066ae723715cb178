"""The bytes that DSSE signs: kind and payload, each behind its length (contract 4), and the keys that sign them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key


def frame(kind: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding of a payload of that media type."""
    return f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload


def load_p256(public: bytes) -> ec.EllipticCurvePublicKey:
    """Load a public key from its DER (SubjectPublicKeyInfo).

    Raises:
        ValueError, UnsupportedAlgorithm: it is none, or not of P-256.
    """
    key = load_der_public_key(public)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not P-256")  # noqa: TRY004 - of a file or an answer, not of an argument
    return key
