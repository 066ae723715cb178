"""A tablet's number as a person typed it on the command line."""

from __future__ import annotations

import click

from provision.identity.number import read_number
from provision.texts.catalogue import say
from provision.texts.language import Language


def read_typed(language: Language, typed: str) -> str:
    """Return a tablet's number as it is spelt.

    Raises:
        click.UsageError: it is none.
    """
    number = read_number(typed)
    if number is None:
        raise click.UsageError(say(language, "confirm.no-number", number=typed))
    return number
