"""How accessible the console's pages are by RGAA 4.1: the verdicts of `accessibility.yaml`, and their rate.

The state in words follows from the rate as the French order of 20 September 2019 has it: all, at least half, or fewer
of the criteria that apply. One that nobody checked counts as one that does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many criteria each of the thirteen themes of RGAA 4.1 has."""


class Verdict(StrEnum):
    """What was found of a criterion; texts: `accessibility.verdict.WORD`."""

    HELD = "held"
    BROKEN = "broken"
    UNCHECKED = "unchecked"
    NOT_ASKED = "not-asked"  # nothing of that kind stands on any page


@dataclass(frozen=True)
class Criterion:
    """One criterion.

    Attributes:
        number: `3.2`; its text is `accessibility.rgaa.3.2`.
        why: how it was judged, or why it does not hold or does not apply; word of `accessibility.why.WORD`.
    """

    number: str
    verdict: Verdict
    why: str


@dataclass(frozen=True)
class Judged:
    """Every criterion, in the order of RGAA.

    Attributes:
        day: when the pages were judged.
    """

    criteria: tuple[Criterion, ...]
    day: date

    def count(self, verdict: str) -> int:
        """How many have a verdict."""
        return sum(one.verdict == verdict for one in self.criteria)

    @property
    def asked(self) -> int:
        """How many apply to the pages."""
        return len(self.criteria) - self.count(Verdict.NOT_ASKED)

    @property
    def rate(self) -> int:
        """How many of a hundred that apply hold, rounded down."""
        return 100 * self.count(Verdict.HELD) // self.asked if self.asked else 100

    @property
    def conformity(self) -> str:
        """The state in a word of `accessibility.state.WORD`: `full`, `partial` or `none`."""
        held = self.count(Verdict.HELD)
        return "full" if held == self.asked else "partial" if 2 * held >= self.asked else "none"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    judged: date
    criteria: dict[str, dict[Verdict, str]]


@cache
def judge_pages() -> Judged:
    """Read the verdicts that come with the program.

    Raises:
        ValueError: a criterion is missing, is none, or has no verdict; a fault of the product.
    """
    text = (resources.files(__package__) / "accessibility.yaml").read_text("utf-8")
    told = _File.model_validate(yaml.safe_load(text))
    numbers = _list_numbers(told.criteria)
    return Judged(tuple(_read(number, told.criteria[number]) for number in numbers), told.judged)


def _list_numbers(told: Mapping[str, object]) -> list[str]:
    numbers = [f"{theme}.{each}" for theme, most in enumerate(THEMES, 1) for each in range(1, most + 1)]
    if set(told) != set(numbers):
        raise ValueError(f"accessibility.yaml: missing or not in RGAA 4.1: {sorted(set(told) ^ set(numbers))}")
    return numbers


def _read(number: str, told: Mapping[Verdict, str]) -> Criterion:
    if len(told) != 1:
        raise ValueError(f"accessibility.yaml: {number}: one verdict is expected")
    verdict, why = next(iter(told.items()))
    return Criterion(number, verdict, why)
