"""The second person's key: Ed25519 in PKCS#8 PEM, encrypted by a passphrase, in a file that is taken away.

Its public part lies in the home's keys folder. Whoever may write there may put another in its place: two persons are
needed as long as nobody has both the account of the bench and this file with its passphrase.
"""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from provision.errors import HomeError
from provision.files import read_file, write_atomically
from provision.plain_json import parse_json
from provision.records.keys import name_public_key
from provision.site.secret import Secret

FILE = "second-person.json"
_MOST_BYTES = 64 * 1024
_HEX_DIGITS = 64


def create_second_key(file: Path, keys: Path, passphrase: Secret) -> SSlibKey:
    """Make the key of a home that has none, durably.

    Args:
        file: outside the home, and not there. keys: the home's keys folder.

    Raises:
        HomeError: a file cannot be written, or is there already.
    """
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.reveal()))
    raw = private.public_key().public_bytes_raw()
    public = json.dumps({"publicKey": raw.hex()}) + "\n"
    try:
        write_atomically(file, pem, mode=0o600, replace=False)
        write_atomically(keys / FILE, public.encode(), replace=False)
    except OSError as error:
        raise HomeError(f"{file}: the second person's key cannot be written: {error.strerror or error}") from error
    return name_public_key(raw)


def load_second_key(keys: Path) -> SSlibKey | None:
    """Read the public part; None for a home without one.

    Raises:
        HomeError: damaged.
    """
    file = keys / FILE
    try:
        said = parse_json(read_file(file, _MOST_BYTES).decode())
        text = said["publicKey"]
        raw = bytes.fromhex(text) if isinstance(text, str) and len(text) == _HEX_DIGITS else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise HomeError(f"{file}: expected the public part of the second person's key, got something else") from error
    if raw is None:
        raise HomeError(f"{file}: expected 64 hexadecimal digits in publicKey, got something else")
    return name_public_key(raw)


def read_second_key(file: Path, passphrase: Secret, public: SSlibKey) -> CryptoSigner:
    """Read the private part.

    Raises:
        HomeError: missing, another passphrase, or another key than the home names.
    """
    try:
        key = load_pem_private_key(read_file(file, _MOST_BYTES), passphrase.reveal())
    except OSError as error:
        raise HomeError(f"{file}: the second person's key cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise HomeError(f"{file}: expected the second person's key, got another passphrase or another file")
    if name_public_key(key.public_key().public_bytes_raw()).keyid != public.keyid:
        raise HomeError(f"{file}: another key than this home's second person has ({public.keyid})")
    return CryptoSigner(key, public)
