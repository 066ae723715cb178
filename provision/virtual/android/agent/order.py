"""A signed order: envelope, signature, payload (contract 4). Who may give it decides the station's end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from provision.virtual.android.agent.reading import Fields, Refused, read_json, read_text
from provision.virtual.android.agent.session import Session
from provision.virtual.android.agent.site_keys import (
    HEX_64,
    SiteKeys,
    Succession,
    name_key,
    read_succession,
    verify_signature,
)

TYPE = "application/vnd.provision.order+json"
PROTOCOLS = (1, 2, 3, 4, 5)
"""All there are; a policy has applications from the second one on, grants from the third, networks from the fourth."""
REKEY = "rekey"
"""The order that changes whom a tablet obeys, and nothing else."""

HEX_32 = "[0-9a-f]{32}"
WORD, NAME = "[a-z][a-z-]{1,20}", r"[^\x00-\x1f\x7f-\x9f]{1,64}"


@dataclass(frozen=True)
class Order:
    """An order whose signature was verified.

    Attributes:
        key_id: SHA-256 of the signer's SubjectPublicKeyInfo.
        digest: SHA-256 of the signed payload, the name of a policy in reports.
        succession: why another key than the one before may give it; None but for `rekey`.
    """

    key_id: str
    digest: str
    word: str
    site: str
    tablet: str
    nonce: str
    body: Fields
    succession: Succession | None = None

    def unseal(self, parent: Fields, name: str, session: Session, place: str) -> bytes:
        """Open a secret member: `{"sealed": {...}}` at a place such as `wifi.passphrase`."""
        member = parent.child(name)
        sealed = member.child("sealed")
        member.end()
        return session.open(sealed, f"provision-seal-v1\n{self.tablet}\n{self.nonce}\n{place}")


def read_order(envelope: bytes, keys: SiteKeys, spoken: tuple[int, ...] = PROTOCOLS) -> Order:
    """Tests 1 to 6 of the contract's table, in that order.

    Args:
        envelope: the document's bytes.
        keys: whose orders this tablet takes.
        spoken: protocols this agent speaks.

    Raises:
        Refused: `envelope-invalid`, `site-key-foreign`, `rekey-stale`, `signature-wrong`, `protocol-unknown`.
    """
    outer = Fields(read_json(read_text(envelope)), "envelope", "envelope-invalid")
    outer.text("payloadType", TYPE.replace(".", r"\.").replace("+", r"\+"))
    payload, key = outer.data("payload"), outer.data("key")
    signature = outer.only("signatures")
    key_id, value = signature.text("keyid", HEX_64), signature.data("sig")
    signature.end()
    succession = read_succession(outer.child("rekey"), key_id) if keys.takes_successors and outer.has("rekey") else None
    outer.end()
    if name_key(key) != key_id:
        raise Refused("envelope-invalid", "envelope.key: expected a P-256 key with its key id")
    keys.require(key_id, succession)
    verify_signature(key, TYPE, payload, value)
    if succession is not None:
        succession.verify()
    return _read_payload(key_id, payload, spoken, succession)


def _read_payload(key_id: str, payload: bytes, spoken: tuple[int, ...], succession: Succession | None) -> Order:
    order = Fields(read_json(read_text(payload)), "order", "envelope-invalid")
    protocol = order.number("protocol", 0, 2**31 - 1)
    if protocol not in spoken:
        raise Refused("protocol-unknown", f"this agent speaks protocols {spoken}, not {protocol}")
    word, site = order.text("order", WORD), order.text("site", NAME)
    tablet, nonce = order.text("tablet", HEX_32), order.text("nonce", HEX_32)
    body = order.child("body", "order-invalid")
    order.end()
    if (word == REKEY) != (succession is not None):
        raise Refused("envelope-invalid", "envelope.rekey: expected with the order rekey, and with no other")
    return Order(key_id, hashlib.sha256(payload).hexdigest(), word, site, tablet, nonce, body, succession)
