"""Orders: payload, signed envelope, sealed secrets, and the pieces they travel in (contract 3 to 5)."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from provision.agent.contract import PIECE_CHARACTERS, PIECES, OrderName
from provision.agent.dsse import frame
from provision.agent.hello import Hello
from provision.agent.site_key import SiteKey
from provision.agent.strict_json import encode
from provision.errors import ProvisionError
from provision.site.secret import Secret

TYPE = "application/vnd.provision.order+json"
OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


class OrderTooLarge(ProvisionError):
    """A document of more pieces than an agent takes; only a site with absurdly many apps makes one."""


@dataclass(frozen=True)
class Order:
    """One order for one tablet in one life of its agent.

    Attributes:
        site: name of the site; the tablet pins it beside the key.
        tablet, nonce: from `hello`.
    """

    word: OrderName
    site: str
    tablet: str
    nonce: str
    body: Mapping[str, object]
    protocol: int = 1

    def payload(self) -> bytes:
        """The bytes that are signed, and whose SHA-256 names a policy in reports."""
        return encode(
            {
                "protocol": self.protocol,
                "order": self.word.value,
                "site": self.site,
                "tablet": self.tablet,
                "nonce": self.nonce,
                "body": self.body,
            }
        )


@dataclass(frozen=True)
class SecretEncryptor:
    """Encrypts secret members of one order: they fit one session, tablet, order and place only."""

    hello: Hello

    def encrypt(self, place: str, secret: Secret) -> dict[str, object]:
        """`{"sealed": {...}}` for a secret at a place such as `wifi.passphrase`."""
        key, vector = AESGCM.generate_key(256), os.urandom(12)
        context = f"provision-seal-v1\n{self.hello.tablet}\n{self.hello.nonce}\n{place}".encode()
        data = AESGCM(key).encrypt(vector, secret.reveal(), context)
        members = {"key": self.hello.session_key.encrypt(key, OAEP), "iv": vector, "data": data}
        return {"sealed": {name: _base64(value) for name, value in members.items()}}


def sign_order(payload: bytes, key: SiteKey, succession: Mapping[str, object] | None = None) -> bytes:
    """The DSSE envelope of a payload, as the document that is uploaded.

    Args:
        succession: for the order `rekey`, the offline key's word for this key.
    """
    return encode(
        {
            "payloadType": TYPE,
            "payload": _base64(payload),
            "key": _base64(key.public),
            "signatures": [{"keyid": key.key_id, "sig": _base64(key.sign(frame(TYPE, payload)))}],
            **({} if succession is None else {"rekey": succession}),
        }
    )


def cut_pieces(name: str, document: bytes) -> tuple[str, ...]:
    """The arguments of every `put` of one document.

    Args:
        name: the document's id, 16 lower-case hexadecimal digits, random per document.
        document: its bytes.

    Raises:
        OrderTooLarge: more pieces than an agent takes.
    """
    text = base64.urlsafe_b64encode(document).decode().rstrip("=")
    cuts = [text[at : at + PIECE_CHARACTERS] for at in range(0, len(text), PIECE_CHARACTERS)]
    if len(cuts) > PIECES:
        raise OrderTooLarge(f"an order of {len(document)} bytes: expected at most {PIECES * PIECE_CHARACTERS * 3 // 4}")
    return tuple(f"{name}:{seq}:{len(cuts)}:{cut}" for seq, cut in enumerate(cuts))


def commit_argument(name: str, document: bytes) -> str:
    """The argument of the `commit` of one document."""
    return f"{name}:{hashlib.sha256(document).hexdigest()}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
