"""A reason that a person types for the log."""

from __future__ import annotations

import click

from provision.texts.catalogue import say
from provision.texts.language import Language

LONGEST = 200


def check_reason(language: Language, why: str) -> None:
    """Raise `click.UsageError` for one that is too long for the log."""
    if len(why) > LONGEST:
        raise click.UsageError(say(language, "assign.why-long", most=LONGEST))
