"""The site key: ECDSA P-256 (old Androids have no Ed25519), which every tablet pins at its first order.

`site-key.pem` (PKCS#8, mode 0600) lies in a home's keys folder. All benches of one site share it: a
tablet obeys only the key it pinned. Who loses it can no longer command the tablets; they need a reset.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from provision.errors import HomeError
from provision.files import make_folder, read_file, write_atomically
from provision.site.secret import Secret
from provision.state.agent_secrets import SECRET_BYTES

MOST_PEM_BYTES = 64 * 1024
NAME = "site-key.pem"


@dataclass(frozen=True)
class SiteKey:
    """The key that signs orders; `public` is DER of SubjectPublicKeyInfo, 91 bytes."""

    public: bytes
    _private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """SHA-256 of the public key, 64 lower-case hexadecimal digits: what tablets pin and records name."""
        return hashlib.sha256(self.public).hexdigest()

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256, DER."""
        return self._private.sign(data, ec.ECDSA(SHA256()))

    def derive_secret(self, asset: str) -> Secret:
        """The maintenance secret of a tablet, the same at every bench of the site: HKDF of the private key."""
        scalar = self._private.private_numbers().private_value.to_bytes(32, "big")
        info = f"provision maintenance secret v1\n{asset}".encode()
        return Secret(HKDF(SHA256(), SECRET_BYTES, None, info).derive(scalar))


def hold_key(private: ec.EllipticCurvePrivateKey) -> SiteKey:
    """A P-256 private key as a site key."""
    return SiteKey(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), private)


def make_pem() -> tuple[bytes, SiteKey]:
    """A new site key, and the bytes of its file."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), hold_key(private)


def create_site_key(folder: Path) -> SiteKey:
    """Make the site key of a new site, durably, and return it as `load_site_key` reads it back.

    Args:
        folder: the keys folder; made with mode 0700 where missing.

    Raises:
        HomeError: a key is there already (never overwritten), or it cannot be written.
    """
    pem, _key = make_pem()
    try:
        make_folder(folder, mode=0o700)
        write_atomically(folder / NAME, pem, mode=0o600, replace=False)
    except OSError as error:
        raise HomeError(f"{folder / NAME}: the site key cannot be written: {error.strerror or error}") from error
    return load_site_key(folder)


def import_site_key(folder: Path, file: Path) -> SiteKey:
    """Take over the key of a site that has benches already; it is checked before anything is written.

    Raises:
        HomeError: the file is not a site key, a key is there already, or it cannot be written.
    """
    read_site_key(file)
    try:
        make_folder(folder, mode=0o700)
        write_atomically(folder / NAME, read_file(file, MOST_PEM_BYTES), mode=0o600, replace=False)
    except OSError as error:
        raise HomeError(f"{folder / NAME}: the site key cannot be written: {error.strerror or error}") from error
    return load_site_key(folder)


def load_site_key(folder: Path) -> SiteKey:
    """Read the site key of a home.

    Raises:
        HomeError: missing, readable by others, or not an unencrypted P-256 key in PKCS#8 PEM.
    """
    if not (folder / NAME).exists():
        raise HomeError(
            f"{folder / NAME}: the site key is missing. Put it back from a backup or from another bench of the site; "
            "where no copy is left, `provision site rekey --offline-key FILE` makes its successor. Without an offline "
            "key every tablet of the site must be reset"
        )
    return read_site_key(folder / NAME)


def read_site_key(path: Path) -> SiteKey:
    """Read a site key from any file; errors as for `load_site_key`."""
    key = read_private_key(path, "the site key", None)
    if key is None:
        raise HomeError(f"{path}: expected an unencrypted ECDSA P-256 key in PKCS#8 PEM, got something else")
    return hold_key(key)


def read_private_key(path: Path, title: str, passphrase: Secret | None) -> ec.EllipticCurvePrivateKey | None:
    """Read a key file; None for anything but a key on P-256 that this passphrase opens, or that needs none.

    Args:
        title: what it is, for messages.
        passphrase: None for a key that only the permissions of its file keep. A passphrase keeps the other one: memory
            sticks show every file as everybody's, and no command changes that.

    Raises:
        HomeError: it cannot be read, or others can read it and nothing else keeps it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        pem = read_file(path, MOST_PEM_BYTES)
    except OSError as error:
        raise HomeError(f"{path}: {title} cannot be read: {error.strerror or error}") from error
    if passphrase is None and mode & 0o077:
        raise HomeError(f"{path}: expected a file only its owner can read (0600), got mode {mode:04o}")
    try:
        key = load_pem_private_key(pem, None if passphrase is None else passphrase.reveal())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1) else None
