"""How long a sign-in waits after wrong ones. No account is ever locked, and no wait is longer than `LONGEST_WAIT`.

Wrong ones are counted for an account at an address, for an address, and for an account at all addresses; the longest
wait counts. A browser that signed in to the account since the console began shows so (`sessions.write_device`) and has
a count of its own: whoever guesses, at the same address or at many, never makes it wait.

Any other browser shares its counts with whoever guesses, as all do after a new start of the console: while guesses go
on, each one that is let in begins the wait anew, and who is to come in must be there first when it ends.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
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


Key = tuple[str, str, str]
"""Account, address and browser that wrong ones are counted for; empty for any."""


def _list_counts(login: str, address: str, device: str) -> Mapping[Key, int]:
    """The counts of a try with what is free in each; the account's own comes first."""
    if device:
        return {(login, "", device): FREE_TRIES}
    return {
        (login, address, ""): FREE_TRIES,
        ("", address, ""): FREE_OF_ADDRESS,
        (login, "", ""): FREE_OF_ACCOUNT,
    }


class Patience:
    """Counts of one process; any thread may ask.

    Args:
        clock: seconds that only go on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrongs: OrderedDict[Key, _Wrongs] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, login: str, address: str, device: str = "") -> float:
        """Return the seconds until somebody may try an account; 0 where it may be now.

        A try that may be counts as a wrong one until `note_right`, so that a hundred at once are no hundred tries.

        Args:
            device: what a browser shows that signed in to this very account before; empty for any other.
        """
        now, counts = self._clock(), _list_counts(login, address, device)
        with self._lock:
            wait = max(self._tell(key, free, now) for key, free in counts.items())
            if not wait:
                self._count(counts, now)
            return wait

    def note_right(self, login: str, address: str, device: str = "") -> None:
        """Take the try back, and forget the wrong ones of the account there."""
        own, *others = _list_counts(login, address, device)
        with self._lock:
            self._wrongs.pop(own, None)
            for key in others:
                known = self._wrongs.get(key)
                if known is not None:
                    self._wrongs[key] = replace(known, count=known.count - 1)

    def _count(self, keys: Iterable[Key], now: float) -> None:
        for key in keys:
            known = self._wrongs.pop(key, None)
            stale = known is None or now - known.last > FORGOTTEN_SECONDS
            self._wrongs[key] = _Wrongs(1 if stale or known is None else known.count + 1, now)
        while len(self._wrongs) > MOST_COUNTS:
            self._wrongs.popitem(last=False)

    def _tell(self, key: Key, free: int, now: float) -> float:
        wrongs = self._wrongs.get(key)
        if wrongs is None or wrongs.count < free or now - wrongs.last > FORGOTTEN_SECONDS:
            return 0.0
        doubled = min(wrongs.count - free, 10)  # beyond that the longest wait is reached long since
        return max(0.0, wrongs.last + min(FIRST_WAIT * 2.0**doubled, LONGEST_WAIT) - now)
