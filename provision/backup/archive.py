"""The file of a backup: a ZIP of the home's files with a list of their digests, encrypted in the age format.

Any program that reads age opens it (`age -d FILE > home.zip`). It opens with a passphrase, or with the key of a
recipient. The ZIP begins with `backup.json`: when, of which bench, by which program, and each file's size and SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated

import pyrage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provision.backup.snapshot import Entry, Snapshot
from provision.errors import BackupError
from provision.plain_json import parse_json
from provision.site.secret import Secret

FORMAT = 1
LIST = "backup.json"
MOST_BYTES = 8 * 1024**3
"""Of all files unpacked: a home of a hundred thousand records has a quarter of it."""
MOST_FILES = 2_000_000
MOST_LIST = 512 * 1024 * 1024
_PRIVATE_MODE, _OPEN_MODE = 0o600, 0o644


class _FileModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    private: bool


class About(BaseModel):
    """What `backup.json` says.

    Attributes:
        format: of this file. program: version that wrote it.
        at: moment, with its zone. origin, fingerprint: of the bench's records and key.
        with_secrets: whether keys, secrets, maintenance codes and the console's accounts are in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    program: str
    at: datetime
    origin: str
    fingerprint: str
    with_secrets: bool
    files: dict[str, _FileModel]


@dataclass(frozen=True)
class Opened:
    """A backup whose every byte is as it was written."""

    about: About
    files: Mapping[PurePosixPath, Entry]


@dataclass(frozen=True)
class Locked:
    """Who opens a backup: a passphrase, or whoever has the key of a recipient (`age1…`)."""

    passphrase: Secret | None = None
    recipients: Sequence[str] = ()


def pack(snapshot: Snapshot, about: Mapping[str, object], locked: Locked) -> bytes:
    """Return the bytes of the backup file.

    Args:
        about: what `About` has, less `format` and `files`.

    Raises:
        BackupError: a recipient is none.
    """
    recipients = _read_recipients(locked.recipients)
    listed = {
        str(path): {"size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "private": entry.private}
        for path, entry in snapshot.files.items()
        for content in (entry.content,)
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(LIST, json.dumps({"format": FORMAT, **about, "files": listed}, indent=1))
        for path, entry in snapshot.files.items():
            info = zipfile.ZipInfo(str(path))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (_PRIVATE_MODE if entry.private else _OPEN_MODE) << 16
            archive.writestr(info, entry.content)
    try:
        if locked.passphrase is not None:
            return bytes(pyrage.passphrase.encrypt(written.getvalue(), locked.passphrase.reveal().decode()))
        return bytes(pyrage.encrypt(written.getvalue(), recipients))
    except pyrage.EncryptError as error:
        raise BackupError(f"cannot be encrypted: {error}") from None


def unpack(data: bytes, passphrase: Secret | None, identities: Sequence[str]) -> Opened:
    """Open a backup and hold every file against the list.

    Args:
        identities: lines of age key files (`AGE-SECRET-KEY-1…`); used where there is no passphrase.

    Raises:
        BackupError: it is none, the passphrase or key does not open it, it is damaged, or of a newer program.
    """
    return _read(_decrypt(data, passphrase, identities))


def _read_recipients(written: Sequence[str]) -> list[object]:
    read = []
    for each in written:
        try:
            read.append(pyrage.x25519.Recipient.from_str(each))
        except pyrage.RecipientError:
            raise BackupError(f"{each[:80]!r}: no age recipient; expected `age1` and 58 letters") from None
    return read


def _decrypt(data: bytes, passphrase: Secret | None, identities: Sequence[str]) -> bytes:
    if not data.startswith(b"age-encryption.org/v1\n"):
        raise BackupError("no backup: it does not begin as a file of the age format does")
    try:
        if passphrase is not None:
            return bytes(pyrage.passphrase.decrypt(data, passphrase.reveal().decode()))
        keys = [pyrage.x25519.Identity.from_str(line) for line in identities]
        return bytes(pyrage.decrypt(data, keys))
    except (pyrage.IdentityError, UnicodeError):
        raise BackupError("the key is none: expected a line `AGE-SECRET-KEY-1…`") from None
    except pyrage.DecryptError as error:
        raise BackupError(f"it cannot be opened ({error}): another passphrase or key, or the file is damaged") from None


def _read(data: bytes) -> Opened:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist()]
            if len(names) != len(set(names)) or LIST not in names or len(names) > MOST_FILES:
                raise BackupError("damaged: it has no list of its files, or one of them twice")
            about = _read_list(_inflate(archive, LIST, MOST_LIST))
            if set(names) - {LIST} != set(about.files):
                raise BackupError("damaged: its files are not those of its list")
            if sum(file.size for file in about.files.values()) > MOST_BYTES:
                raise BackupError(f"larger than {MOST_BYTES} bytes")
            return Opened(about, {_check_name(name): _take(archive, name, about) for name in about.files})
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise BackupError(f"damaged: {error}") from None


def _inflate(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BackupError(f"damaged: {name} is larger than its list says")
    return content


def _read_list(data: bytes) -> About:
    try:
        document = parse_json(data.decode())
        found = document.get("format") if isinstance(document, dict) else None
        if isinstance(found, int) and found > FORMAT:
            raise BackupError(f"written by a newer version (format {found}; this program reads {FORMAT}): update first")
        return About.model_validate_json(data)
    except (ValueError, ValidationError):
        raise BackupError(f"damaged: {LIST} cannot be read") from None


def _check_name(name: str) -> PurePosixPath:
    """A path below the home, and nothing else."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or str(path) != name or "\\" in name:
        raise BackupError(f"damaged: {name!r} is no name of a file in a home")
    return path


def _take(archive: zipfile.ZipFile, name: str, about: About) -> Entry:
    listed = about.files[name]
    content = _inflate(archive, name, listed.size)
    if len(content) != listed.size or hashlib.sha256(content).hexdigest() != listed.sha256:
        raise BackupError(f"damaged: {name} is not what its list says")
    return Entry.of(content, private=listed.private)
