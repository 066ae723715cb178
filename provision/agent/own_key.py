"""The tablet's own key: what an agent answers when it is asked to prove it, and the proof itself (contract 14)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import Field

from provision.agent.dsse import load_p256
from provision.agent.forms import Form, Line, read_form, unlike
from provision.agent.strict_json import decode_base64

MOST_CERTIFICATES = 10
_Base64 = Annotated[str, Field(pattern="^[A-Za-z0-9+/=]{4,16000}$")]


@dataclass(frozen=True)
class OwnKey:
    """The key of one installation of an agent, whose possession was proved in this very answer.

    Attributes:
        tablet: id of that installation.
        public: DER of its SubjectPublicKeyInfo, P-256.
        chain: certificates (DER) that Android's Keystore has for it, its own first.
        hardware: whether it lives in secure hardware, by the word of the tablet's own Android.
        made: whether this order made it.
        challenge: of this order, which stands in the chain of a key that it made.
        error: why it is not attested, in English; None for nothing went wrong.
    """

    tablet: str
    public: bytes
    chain: tuple[bytes, ...]
    hardware: bool
    made: bool
    challenge: str
    error: str | None

    @property
    def key_id(self) -> str:
        """SHA-256 of the public part, in lower-case hexadecimal digits."""
        return hashlib.sha256(self.public).hexdigest()


@dataclass(frozen=True)
class NoKey:
    """An agent without a key of its own.

    Attributes:
        tablet: id of that installation.
        error: why there is none, in English; None where nobody asked for one yet.
    """

    tablet: str
    error: str | None


class _SaidKey(Form):
    public: _Base64
    signature: _Base64
    chain: Annotated[tuple[_Base64, ...], Field(min_length=1, max_length=MOST_CERTIFICATES)]
    hardware: bool


class _Said(Form):
    key: _SaidKey | None
    made: bool
    error: Line | None


def read_own_key(result: Mapping[str, object], tablet: str, challenge: str, command: str) -> OwnKey | NoKey:
    """The result of `prove`, with its signature verified.

    Args:
        tablet: its own id, as `hello` told it.
        challenge: of this order.

    Raises:
        AnswerError: another form, another kind of key, or a signature that is not this key's over this challenge.
    """
    said = read_form(_Said, result, "prove", command)
    if said.key is None:
        return NoKey(tablet, said.error)
    try:
        public, signature, *chain = map(decode_base64, (said.key.public, said.key.signature, *said.key.chain))
    except ValueError:
        raise unlike("prove.key", "base64", "other characters", command) from None
    data = f"provision-key-v1\n{tablet}\n{challenge}".encode()
    if not _is_signed(public, signature, data):
        raise unlike("prove.key.signature", "that of a P-256 key over this challenge", "another one", command)
    return OwnKey(tablet, public, tuple(chain), said.key.hardware, said.made, challenge, said.error)


def _is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        load_p256(public).verify(signature, data, ec.ECDSA(SHA256()))
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True
