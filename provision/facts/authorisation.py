"""How long adb's right to this tablet lasts without a connection.

From Android 10 on a key that was accepted "always" is forgotten when no computer that holds it connected for as long as
the setting says: seven days where there is none, 0 for never (packages document 1.9). Before 10 no key is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

LAPSES_API = 29
SETTING = ("global", "adb_allowed_connection_time")
QUERY = Query("adb authorisation", ("settings", "get", *SETTING))
USUAL_MS = 604_800_000
NEVER = 0


@dataclass(frozen=True)
class Authorisation:
    """Milliseconds that a key lives without a connection, 0 for ever.

    None where Android's own seven days stand, and where the value is not `known`.
    """

    lifetime_ms: int | None
    known: bool = True

    @property
    def lasts(self) -> bool:
        """Tell whether no key is ever forgotten."""
        return self.lifetime_ms == NEVER


UNKNOWN = Authorisation(None, known=False)


def parse(output: CommandOutput) -> Authorisation:
    """A number or `null`.

    Raises:
        AnswerError: anything else.
    """
    return Authorisation(output.read_milliseconds())
