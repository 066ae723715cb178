"""The question that a browser takes to the provider: state, nonce and PKCE verifier, all from one cookie. Pure.

The process keeps nothing of a question before its answer comes, so that nobody fills its memory by asking. Each of the
three follows from the cookie by a key that no browser has (`SessionBook` makes tokens of forms so, too).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from provision.console.sessions import make_token

ANSWERED_SECONDS = 600.0
"""So long somebody may take at the provider."""
LONGEST_WAY = 1000
_FORM = re.compile(r"[\w-]{43}\.[0-9]{1,12}\.[\w%.~-]{1,3000}", re.ASCII)
"""Of a cookie: token, seconds on the clock, way."""


@dataclass(frozen=True)
class Question:
    """One sign-in that somebody began.

    Attributes:
        cookie: what the browser keeps of it. then: where to afterwards, an address of the console.
        state, nonce, verifier: as RFC 6749, OpenID Connect and RFC 7636 name them.
        began: on the clock of the process, seconds.
    """

    cookie: str
    then: str
    state: str
    nonce: str
    verifier: str
    began: float


def begin(key: bytes, then: str, now: float) -> Question:
    """Return a new question."""
    way = then if len(then) <= LONGEST_WAY else "/"
    return _derive(key, f"{make_token()}.{int(now)}.{quote(way, safe='')}")


def take(key: bytes, cookie: str, state: str, now: float) -> Question | None:
    """Return the question that an answer is to; None where it is to none that this browser asked, or came too late."""
    if not _FORM.fullmatch(cookie):
        return None
    question = _derive(key, cookie)
    is_own = hmac.compare_digest(question.state.encode(), state.encode(errors="replace"))
    return question if is_own and now - question.began <= ANSWERED_SECONDS else None


def read_way(then: str) -> str:
    """Return where to after a sign-in: an address of this console, else its first page."""
    is_own = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isascii() and then.isprintable()
    return then if is_own and "\\" not in then else "/"


def write_challenge(verifier: str) -> str:
    """Return what is shown of a verifier beforehand (RFC 7636, 4.2, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def write_address(authorization: str, client: str, back: str, question: Question) -> str:
    """Return the address of the provider that a browser is led to."""
    asked: Mapping[str, str] = {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": client,
        "redirect_uri": back,
        "state": question.state,
        "nonce": question.nonce,
        "code_challenge": write_challenge(question.verifier),
        "code_challenge_method": "S256",
    }
    return f"{authorization}{'&' if '?' in authorization else '?'}{urlencode(asked)}"


def _derive(key: bytes, cookie: str) -> Question:
    _token, began, way = cookie.split(".", 2)
    state, nonce, verifier = (
        hmac.new(key, f"{name} {cookie}".encode(errors="replace"), hashlib.sha256).hexdigest()
        for name in ("state", "nonce", "verifier")
    )
    return Question(cookie, unquote(way), state, nonce, verifier, float(began))
