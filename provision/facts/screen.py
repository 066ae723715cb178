"""Screen timeout."""

from __future__ import annotations

from dataclasses import dataclass

from provision.facts.ask import Ask, Section

ASK = Ask("screen_off_timeout", ("settings", "get", "system", "screen_off_timeout"))


@dataclass(frozen=True)
class Screen:
    """Milliseconds until the screen goes dark; None when the tablet keeps its own default."""

    timeout_ms: int | None


def parse(section: Section) -> Screen:
    """A number or `null`.

    Raises:
        AnswerError: anything else.
    """
    return Screen(section.read_milliseconds())
