"""The fixed words of the agent contract, protocols 1 to 5 (`apks/agent/CONTRACT.md`)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from enum import StrEnum

from provision.agent.rows import CLOSED_MEMBERS
from provision.terms import Reason

AGENT = "org.provision.agent"
"""The agent's package."""

ADMIN = f"{AGENT}/.AdminReceiver"
"""Its admin receiver, as `dpm` takes it on every release."""

HOME = f"{AGENT}/{AGENT}.screen.HomeActivity"
"""Its launcher, as its report names it."""

ASSET = "[A-Z0-9]{1,8}-[0-9]{1,8}"
"""The form of asset ids (contract 7)."""

URI = f"content://{AGENT}.station"
PROTOCOLS = frozenset({1, 2, 3, 4, 5})
"""Protocol numbers this station speaks."""

_FIRST_PROTOCOL = {"applications": 2, "grants": 3, "networks": 4} | dict.fromkeys(
    (
        "alerts",
        "ringer",
        "updates",
        "in_task",
        "family",
        "stay",
        "staff",
        "outside",
        "offline",
        "screen",
        *CLOSED_MEMBERS,
    ),
    5,
)
"""Members of a policy that not every protocol has, and the first one that does."""

PIECE_CHARACTERS, PIECES = 1536, 64
LINE_BYTES = 2048
"""No command is longer: adbd of 5.x and 6.0 takes lines below 4 kB only (reference, packages document 1.8)."""

REKEY_PROTOCOL = 5
"""The first protocol with the orders `rekey`, `prove` and `request`."""

ID = re.compile(r"[0-9a-f]{16}")


class OrderName(StrEnum):
    """Every order (contract 6)."""

    APPLY = "apply"
    REPORT = "report"
    SHOW = "show"
    DRILL = "drill"
    LIFT = "lift"
    CLEAN = "clean"
    RELEASE = "release"
    REKEY = "rekey"
    PROVE = "prove"
    REQUEST = "request"


class Code(StrEnum):
    """Every error code (contract 12)."""

    METHOD_UNKNOWN = "method-unknown"
    PIECE_INVALID = "piece-invalid"
    PIECE_TOO_LARGE = "piece-too-large"
    UPLOAD_INCOMPLETE = "upload-incomplete"
    DIGEST_DIFFERS = "digest-differs"
    ENVELOPE_INVALID = "envelope-invalid"
    SIGNATURE_WRONG = "signature-wrong"
    SITE_KEY_FOREIGN = "site-key-foreign"
    REKEY_STALE = "rekey-stale"
    OFFLINE_KEY_FOREIGN = "offline-key-foreign"
    TABLET_FOREIGN = "tablet-foreign"
    SITE_FOREIGN = "site-foreign"
    NONCE_UNKNOWN = "nonce-unknown"
    SESSION_UNKNOWN = "session-unknown"
    PROTOCOL_UNKNOWN = "protocol-unknown"
    ORDER_UNKNOWN = "order-unknown"
    ORDER_INVALID = "order-invalid"
    NETWORK_UNSUPPORTED = "network-unsupported"
    NOT_OWNER = "not-owner"
    OWNED = "owned"
    BUSY = "busy"
    POLL_UNKNOWN = "poll-unknown"
    WRONG_CODE = "wrong-code"
    LOCKED_OUT = "locked-out"
    FAILED = "failed"


RETRY_FROM_HELLO = frozenset({
    Code.UPLOAD_INCOMPLETE, Code.DIGEST_DIFFERS, Code.NONCE_UNKNOWN, Code.SESSION_UNKNOWN, Code.POLL_UNKNOWN,
})  # fmt: skip
"""The agent's process was killed or a piece was damaged: say `hello` and send the order again (contract 2)."""

_REASONS = {  # the name is compared after the key, so that a tablet of another name is one of this site
    Code.SITE_KEY_FOREIGN: Reason.OTHER_SITE,
    Code.REKEY_STALE: Reason.SITE_KEY_NEWER,
    Code.OFFLINE_KEY_FOREIGN: Reason.OFFLINE_KEY_OTHER,
    Code.SITE_FOREIGN: Reason.SITE_RENAMED,
    Code.NOT_OWNER: Reason.OWNER_REFUSED,
    Code.BUSY: Reason.TABLET_HUNG,
    Code.NETWORK_UNSUPPORTED: Reason.NETWORK_UNSUPPORTED,
    Code.FAILED: Reason.READ_BACK_DIFFERS,
}


def reason_of(code: Code) -> Reason:
    """Name the reason for a technician; a code that only a fault of the station or the agent causes: `agent-unfit`."""
    return _REASONS.get(code, Reason.AGENT_UNFIT)


def least_protocol(body: Mapping[str, object]) -> int:
    """The lowest protocol number in which an order's body can be said."""
    networks = body.get("networks")
    chosen = isinstance(networks, list) and any({"mac", "proxy"} & one.keys() for one in networks)
    return max((5 if chosen else 1, *(first for member, first in _FIRST_PROTOCOL.items() if member in body)))


def call_line(method: str, argument: str | None = None) -> str:
    """One `content call`; no word of the contract holds a character that a shell treats specially."""
    words = ["content", "call", "--uri", URI, "--method", method]
    return shlex.join(words if argument is None else [*words, "--arg", argument])


def rows_line(order: str) -> str:
    """The `content query` for the answer to a committed document."""
    return shlex.join(["content", "query", "--uri", f"{URI}/answer/{order}"])
