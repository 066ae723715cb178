"""RSA authorisation of the host: Android's public key form and the signature over a token.

The host signs the 20 token bytes as if they were a SHA-1 digest (RSA-2048, PKCS#1 v1.5); the public
key travels as base64 of a struct: words, n0inv, modulus and R^2 (each 256 bytes, little endian),
exponent. Source: reference, adb host side, section 1 (AUTH).
"""

from __future__ import annotations

import base64
import binascii
import struct
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1

TOKEN_SIZE = 20
AUTH_TOKEN, AUTH_SIGNATURE, AUTH_PUBLIC_KEY = 1, 2, 3
_KEY = struct.Struct("<II256s256sI")
_WORDS = 64


def key_text(payload: bytes) -> str:
    """The base64 part of an AUTH public key message, without the ` user@host` comment and the NUL."""
    return payload.rstrip(b"\0").split(b" ")[0].decode("ascii", "replace").strip()


def read_public_key(text: str) -> RSAPublicKey | None:
    """The key of Android's base64 form, None when it is not in that form."""
    try:
        words, _n0inv, modulus, _r2, exponent = _KEY.unpack(base64.b64decode(text, validate=True))
        if words != _WORDS:
            return None
        return RSAPublicNumbers(exponent, int.from_bytes(modulus, "little")).public_key()
    except (binascii.Error, struct.error, ValueError):
        return None


def signed_by(text: str, token: bytes, signature: bytes) -> bool:
    """Tell whether a signature over the token comes from the holder of this public key."""
    key = read_public_key(text)
    if key is None:
        return False
    try:
        key.verify(signature, token, PKCS1v15(), Prehashed(SHA1()))  # noqa: S303 - what the protocol prescribes
    except InvalidSignature:
        return False
    return True


class KeyRing:
    """Every public key that was ever shown to this bench, on disk, one base64 text a line.

    A signature arrives without its key. adbd tries the keys it has stored; the tablet seam can only
    say whether it knows a given key, so the candidates are kept here. Which tablet accepts which
    key stays the tablet's own state: a reset tablet refuses a key of this ring.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = path.read_text("ascii").split() if path.exists() else []

    def add(self, text: str) -> None:
        """Remember a key; a text that is no key is left out."""
        if text in self._keys or read_public_key(text) is None:
            return
        self._keys.append(text)
        with self._path.open("a", encoding="ascii") as file:
            file.write(text + "\n")

    def signer(self, token: bytes, signature: bytes) -> str | None:
        """The public key whose holder made this signature, None when it was never shown here."""
        return next((text for text in self._keys if signed_by(text, token, signature)), None)
