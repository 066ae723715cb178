"""The maintenance code: eight digits shown, eight digits answered, wrong answers lock (contract 11).

Time is the time since boot: the clock of a flat tablet without network is years behind.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections.abc import Callable

from provision.virtual.android.agent.reading import Refused, read_base64, write_base64

LOCK_SECONDS, LONGEST_DOUBLING = 900, 1


def new_digits() -> str:
    """Eight decimal digits."""
    return f"{secrets.randbelow(10**8):08d}"


def hotp(secret: bytes, counter: int) -> str:
    """RFC 4226, HMAC-SHA-1, eight digits."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**8:08d}"


class CodeLock:
    """Challenge, tries and lock-out, kept in the agent's private storage.

    Args:
        store: the private storage.
        now: seconds since boot.
        draw: makes the digits of a challenge.
    """

    def __init__(self, store: dict[str, str], now: Callable[[], float], draw: Callable[[], str] = new_digits) -> None:
        self._store, self._now, self._draw = store, now, draw

    def configure(self, secret: bytes, tries: int) -> None:
        """Set the secret and how many wrong answers lock; challenge and tries stay."""
        self._store["code.secret"] = write_base64(secret)
        self._store["code.most"] = str(tries)

    @property
    def challenge(self) -> str:
        """The digits shown; the same until they were answered or locked."""
        return self._store.setdefault("code.challenge", self._draw())

    @property
    def seconds_locked(self) -> int:
        """Seconds until the next try, 0 for now; a reboot starts the whole lock-out again."""
        locks = int(self._store.get("code.locks", "0"))
        if not locks or "code.locked_at" not in self._store:
            return 0
        if self._now() < float(self._store["code.locked_at"]):
            self._store["code.locked_at"] = str(self._now())
        lasts = LOCK_SECONDS << min(locks - 1, LONGEST_DOUBLING)
        return max(0, math.ceil(float(self._store["code.locked_at"]) + lasts - self._now()))

    def answer(self, digits: str) -> None:
        """Test an answer; each right one works once.

        Raises:
            Refused: `wrong-code` with the tries left, `locked-out` with the seconds left.
        """
        locked = self.seconds_locked
        if locked or "code.secret" not in self._store:
            raise Refused("locked-out", str(locked))
        right = hotp(read_base64(self._store["code.secret"]), int(self.challenge))
        if not hmac.compare_digest(digits.encode(), right.encode()):
            self._count_wrong()
        self.lift()
        self._store["code.challenge"] = self._draw()

    def lift(self) -> None:
        """Forget wrong answers and end a lock-out."""
        for name in ("code.wrong", "code.locks", "code.locked_at"):
            self._store.pop(name, None)

    def _count_wrong(self) -> None:
        """Count one wrong answer, lock at the last one; always refuses."""
        wrong = int(self._store.get("code.wrong", "0")) + 1
        left = int(self._store["code.most"]) - wrong
        if left > 0:
            self._store["code.wrong"] = str(wrong)
            raise Refused("wrong-code", str(left))
        self._store.pop("code.wrong", None)
        self._store["code.locks"] = str(int(self._store.get("code.locks", "0")) + 1)
        self._store["code.locked_at"] = str(self._now())
        self._store["code.challenge"] = self._draw()
        raise Refused("locked-out", str(self.seconds_locked))
