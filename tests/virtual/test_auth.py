"""Android's public key form and the signature over a token."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA1

from provision.virtual.auth import KeyRing, key_text, read_public_key, signed_by

TOKEN = bytes(range(20))


def android_form(key: RSAPrivateKey) -> str:
    """As `adbkey.pub` holds it; n0inv and R^2 are not used by the check and stay 0."""
    numbers = key.public_key().public_numbers()
    struct_bytes = struct.pack("<II256s256sI", 64, 0, numbers.n.to_bytes(256, "little"), bytes(256), numbers.e)
    return base64.b64encode(struct_bytes).decode()


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def test_the_holder_of_a_key_is_recognised(key: RSAPrivateKey, tmp_path: Path) -> None:
    """Also after the bench was restarted: the ring is on disk."""
    text = android_form(key)
    signature = key.sign(TOKEN, PKCS1v15(), Prehashed(SHA1()))  # noqa: S303 - what the protocol prescribes
    assert signed_by(text, TOKEN, signature)
    assert not signed_by(text, TOKEN[::-1], signature)
    ring = KeyRing(tmp_path / "ring")
    assert ring.signer(TOKEN, signature) is None
    ring.add(text)
    assert ring.signer(TOKEN, signature) == text
    assert KeyRing(tmp_path / "ring").signer(TOKEN, signature) == text


def test_the_comment_of_a_key_message_is_left_out() -> None:
    assert key_text(b"QUJD user@host\0") == "QUJD"


@pytest.mark.parametrize("text", ["", "QUJD", "not base64!", base64.b64encode(bytes(524)).decode()])
def test_a_text_that_is_no_key_is_none(text: str, tmp_path: Path) -> None:
    assert read_public_key(text) is None
    assert not signed_by(text, TOKEN, b"x")
    KeyRing(tmp_path / "ring").add(text)
    assert not (tmp_path / "ring").exists()
