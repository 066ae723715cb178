"""Who is signed in: in the memory of the process alone, so that its end signs everybody out.

A browser shows a random token as a cookie. A form of its page shows what follows from the token by a key that no
browser has, so that no page of somebody else can send one (`write_form_token`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

IDLE_SECONDS = 30 * 60.0
"""So long a browser may be silent."""

LONGEST_SECONDS = 10 * 3600.0
"""A shift; then somebody signs in again, whatever they did meanwhile."""

MOST_SESSIONS = 500
"""Of all persons; the one that was silent longest ends for another."""

MOST_OF_ONE = 5
"""Of one person."""


@dataclass(frozen=True)
class Session:
    """One browser that somebody signed in with.

    Attributes:
        pseudonym: whose. changed: of the account when it began; another count ends it.
        opened, seen: on the clock of the book, seconds.
    """

    pseudonym: str
    changed: int
    opened: float
    seen: float


class SessionBook:
    """The sessions of one process; any thread may ask.

    Args:
        clock: seconds that only go on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, pseudonym: str, changed: int) -> str:
        """Begin a session; returns its token."""
        token, now = make_token(), self._clock()
        with self._lock:
            self._drop_over(now)
            own = [each for each, one in self._sessions.items() if one.pseudonym == pseudonym]
            self._make_room(own, MOST_OF_ONE)
            self._make_room(list(self._sessions), MOST_SESSIONS)
            self._sessions[_digest(token)] = Session(pseudonym, changed, now, now)
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of a token and note that it was seen; None where there is none, or it is over."""
        now, digest = self._clock(), _digest(token)
        with self._lock:
            found = self._sessions.get(digest)
            if found is None or _is_over(found, now):
                self._sessions.pop(digest, None)
                return None
            self._sessions[digest] = replace(found, seen=now)
            return found

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_digest(token), None)

    def write_form_token(self, token: str) -> str:
        """Return what forms of a page show that was made for this cookie."""
        return hmac.new(self._key, f"form {token}".encode(errors="replace"), hashlib.sha256).hexdigest()

    def is_form_token(self, token: str, shown: str) -> bool:
        """Tell whether a form is of a page that was made for this cookie."""
        return bool(token) and hmac.compare_digest(
            self.write_form_token(token).encode(), shown.encode(errors="replace")
        )

    def write_device(self, login: str) -> str:
        """Return what a browser keeps that signed in to an account, good as long as this process runs."""
        nonce = make_token()
        return f"{nonce}.{self._sign_device(login, nonce)}"

    def is_device(self, login: str, shown: str) -> bool:
        """Tell whether a browser signed in to an account before."""
        nonce, _, signed = shown.partition(".")
        return hmac.compare_digest(self._sign_device(login, nonce).encode(), signed.encode(errors="replace"))

    def _sign_device(self, login: str, nonce: str) -> str:
        return hmac.new(self._key, f"device {login} {nonce}".encode(errors="replace"), hashlib.sha256).hexdigest()

    def _drop_over(self, now: float) -> None:
        self._sessions = {each: one for each, one in self._sessions.items() if not _is_over(one, now)}

    def _make_room(self, among: list[str], most: int) -> None:
        """End those that were silent longest, so that there is room for one more."""
        among.sort(key=lambda each: self._sessions[each].seen)
        for each in among[: max(0, len(among) - most + 1)]:
            del self._sessions[each]


def make_token() -> str:
    """Return a new token: 256 random bits."""
    return secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    """Look up by a digest, so that the time of a look tells nothing of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _is_over(session: Session, now: float) -> bool:
    return now - session.seen > IDLE_SECONDS or now - session.opened > LONGEST_SECONDS
