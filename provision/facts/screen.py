"""Screen timeout."""

from __future__ import annotations

from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

QUERY = Query("screen_off_timeout", ("settings", "get", "system", "screen_off_timeout"))


@dataclass(frozen=True)
class Screen:
    """Milliseconds until the screen goes dark.

    None when the tablet keeps its own default, and where the value is not `known`.
    """

    timeout_ms: int | None
    known: bool = True


UNKNOWN = Screen(None, known=False)


def parse(output: CommandOutput) -> Screen:
    """A number or `null`.

    Raises:
        AnswerError: anything else.
    """
    return Screen(output.read_milliseconds())
