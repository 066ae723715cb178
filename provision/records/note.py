"""Signed checkpoints of the ledger: C2SP tlog-checkpoint in a C2SP signed note, Ed25519 (type 0x01).

https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note. The key name is the origin. Lines of
other keys (witnesses) are skipped, as the format demands; a line of our key that fails is an error.
The signing key is also used for DSSE; the two cannot be mistaken for each other, because DSSE signs
bytes that begin with `DSSEv1 ` and an origin holds no space.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, Signer, SSlibKey

from provision.errors import RecordError
from provision.records.envelope import decode_base64, refuse_small_order

ED25519_TYPE = b"\x01"
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True)
class Checkpoint:
    """The head of a ledger: its origin, how many leaves, and the root hash (32 bytes) over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the note text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer, public: bytes) -> str:
    """Return the signed note; `public` is the signer's raw 32-byte public key."""
    text = checkpoint.text()
    value = bytes.fromhex(signer.sign(text.encode()).signature)
    body = base64.b64encode(key_hash(checkpoint.origin, public) + value).decode()
    return f"{text}\n— {checkpoint.origin} {body}\n"


def open_checkpoint(note: bytes, origin: str, key: SSlibKey, source: str) -> Checkpoint:
    """Return the checkpoint that `key` signed under the name `origin`.

    Raises:
        RecordError: not a signed note, another origin, no line of this key, or it does not fit.
    """
    text = open_note(note, origin, key, source)
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or lines[0] != origin or not _SIZE.fullmatch(lines[1]):
        raise RecordError(f"{source}: expected the lines {origin!r}, size, root hash, got {text!r:.120}")
    root = decode_base64(lines[2], f"{source}: root hash")
    if len(root) != hashlib.sha256().digest_size:
        raise RecordError(f"{source}: root hash: expected 32 bytes, got {len(root)}")
    return Checkpoint(origin, int(lines[1]), root)


def open_note(note: bytes, name: str, key: SSlibKey, source: str) -> str:
    """Return the text of a note that `key` signed under `name`.

    Raises:
        RecordError: not a signed note, no line of this key, or a line of this key that does not fit.
    """
    text, lines = split_note(note, source)
    ours = [value[4:] for line, value in lines if (line, value[:4]) == (name, key_hash(name, _raw(key)))]
    if not ours:
        raise RecordError(f"{source}: expected a signature of {name} by the key of this home, got none")
    try:
        for value in ours:
            refuse_small_order(value[:32], source)
            key.verify_signature(Signature(key.keyid, value.hex()), text.encode())
    except UnverifiedSignatureError as error:
        raise RecordError(
            f"{source}: expected the signature of {name} over these lines, got one that does not fit"
        ) from error
    return text


def key_hash(name: str, public: bytes, kind: bytes = ED25519_TYPE) -> bytes:
    """Return the four bytes that name an Ed25519 key in a note (signed-note), by the kind of its signatures."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def split_note(note: bytes, source: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note, and the name and the bytes of each signature line; nothing is verified.

    Raises:
        RecordError: not of the form of a signed note.
    """
    try:
        head, separator, tail = note.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise RecordError(f"{source}: expected UTF-8, got {error}") from error
    matches = [_SIGNATURE_LINE.fullmatch(line) for line in tail.split("\n")[:-1]]
    if not separator or not matches or not tail.endswith("\n") or None in matches:
        raise RecordError(f"{source}: expected text, an empty line and signature lines, got {note[:60]!r}")
    lines = [(match[1], decode_base64(match[2], f"{source}: signature")) for match in matches if match]
    return f"{head}\n", lines


def _raw(key: SSlibKey) -> bytes:
    return bytes.fromhex(key.keyval["public"])
