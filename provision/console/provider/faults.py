"""Why somebody whom the identity provider sent does not come in."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """One word each; texts: `console.provider.WORD`."""

    AWAY = "away"  # no answer, or none that the standard lets it give
    CLOCK = "clock"  # its time and this computer's differ
    DENIED = "denied"  # it says no itself
    DISABLED = "disabled"  # the account is closed here
    ROLE = "role"  # none of the person's groups has a role here
    STALE = "stale"  # the answer is none to a question of this browser: old, used, or somebody else's
    TOKEN = "token"  # noqa: S105 # a word: what it signed is not for this console, or not signed as it must be
    CODE = "code"  # it does not take the code that it gave, as when it was used before


class NotVouched(Exception):
    """Nobody comes in; `why` for the page, `what` for the log: words of this program or of the standard.

    Without `what` it is not written down: anybody may bring it about, as often as they like.
    """

    def __init__(self, why: Fault, what: str = "") -> None:
        super().__init__(f"{why}: {what}")
        self.why = why
        self.what = what
