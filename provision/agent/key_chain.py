"""The offline key of a site, and the site keys that it named one after the other.

`offline-key.json` lies in a home's keys folder beside the site key: the public part of the offline key, and one signed
statement for each time the site key was replaced. Nothing in it is secret. A tablet that obeys any of the former site
keys takes the newest statement from whoever has the newest key (contract 4).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel, ConfigDict

from provision.agent.dsse import frame, load_p256
from provision.agent.forms import Hex64
from provision.agent.hello import Hello, check_site
from provision.agent.strict_json import decode_base64, encode
from provision.errors import HomeError, StepFailed
from provision.files import read_file, write_atomically
from provision.plain_json import parse_json
from provision.site.secret import Secret
from provision.terms import Reason

FILE = "offline-key.json"
TYPE = "application/vnd.provision.rekey+json"
MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class Rekey:
    """The offline key's word that one site key succeeds another.

    Attributes:
        counter: how many site keys the site had before this one.
        former, key: key ids of the one replaced and of its successor.
        signature: of `statement` by the offline key, DER.
    """

    counter: int
    former: str
    key: str
    signature: bytes

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return encode({"counter": self.counter, "former": self.former, "key": self.key})

    @property
    def signed_bytes(self) -> bytes:
        """The statement as DSSE signs it."""
        return frame(TYPE, self.statement)


@dataclass(frozen=True)
class KeyChain:
    """The offline key's public part (DER of SubjectPublicKeyInfo, 91 bytes), and every rekey since it was made.

    Attributes:
        first: key id of the site key beside which it was made.
    """

    offline: bytes
    first: str
    rekeys: tuple[Rekey, ...] = ()

    @property
    def offline_id(self) -> str:
        """SHA-256 of the public part: what tablets pin."""
        return hashlib.sha256(self.offline).hexdigest()

    @property
    def counter(self) -> int:
        """How often the site key was replaced."""
        return len(self.rekeys)

    @property
    def current(self) -> str:
        """Key id of the site key in force."""
        return self.rekeys[-1].key if self.rekeys else self.first

    @property
    def former(self) -> frozenset[str]:
        """Key ids of the site keys that were replaced."""
        return frozenset(rekey.former for rekey in self.rekeys)

    def outlives(self, secret: Secret, of_now: Secret) -> bool:
        """Tell whether a maintenance secret can be computed by who has a former site key: a rekey makes them all anew.

        Args:
            of_now: what the site key in force gives the tablet.
        """
        return self.counter > 0 and not hmac.compare_digest(secret.reveal(), of_now.reveal())

    def make_policy(self) -> dict[str, object]:
        """The member of a policy by which a tablet learns the offline key (contract 7)."""
        return {"offline": {"key": self.offline_id, "rekeys": self.counter}}

    def make_succession(self) -> dict[str, object]:
        """The envelope's member `rekey`: the newest statement (contract 4)."""
        newest = self.rekeys[-1]
        parts = {"key": self.offline, "statement": newest.statement, "sig": newest.signature}
        return {name: base64.b64encode(part).decode() for name, part in parts.items()}


