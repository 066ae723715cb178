"""What was asked for of a whole call of the program, known also where its command ended with an error."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from provision.texts.catalogue import Language


@dataclass
class Asked:
    """Options of the call (`click.Context.obj`).

    Attributes:
        language: None for the computer's.
        prints_only: its text is all that comes of it, so that it failed where the text was lost.
    """

    language: Language | None = None
    prints_only: bool = False


def note_language(language: Language | None) -> None:
    """Remember what the call speaks, for what is said after its command ended."""
    context = click.get_current_context(silent=True)
    asked = None if context is None else context.find_root().obj
    if isinstance(asked, Asked) and language is not None:
        asked.language = language


Ended = TypeVar("Ended")


def prints_only(command: Callable[..., Ended]) -> Callable[..., Ended]:
    """Mark a command of whose work nothing is left but what it prints, neither a change nor a verdict."""

    @functools.wraps(command)
    def run(*given: object, **named: object) -> Ended:
        asked = click.get_current_context().find_root().obj
        if isinstance(asked, Asked):
            asked.prints_only = True
        return command(*given, **named)

    return run
