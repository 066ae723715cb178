"""What was asked for of a whole call of the program, known also where its command ended with an error."""

from __future__ import annotations

from dataclasses import dataclass

from provision.texts.catalogue import Language


@dataclass
class Asked:
    """Options of the call (`click.Context.obj`).

    Attributes:
        language: None for the computer's.
    """

    language: Language | None = None