class _Statement(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    counter: int
    former: Hex64
    key: Hex64
    sig: str


class _Said(BaseModel):
    """The file's members."""

    model_config = ConfigDict(strict=True, extra="forbid")
    offline_key: str
    site_key: Hex64
    rekeys: list[_Statement]


def load_key_chain(folder: Path, site_key: str) -> KeyChain | None:
    """Read and verify the chain of a home; None for a site without an offline key.

    Args:
        folder: the keys folder.
        site_key: key id of the home's site key, which the chain must end in.

    Raises:
        HomeError: damaged, a rekey that was cut off, or the chain of a site whose key was lost.
    """
    chain = read_key_chain(folder / FILE)
    if chain is not None and chain.current != site_key:
        raise HomeError(
            f"{folder / FILE}: names the site key {chain.current}, and site-key.pem is {site_key}. If a rekey was cut "
            "off, give `provision site rekey` again; if the key it names is lost, give it with --offline-key"
        )
    return chain


def read_key_chain(file: Path) -> KeyChain | None:
    """Read a chain, whatever site key lies beside it; None for no file.

    Raises:
        HomeError: it cannot be read, or is not a chain that its own offline key signed.
    """
    try:
        if not file.exists():
            return None
        said = _Said.model_validate(parse_json(read_file(file, MOST_BYTES).decode()))
        rekeys = (Rekey(one.counter, one.former, one.key, decode_base64(one.sig)) for one in said.rekeys)
        chain = KeyChain(decode_base64(said.offline_key), said.site_key, tuple(rekeys))
        _verify(chain)
    except OSError as error:
        raise HomeError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise HomeError(
            f"{file}: expected the offline key with the rekeys that it signed, got something else. "
            "Put it back from a backup, or from another bench of the site: it holds no secret"
        ) from error
    return chain


def _verify(chain: KeyChain) -> None:
    """Verify every signature, and that each rekey follows the one before.

    Raises:
        ValueError, InvalidSignature, UnsupportedAlgorithm: not so.
    """
    offline = load_p256(chain.offline)
    for place, rekey in enumerate(chain.rekeys):
        if (rekey.counter, rekey.former) != (place + 1, chain.rekeys[place - 1].key if place else chain.first):
            raise ValueError("a rekey that does not follow the one before")
        offline.verify(rekey.signature, rekey.signed_bytes, ec.ECDSA(SHA256()))


def write_key_chain(folder: Path, chain: KeyChain) -> None:
    """Write a chain into a keys folder, in one step.

    Raises:
        HomeError: it cannot be written.
    """
    rekeys: list[Mapping[str, object]] = [
        {"counter": one.counter, "former": one.former, "key": one.key, "sig": base64.b64encode(one.signature).decode()}
        for one in chain.rekeys
    ]
    key = base64.b64encode(chain.offline).decode()
    document = encode({"offline_key": key, "site_key": chain.first, "rekeys": rekeys})
    try:
        write_atomically(folder / FILE, document + b"\n")
    except OSError as error:
        raise HomeError(f"{folder / FILE}: cannot be written: {error.strerror or error}") from error


def obeys_former_key(hello: Hello, site_key: str, chain: KeyChain | None) -> bool:
    """Tell whether a tablet obeys a site key that was replaced since, and takes the one that succeeds it.

    Args:
        hello: the tablet.
        site_key: key id of the site key now.
        chain: of the site, None for one without an offline key.

    Raises:
        StepFailed: it is another site's, was never told the offline key, or was rekeyed by a bench that knows more.
    """
    if chain is not None and hello.offline_key == chain.offline_id and hello.rekeys > chain.counter:
        detail = f"the tablet had {hello.rekeys} rekeys, this bench knows {chain.counter}"
        raise StepFailed("agent.hello", Reason.SITE_KEY_NEWER, detail)
    if chain is None or hello.site_key not in chain.former:
        check_site(hello, site_key)
        return False
    if hello.offline_key != chain.offline_id:
        told = hello.offline_key or "none"
        detail = f"the agent obeys former site key {hello.site_key}, and knows offline key {told}"
        raise StepFailed("agent.hello", Reason.SITE_KEY_FORMER, detail)
    return True


def refuse_former_key(hello: Hello, site_key: str, chain: KeyChain | None) -> None:
    """Refuse a tablet that does not obey the site key of now, before anything is sent to it.

    Raises:
        StepFailed: as `obeys_former_key`, or it has to be rekeyed first.
    """
    if obeys_former_key(hello, site_key, chain):
        detail = f"the agent obeys former site key {hello.site_key}: a run gives it the new one"
        raise StepFailed("agent.hello", Reason.SITE_KEY_FORMER, detail)
