"""The offline key's word that tablets of a site erase themselves after so many days outside (contract 7).

`wipe.json` lies in a home's keys folder beside the site key. Nothing in it is secret. It holds for one site key: after
a rekey it is to be signed anew.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel, ConfigDict

from provision.agent.dsse import frame, load_p256
from provision.agent.forms import Hex64
from provision.agent.key_chain import KeyChain
from provision.agent.strict_json import decode_base64, encode
from provision.errors import HomeError
from provision.files import read_file, write_atomically
from provision.plain_json import parse_json

FILE = "wipe.json"
TYPE = "application/vnd.provision.wipe+json"
MOST_BYTES = 16 * 1024


@dataclass(frozen=True)
class WipeWord:
    """One such word.

    Attributes:
        days: outside, until a tablet erases itself.
        key: key id of the site key whose policies it holds for.
        offline: public part of the offline key, DER of SubjectPublicKeyInfo.
        signature: of `statement` by the offline key, DER.
    """

    days: int
    key: str
    offline: bytes
    signature: bytes

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return encode({"days": self.days, "key": self.key})

    @property
    def signed_bytes(self) -> bytes:
        """The statement as DSSE signs it."""
        return frame(TYPE, self.statement)

    def make_policy(self) -> dict[str, object]:
        """The member `outside.wipe` of a policy."""
        parts = {"key": self.offline, "statement": self.statement, "sig": self.signature}
        return {"days": self.days} | {name: base64.b64encode(part).decode() for name, part in parts.items()}


class _Said(BaseModel):
    """The file's members."""

    model_config = ConfigDict(strict=True, extra="forbid")
    days: int
    site_key: Hex64
    offline_key: str
    sig: str


def load_wipe_word(folder: Path, site_key: str, chain: KeyChain | None, days: int | None) -> WipeWord | None:
    """Read and verify the word for what a site asks for; None for a site that asks for none, whatever lies there.

    Args:
        folder: the keys folder.
        site_key: key id of the home's site key.
        chain: of the site, None for one without an offline key.
        days: as site.yaml says.

    Raises:
        HomeError: there is none, it cannot be read, or it is about something else.
    """
    if days is None:
        return None
    order = f"give `provision site wipe --days {days} --offline-key FILE`"
    if chain is None:
        raise HomeError(
            f"kiosk.outside.wipe_after_days: {days} needs an offline key, and this site has none: "
            "make one (`provision site offline-key`), or take the line out of site.yaml"
        )
    word = _read(folder / FILE, order)
    if (word.days, word.key, word.offline) != (days, site_key, chain.offline):
        signer = hashlib.sha256(word.offline).hexdigest()
        raise HomeError(
            f"{folder / FILE}: the offline key {signer} allowed {word.days} days under "
            f"site key {word.key}; site.yaml says {days}, under {site_key}: {order}, or take "
            "kiosk.outside.wipe_after_days out of site.yaml"
        )
    return word


def find_standing_word(folder: Path, site_key: str, days: int | None) -> WipeWord | None:
    """A word that holds under the site key of now, although the site asks for no such thing any more; None for none.

    Args:
        folder, site_key, days: as in `load_wipe_word`.
    """
    if days is not None or not (folder / FILE).exists():
        return None
    try:
        word = _read(folder / FILE, "")
    except HomeError:
        return None  # what is no word allows nothing
    return word if word.key == site_key else None


def _read(file: Path, order: str) -> WipeWord:
    try:
        if not file.exists():
            raise HomeError(
                f"{file}: missing; kiosk.outside.wipe_after_days needs the offline key's word, too: {order}, "
                "or take the line out of site.yaml"
            )
        said = _Said.model_validate(parse_json(read_file(file, MOST_BYTES).decode()))
        word = WipeWord(said.days, said.site_key, decode_base64(said.offline_key), decode_base64(said.sig))
        _verify(word)
    except OSError as error:
        raise HomeError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise HomeError(f"{file}: expected a word that the offline key signed, got something else: {order}") from error
    return word


def _verify(word: WipeWord) -> None:
    """Verify the signature.

    Raises:
        ValueError, InvalidSignature, UnsupportedAlgorithm: not so.
    """
    load_p256(word.offline).verify(word.signature, word.signed_bytes, ec.ECDSA(SHA256()))


def write_wipe_word(folder: Path, word: WipeWord) -> None:
    """Write a word into a keys folder, in one step.

    Raises:
        HomeError: it cannot be written.
    """
    parts = {"offline_key": word.offline, "sig": word.signature}
    encoded = {name: base64.b64encode(part).decode() for name, part in parts.items()}
    try:
        write_atomically(folder / FILE, encode({"days": word.days, "site_key": word.key, **encoded}) + b"\n")
    except OSError as error:
        raise HomeError(f"{folder / FILE}: cannot be written: {error.strerror or error}") from error
