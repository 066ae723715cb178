"""`hello`: who the agent is, whether it is owner, and this life's nonce and key (contract 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from provision.agent.answers import HEX_32
from provision.agent.contract import PIECE_CHARACTERS, PIECES, PROTOCOLS
from provision.agent.rows import UNANNOUNCED_VERSION
from provision.agent.strict_json import Members, decode_base64
from provision.errors import AnswerError, StepFailed
from provision.terms import Reason

KEY_BITS = 2048


@dataclass(frozen=True)
class Hello:
    """One agent now.

    Attributes:
        agent: its version name.
        tablet: its own id, kept until a factory reset or `release`.
        site_key: key id of the pinned site key, None before the first order.
        nonce, session_key: live as long as its process.
        capabilities: version of the capability table it has.
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


def read_hello(result: Mapping[str, object], command: str) -> Hello:
    """The result of `hello`, exactly as the contract says.

    Raises:
        AnswerError: another form, another piece size, or a session key that is not RSA-2048.
    """
    members = Members(dict(result), "hello", command)
    key = members.text_or_null("site_key")
    if key is not None and not re.fullmatch("[0-9a-f]{64}", key):
        raise members.unlike("site_key", "a key id or null", key)
    sizes = (members.number("piece_characters"), members.number("pieces"))
    if sizes != (PIECE_CHARACTERS, PIECES):
        raise members.unlike("piece_characters", f"{PIECE_CHARACTERS} and {PIECES} pieces", sizes)
    protocols = _read_protocols(members)
    announced = members.number("capabilities", 1, 999) if members.has("capabilities") else None
    hello = Hello(
        members.text("agent", r"\d{1,4}(\.\d{1,4}){0,3}"),
        members.number("api", 21, 99),
        members.flag("owner"),
        protocols,
        members.text("tablet", HEX_32),
        key,
        members.text("nonce", HEX_32),
        _read_key(members.text("session_key", r"[A-Za-z0-9+/=]{100,2000}"), command),
        announced or min(max(protocols), UNANNOUNCED_VERSION),
    )
    members.end()
    return hello


def _read_protocols(members: Members) -> frozenset[int]:
    numbers = members.items("protocols")
    spoken = frozenset(number for number in numbers if type(number) is int)
    if not spoken or len(spoken) < len(numbers):
        raise members.unlike("protocols", "a list of different numbers", numbers)
    return spoken


def _read_key(text: str, command: str) -> rsa.RSAPublicKey:
    try:
        key = load_der_public_key(decode_base64(text))
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != KEY_BITS:
        raise AnswerError(command, "hello.session_key: an RSA-2048 public key", text[:40])
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
