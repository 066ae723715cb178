"""One finding about a bench's computer: how it stands, and the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How a finding stands."""

    RIGHT = "right"
    WARNING = "warning"
    """Work goes on; some tablet will suffer from it one day."""
    FAULT = "fault"
    """Tablets cannot be worked on, or a record can be lost."""
    UNKNOWN = "unknown"
    """This computer does not tell."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        key: its text in the catalogue is `doctor.KEY`.
        values: of that text.
        command: what mends it, for a shell; None where hands must, which the text then says.
        needs_root: that command changes the computer itself.
    """

    key: str
    level: Level
    values: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None
    needs_root: bool = False
