"""A signed order: envelope, signature, payload (contract 4). Who may give it decides the station's end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from provision.virtual.android.agent.reading import Fields, Refused, read_json, read_text
from provision.virtual.android.agent.session import Session

TYPE = "application/vnd.provision.order+json"
PROTOCOLS = (1, 2, 3, 4, 5)
"""All there are; a policy has applications from the second one on, grants from the third, networks from the fourth."""
P256_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
HEX_32, HEX_64 = "[0-9a-f]{32}", "[0-9a-f]{64}"
WORD, NAME = "[a-z][a-z-]{1,20}", r"[^\x00-\x1f\x7f-\x9f]{1,64}"


@dataclass(frozen=True)
class Order:
    """An order whose signature was verified.

    Attributes:
        key_id: SHA-256 of the signer's SubjectPublicKeyInfo.
        digest: SHA-256 of the signed payload, the name of a policy in reports.
    """

    key_id: str
    digest: str
    word: str
    site: str
    tablet: str
    nonce: str
    body: Fields

    def unseal(self, parent: Fields, name: str, session: Session, place: str) -> bytes:
        """Open a secret member: `{"sealed": {...}}` at a place such as `wifi.passphrase`."""
        member = parent.child(name)
        sealed = member.child("sealed")
        member.end()
        return session.open(sealed, f"provision-seal-v1\n{self.tablet}\n{self.nonce}\n{place}")


def read_order(envelope: bytes, pinned: str | None, spoken: tuple[int, ...] = PROTOCOLS) -> Order:
    """Tests 1 to 6 of the contract's table, in that order.

    Args:
        envelope: the document's bytes.
        pinned: key id of the site this tablet belongs to, None before its first order.
        spoken: protocols this agent speaks.

    Raises:
        Refused: `envelope-invalid`, `site-key-foreign`, `signature-wrong`, `protocol-unknown`.
    """
    outer = Fields(read_json(read_text(envelope)), "envelope", "envelope-invalid")
    outer.text("payloadType", TYPE.replace(".", r"\.").replace("+", r"\+"))
    payload, key = outer.data("payload"), outer.data("key")
    signature = outer.only("signatures")
    key_id, value = signature.text("keyid", HEX_64), signature.data("sig")
    signature.end()
    outer.end()
    if not key.startswith(P256_HEAD) or len(key) != 91 or hashlib.sha256(key).hexdigest() != key_id:
        raise Refused("envelope-invalid", "envelope.key: expected a P-256 key with its key id")
    if pinned is not None and pinned != key_id:
        raise Refused("site-key-foreign", "this tablet belongs to another site key")
    _verify(key, payload, value)
    return _read_payload(key_id, payload, spoken)


def _verify(key: bytes, payload: bytes, value: bytes) -> None:
    try:
        public = load_der_public_key(key)
        if isinstance(public, ec.EllipticCurvePublicKey):
            head = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} "
            public.verify(value, head.encode() + payload, ec.ECDSA(SHA256()))
            return
    except (InvalidSignature, ValueError):
        pass  # a point off the curve or a signature that is not DER: the same answer as a wrong one
    raise Refused("signature-wrong", "the signature does not verify")


def _read_payload(key_id: str, payload: bytes, spoken: tuple[int, ...]) -> Order:
    order = Fields(read_json(read_text(payload)), "order", "envelope-invalid")
    protocol = order.number("protocol", 0, 2**31 - 1)
    if protocol not in spoken:
        raise Refused("protocol-unknown", f"this agent speaks protocols {spoken}, not {protocol}")
    word, site = order.text("order", WORD), order.text("site", NAME)
    tablet, nonce = order.text("tablet", HEX_32), order.text("nonce", HEX_32)
    body = order.child("body", "order-invalid")
    order.end()
    return Order(key_id, hashlib.sha256(payload).hexdigest(), word, site, tablet, nonce, body)
