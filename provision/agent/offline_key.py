"""The offline key: the one thing that may name another site key. Its file is taken away from the bench.

ECDSA P-256 in PKCS#8 PEM, encrypted by a passphrase. It signs once a rekey, at any bench, and no tablet ever meets it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)

from provision.agent.key_chain import KeyChain, Rekey
from provision.agent.site_key import read_private_key
from provision.agent.wipe_word import WipeWord
from provision.errors import HomeError
from provision.files import write_atomically
from provision.site.secret import Secret

LEAST_PASSPHRASE = 12
"""Bytes of a passphrase: the file may be copied, and then be tried for as long as one likes."""

MOST_PASSPHRASE = 1023
"""Bytes: OpenSSL takes no longer ones."""


@dataclass(frozen=True)
class OfflineKey:
    """The offline key while a rekey is signed; `public` is DER of SubjectPublicKeyInfo, 91 bytes."""

    public: bytes
    _private: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """SHA-256 of the public part: what tablets pin."""
        return hashlib.sha256(self.public).hexdigest()

    def name_successor(self, chain: KeyChain, key: str) -> KeyChain:
        """The chain with one more site key.

        Args:
            chain: of this key.
            key: key id of the successor.

        Raises:
            HomeError: the chain is another offline key's.
        """
        self._require(chain)
        unsigned = Rekey(chain.counter + 1, chain.current, key, b"")
        signature = self._private.sign(unsigned.signed_bytes, ec.ECDSA(SHA256()))
        return replace(chain, rekeys=(*chain.rekeys, replace(unsigned, signature=signature)))

    def allow_wipe(self, chain: KeyChain, days: int) -> WipeWord:
        """The word that tablets erase themselves after so many days outside, under the site key in force.

        Args:
            chain: of this key.

        Raises:
            HomeError: the chain is another offline key's.
        """
        self._require(chain)
        unsigned = WipeWord(days, chain.current, self.public, b"")
        return replace(unsigned, signature=self._private.sign(unsigned.signed_bytes, ec.ECDSA(SHA256())))

    def _require(self, chain: KeyChain) -> None:
        if chain.offline != self.public:
            raise HomeError(
                f"this offline key is {self.key_id}, and the site's is {chain.offline_id}: "
                "get the site's own file, tablets take no other"
            )


def check_new_place(file: Path, home: Path, key: str = "the offline key") -> None:
    """Refuse a place for a new key that is taken away, before anything is made.

    Args:
        key: how it is called.

    Raises:
        HomeError: something is there, its folder is not, or it lies in the home whose theft it is for.
    """
    if file.exists() or file.is_symlink():
        raise HomeError(f"{file}: is there already; {key} is never overwritten, name a new file")
    if not file.parent.is_dir():
        raise HomeError(f"{file.parent}: no such folder; plug in the medium for {key}, or name another place")
    if file.resolve().is_relative_to(home.resolve()):
        raise HomeError(f"{file}: lies in the home; who takes that would have both keys, name a file outside")


def check_passphrase(passphrase: Secret, key: str = "the offline key") -> None:
    """Refuse a passphrase that is too short to keep a copied file closed.

    Args:
        key: how the key is called that it closes.

    Raises:
        HomeError: of another length.
    """
    length = len(passphrase.reveal())
    if not LEAST_PASSPHRASE <= length <= MOST_PASSPHRASE:
        raise HomeError(f"passphrase of {key}: expected {LEAST_PASSPHRASE} to {MOST_PASSPHRASE} bytes, got {length}")


def create_offline_key(file: Path, passphrase: Secret) -> OfflineKey:
    """Make a site's offline key, durably, and return it as it reads back.

    Raises:
        HomeError: the file cannot be written, or is there already.
    """
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.reveal()))
    try:
        write_atomically(file, pem, mode=0o600, replace=False)
    except OSError as error:
        raise HomeError(f"{file}: the offline key cannot be written: {error.strerror or error}") from error
    return read_offline_key(file, passphrase)


def read_offline_key(file: Path, passphrase: Secret) -> OfflineKey:
    """Read the offline key.

    Raises:
        HomeError: missing, another passphrase, or not an encrypted P-256 key in PKCS#8 PEM.
    """
    key = read_private_key(file, "the offline key", passphrase)
    if key is None:
        raise HomeError(f"{file}: expected an encrypted ECDSA P-256 key, got another passphrase or another file")
    return OfflineKey(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), key)
