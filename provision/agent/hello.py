"""`hello`: who the agent is, whether it is owner, and this life's nonce and key (contract 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field

from provision.agent.answers import read_call
from provision.agent.contract import ASSET, PIECE_CHARACTERS, PIECES, PROTOCOLS, call_line
from provision.agent.forms import ApiLevel, Form, Hex32, Hex64, read_form, unlike
from provision.agent.rows import UNANNOUNCED_VERSION, VERSION
from provision.agent.strict_json import decode_base64
from provision.errors import StepFailed
from provision.terms import Reason
from provision.transport import Transport

KEY_BITS = 2048
ASSET_SINCE = 4
"""The first version of the capability table whose agents tell their asset id (contract 2)."""

KEYS_SINCE = 5
"""The first version whose agents tell of their policy, offline key and rekeys."""


@dataclass(frozen=True)
class Hello:
    """One agent now.

    Attributes:
        agent: its version name.
        tablet: its own id, kept until a factory reset or `release`.
        site_key: key id of the pinned site key, None before the first order.
        nonce, session_key: live as long as its process.
        capabilities: version of the capability table it has.
        asset: asset id of its policy; None for none, and in agents before 0.5.0, which do not tell it.
        policy: SHA-256 of the payload of its policy; None for none, and, as the two below, in agents before 0.6.0.
        offline_key: key id of the offline key it knows; None for none.
        rekeys: how often its site key was replaced.
    """

    agent: str
    api: int
    owner: bool
    protocols: frozenset[int]
    tablet: str
    site_key: str | None
    nonce: str
    session_key: rsa.RSAPublicKey
    capabilities: int = UNANNOUNCED_VERSION
    asset: str | None = None
    policy: str | None = None
    offline_key: str | None = None
    rekeys: int = 0

    @property
    def tells_asset(self) -> bool:
        """Tell whether an `asset` of None means that it has none."""
        return self.capabilities >= ASSET_SINCE

    @property
    def tells_keys(self) -> bool:
        """Tell whether an `offline_key` or a `policy` of None means that it has none."""
        return self.capabilities >= KEYS_SINCE


class _Said(Form):
    """The members of `hello`; those with a default are missing in agents that do not tell them."""

    agent: Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,3}$")]
    api: ApiLevel
    owner: bool
    protocols: Annotated[tuple[int, ...], Field(min_length=1)]
    tablet: Hex32
    site_key: Hex64 | None
    nonce: Hex32
    session_key: Annotated[str, Field(pattern="^[A-Za-z0-9+/=]{100,2000}$")]
    piece_characters: Annotated[int, Field(ge=PIECE_CHARACTERS, le=PIECE_CHARACTERS)]
    pieces: Annotated[int, Field(ge=PIECES, le=PIECES)]
    capabilities: Annotated[int, Field(ge=1, le=999)] = 0
    asset: Annotated[str, Field(pattern=f"^{ASSET}$")] | None = None
    policy: Hex64 | None = None
    offline_key: Hex64 | None = None
    rekeys: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


def ask_hello(transport: Transport, *, seconds: float) -> Hello:
    """Ask who the agent is, without a key of any site.

    Raises:
        AgentAbsent, AgentClosed: there is no such agent.
        AnswerError: it died, or its answer is in no known form.
        TransportError: the way to the tablet failed.
    """
    line = call_line("hello", str(VERSION))
    reply = read_call(transport.shell(line, seconds=seconds), line)
    return read_hello(reply.require_result(line), line)


def read_hello(result: Mapping[str, object], command: str) -> Hello:
    """The result of `hello`, exactly as the contract says.

    Raises:
        AnswerError: another form, another piece size, or a session key that is not RSA-2048.
    """
    said = read_form(_Said, result, "hello", command)
    protocols = frozenset(said.protocols)
    if len(protocols) < len(said.protocols):
        raise unlike("hello.protocols", "a list of different numbers", said.protocols, command)
    return Hello(
        said.agent,
        said.api,
        said.owner,
        protocols,
        said.tablet,
        said.site_key,
        said.nonce,
        _read_key(said.session_key, command),
        said.capabilities or min(max(protocols), UNANNOUNCED_VERSION),
        said.asset,
        said.policy,
        said.offline_key,
        said.rekeys,
    )


def _read_key(text: str, command: str) -> rsa.RSAPublicKey:
    try:
        key = load_der_public_key(decode_base64(text))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != KEY_BITS:
        raise unlike("hello.session_key", "an RSA-2048 public key", text[:40], command)
    return key


def choose_protocol(hello: Hello, least: int = 1) -> int:
    """The highest protocol both sides speak.

    Args:
        least: the lowest number in which the order can be said.

    Raises:
        StepFailed: none; the agent must be updated, or the station.
    """
    common = {number for number in hello.protocols & PROTOCOLS if number >= least}
    if not common:
        spoken = ", ".join(map(str, sorted(hello.protocols)))
        ours = ", ".join(map(str, sorted(number for number in PROTOCOLS if number >= least)))
        detail = f"agent {hello.agent} speaks protocol {spoken}, this order needs {ours}: update the agent"
        reason = Reason.AGENT_TOO_OLD if max(hello.protocols, default=0) < least else Reason.AGENT_UNFIT
        raise StepFailed("agent.hello", reason, detail)
    return max(common)


def check_site(hello: Hello, key_id: str) -> None:
    """Refuse a tablet that belongs to another site before anything is sent to it.

    Raises:
        StepFailed: another site key is pinned.
    """
    if hello.site_key not in {None, key_id}:
        detail = f"the agent obeys site key {hello.site_key}, ours is {key_id}"
        raise StepFailed("agent.hello", Reason.OTHER_SITE, detail)
