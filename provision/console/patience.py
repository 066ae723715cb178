"""How long a sign-in waits after wrong ones. Nobody is locked out by somebody else's guesses.

Wrong ones are counted for an account at an address, for an address, and for an account. The first two make their own
address wait. The third slows only addresses from which that account never signed in, so that a guesser with many
addresses is slowed, and its owner at their own desk is not. No wait is longer than `LONGEST_WAIT`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

FREE_TRIES = 4
"""Wrong ones of an account at an address before it waits."""

FREE_OF_ADDRESS, FREE_OF_ACCOUNT = 20, 20
"""Wrong ones of an address with any names, and of an account at any addresses."""

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0
"""Seconds; each further wrong one doubles the wait."""

FORGOTTEN_SECONDS = 15 * 60.0
"""After so long without a wrong one they are forgotten."""

MOST_COUNTS = 10_000
"""What is remembered, whoever tries; the oldest go first."""


@dataclass(frozen=True)
class _Wrongs:
    count: int
    last: float


class Patience:
    """Counts of one process; any thread may ask.

    Args:
        clock: seconds that only go on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrongs: OrderedDict[tuple[str, str], _Wrongs] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, login: str, address: str) -> float:
        """Return the seconds until somebody at an address may try an account; 0 where it may be now.

        A try that may be counts as a wrong one until `note_right`, so that a hundred at once are no hundred tries.
        """
        now, keys = self._clock(), ((login, address), ("", address), (login, ""))
        with self._lock:
            waits = [self._tell(keys[0], FREE_TRIES, now), self._tell(keys[1], FREE_OF_ADDRESS, now)]
            if (login, address) not in self._known:
                waits.append(self._tell(keys[2], FREE_OF_ACCOUNT, now))
            if not any(waits):
                self._count(keys, now)
            return max(waits)

    def note_right(self, login: str, address: str) -> None:
        """Take the try back, and know the address as the account's own from here on."""
        with self._lock:
            self._wrongs.pop((login, address), None)
            for key in (("", address), (login, "")):
                known = self._wrongs.get(key)
                if known is not None:
                    self._wrongs[key] = replace(known, count=known.count - 1)
            self._known[login, address] = None
            self._known.move_to_end((login, address))
            while len(self._known) > MOST_COUNTS:
                self._known.popitem(last=False)

    def _count(self, keys: Iterable[tuple[str, str]], now: float) -> None:
        for key in keys:
            known = self._wrongs.pop(key, None)
            stale = known is None or now - known.last > FORGOTTEN_SECONDS
            self._wrongs[key] = _Wrongs(1 if stale or known is None else known.count + 1, now)
        while len(self._wrongs) > MOST_COUNTS:
            self._wrongs.popitem(last=False)

    def _tell(self, key: tuple[str, str], free: int, now: float) -> float:
        wrongs = self._wrongs.get(key)
        if wrongs is None or wrongs.count < free or now - wrongs.last > FORGOTTEN_SECONDS:
            return 0.0
        doubled = min(wrongs.count - free, 10)  # beyond that the longest wait is reached long since
        return max(0.0, wrongs.last + min(FIRST_WAIT * 2.0**doubled, LONGEST_WAIT) - now)
