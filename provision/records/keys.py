"""The signing key of a bench home, and its descriptor: the signed word of what the home is for.

`record-key.pem` (PKCS#8, mode 0600) never leaves the keys folder. `key.json` is public: one DSSE
envelope, signed by the key itself, that says home kind, origin, creation time and public key. A copy
lies in every records folder; what makes it trustworthy is the fingerprint, kept elsewhere.

Fingerprint: SHA-256 of the raw 32-byte public key, 64 lowercase hex digits, shown in 8 groups of 8.
"""

from __future__ import annotations

import base64
import re
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.exceptions import KeyMismatchError
from securesystemslib.signer import CryptoSigner, SSlibKey

from provision.errors import RecordError
from provision.files import MAX_STATE_BYTES, make_folder, read_file, write_atomically
from provision.records.canonical import parse_canonical, sha256_hex
from provision.records.content import STATEMENT_TYPE, format_time
from provision.records.envelope import (
    decode_base64,
    expect_members,
    open_envelope,
    read_envelope,
    refuse_small_order,
    sign_envelope,
)
from provision.terms import HomeKind

PRIVATE_NAME = "record-key.pem"
DESCRIPTOR_NAME = "key.json"
# .invalid can never be registered (RFC 2606): the name is ours alone and leads nowhere on purpose.
KEY_PREDICATE_TYPE = "https://provision.invalid/home-key/v1"
ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,98}")


@dataclass(frozen=True)
class HomeKey:
    """The public side: what a key descriptor says. `created` as in `format_time`."""

    kind: HomeKind
    origin: str
    created: str
    fingerprint: str
    public: SSlibKey

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the public key."""
        return bytes.fromhex(self.public.keyval["public"])


@dataclass(frozen=True)
class HomeKeys:
    """The signing side of a home, for the ledger thread only."""

    home: HomeKey
    signer: CryptoSigner = field(repr=False)
    descriptor: bytes = field(repr=False)

    @property
    def kind(self) -> HomeKind:
        """Purpose of the home, as its descriptor says."""
        return self.home.kind

    @property
    def origin(self) -> str:
        """The ledger's name, first line of each checkpoint."""
        return self.home.origin

    @property
    def fingerprint(self) -> str:
        """64 lowercase hex digits; `show_fingerprint` for people."""
        return self.home.fingerprint

    @property
    def public(self) -> SSlibKey:
        """The public key; its key id is the fingerprint."""
        return self.home.public


def create_keys(folder: Path, kind: HomeKind, origin: str, *, at: datetime | None = None) -> HomeKeys:
    """Make the key of a new home, durably, and return it as `load_keys` reads it back.

    Args:
        folder: the keys folder; made with mode 0700 where missing.
        kind: fixed for the life of the key.
        origin: unique name of the ledger, such as `hospital.example/bench-a`: ASCII letters, digits and
            `. _ / -`, at most 99.
        at: creation time in UTC, now by default.

    Raises:
        RecordError: the origin or the folder's path is not of a usable form, or a key is there already
            (never overwritten).
    """
    if not ORIGIN.fullmatch(origin):
        raise RecordError(f"origin: expected up to 99 letters, digits, `.`, `_`, `/`, `-`, got {origin!r}")
    for name in (PRIVATE_NAME, DESCRIPTOR_NAME):
        if (folder / name).exists():
            raise RecordError(
                f"{folder / name}: a key exists and is never overwritten; load it, or choose another folder"
            )
    check_place(folder)
    private = Ed25519PrivateKey.generate()
    signer = CryptoSigner(private, name_public_key(private.public_key().public_bytes_raw()))
    descriptor = sign_envelope(_key_statement(signer.public_key, kind, origin, at or datetime.now(UTC)), signer)
    try:
        make_folder(folder, mode=0o700)
        write_atomically(folder / PRIVATE_NAME, signer.private_bytes, mode=0o600, replace=False)
        write_atomically(folder / DESCRIPTOR_NAME, descriptor, replace=False)
    except OSError as error:
        raise RecordError(f"{folder}: the key cannot be written: {error.strerror or error}") from error
    return load_keys(folder)


def check_place(folder: Path) -> None:
    """Raise `RecordError` where a key could not be read from this folder, by the form of its path."""
    _key_uri((folder / PRIVATE_NAME).absolute())


