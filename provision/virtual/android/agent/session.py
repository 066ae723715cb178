"""One life of the agent's process: its RSA key and the current nonce, never on disk (contract 2, 5)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provision.virtual.android.agent.reading import Fields, Refused

OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)
KEY_BITS = 2048
KEYS = 3
"""Keys that the lives of all tablets of one process take in turn: making one costs more than all else a tablet does."""


def new_nonce() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)


class Session:
    """Key and nonce; an order recorded before this life is worth nothing in it."""

    def __init__(self, key: rsa.RSAPrivateKey, draw: Callable[[], str] = new_nonce) -> None:
        self._key, self._draw = key, draw
        self.nonce = draw()

    def renew_nonce(self) -> None:
        """End the current nonce's life."""
        self.nonce = self._draw()

    @property
    def public_key(self) -> bytes:
        """DER of SubjectPublicKeyInfo."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def open(self, sealed: Fields, context: str) -> bytes:
        """The plain bytes of a sealed member.

        Args:
            sealed: the object under `sealed`.
            context: additional data: tablet, nonce and place, so that a member fits nowhere else.

        Raises:
            Refused: `session-unknown`.
        """
        wrapped, vector, data = sealed.data("key"), sealed.data("iv"), sealed.data("data")
        sealed.end()
        try:
            key = self._key.decrypt(wrapped, OAEP)
            if len(key) == 32 and len(vector) == 12:
                return AESGCM(key).decrypt(vector, data, context.encode())
        except (ValueError, InvalidTag):
            pass
        raise Refused("session-unknown", "a sealed member is not for this session, tablet and place")


@cache
def _make_key(number: int) -> rsa.RSAPrivateKey:  # noqa: ARG001 # which of them
    return rsa.generate_private_key(65537, KEY_BITS)


def open_session(life: int) -> Session:
    """A session for this life of the agent on a tablet, counted from any number; the life before it had another key."""
    return Session(_make_key(life % KEYS))