def load_keys(folder: Path) -> HomeKeys:
    """Read the key of a home.

    Raises:
        RecordError: a file is missing, readable by others, altered, or the two do not belong together.
    """
    path = folder / DESCRIPTOR_NAME
    descriptor = read_bytes(path)
    home = read_descriptor(descriptor, str(path))
    private = (folder / PRIVATE_NAME).absolute()
    _expect_private(private)
    read_bytes(private)  # what is no file, or has no end, would be waited for below
    try:
        signer = CryptoSigner.from_priv_key_uri(_key_uri(private), home.public)
    except KeyMismatchError as error:
        raise RecordError(
            f"{private}: expected the private key of {home.fingerprint} ({path.name}), got another"
        ) from error
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"{private}: expected an unencrypted Ed25519 key in PKCS#8 PEM, got something else"
        ) from error
    return HomeKeys(home, signer, descriptor)


def read_descriptor(data: bytes, source: str) -> HomeKey:
    """Return what a key descriptor says, once its own key has been seen to have signed it.

    Raises:
        RecordError: not of the exact form, or changed after it was signed.
    """
    claimed = parse_canonical(read_envelope(data, source).payload, f"{source}: statement")
    key = _claimed_key(claimed, source)
    said = open_envelope(data, key, source)["predicate"]
    try:
        kind, created = HomeKind(said["homeKind"]), said["created"]
        rebuilt = _key_statement(key, kind, said["origin"], datetime.fromisoformat(created))
    except (ValueError, TypeError) as error:
        raise RecordError(f"{source}: expected a home kind and a time, got {error}") from error
    if rebuilt != claimed or not ORIGIN.fullmatch(said["origin"]):
        raise RecordError(f"{source}: expected exactly the members of a key descriptor, got others")
    return HomeKey(kind, said["origin"], created, key.keyid, key)


def show_fingerprint(fingerprint: str) -> str:
    """Return the fingerprint in 8 groups of 8 digits, as people read it aloud and compare it."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def read_bytes(path: Path, most: int = MAX_STATE_BYTES) -> bytes:
    """Return the bytes of a regular file of at most so many, or raise `RecordError` that names it."""
    try:
        return read_file(path, most)
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror or error}") from error


def name_public_key(raw: bytes) -> SSlibKey:
    """Return the Ed25519 key of 32 bytes under our key id; securesystemslib's own depends on its key format."""
    return SSlibKey(sha256_hex(raw), "ed25519", "ed25519", {"public": raw.hex()})


def _key_statement(key: SSlibKey, kind: HomeKind, origin: str, at: datetime) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": origin, "digest": {"sha256": key.keyid}}],
        "predicateType": KEY_PREDICATE_TYPE,
        "predicate": {
            "homeKind": kind.value,
            "origin": origin,
            "created": format_time(at),
            "publicKey": base64.b64encode(bytes.fromhex(key.keyval["public"])).decode(),
        },
    }


def _claimed_key(statement: object, source: str) -> SSlibKey:
    """Return the key a descriptor carries; nothing it says is trusted before that key verified it."""
    expect_members(statement, ("_type", "subject", "predicateType", "predicate"), f"{source}: statement")
    predicate = statement["predicate"] if isinstance(statement, dict) else None
    expect_members(predicate, ("homeKind", "origin", "created", "publicKey"), f"{source}: predicate")
    raw = decode_base64(predicate["publicKey"] if predicate else None, f"{source}: publicKey")
    if len(raw) != 32:
        raise RecordError(f"{source}: publicKey: expected 32 bytes, got {len(raw)}")
    refuse_small_order(raw, f"{source}: publicKey")
    return name_public_key(raw)


def _key_uri(path: Path) -> str:
    """Return the key URI of securesystemslib, which has no escape for `#` and `?`."""
    uri = f"{CryptoSigner.SCHEME}:{path}"
    if urlparse(uri).path != str(path):
        raise RecordError(f"{path}: expected a path without `#`, `?` and control characters (key URI)")
    return uri


def _expect_private(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror or error}") from error
    if mode & 0o077:
        raise RecordError(f"{path}: expected a file only its owner can read (0600), got mode {mode:04o}")
