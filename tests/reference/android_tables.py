"""The committed tables of Android's class files, and how a claim about names and API levels is held against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "provision" / "reference" / "facts"
ALL = range(21, 38)

Levels = frozenset[int]


def span(levels: Iterable[int]) -> str:
    """API levels as text: `21-23,26`."""
    runs = groupby(enumerate(sorted(levels)), lambda pair: pair[1] - pair[0])
    ends = [[level for _, level in run] for _, run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in ends)


def levels_of(text: str) -> Levels:
    """The API levels of such a text."""
    ends = [part.partition("-") for part in text.split(",")]
    return frozenset(level for first, _, last in ends for level in range(int(first), int(last or first) + 1))


@cache
def table(name: str) -> Any:  # noqa: ANN401 # tables differ in depth
    """One table as it is committed."""
    return json.loads((FACTS / f"{name}.json").read_text())


def _leaves(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(levels, name) of a table or a part of one."""
    for key, value in part.items():
        if isinstance(value, list):
            yield from ((key, name) for name in value)
        else:
            yield from _leaves(value)


def read(name: str, *groups: str) -> dict[str, Levels]:
    """The names of a table, or of one group of it, with the levels on which they stand anywhere in it."""
    part = table(name)
    for group in groups:
        part = part[group]
    found: dict[str, Levels] = {}
    for levels, one in _leaves(part):
        found[one] = found.get(one, frozenset()) | levels_of(levels)
    return found


class Rule(Enum):
    """What a claim says: just these levels, at least on these, or that the name exists on any level."""

    EXACTLY = "exactly"
    WITHIN = "within"
    SOMEWHERE = "somewhere"


@dataclass(frozen=True)
class Comparison:
    """Claims of one source against the tables.

    Attributes:
        claims: name to the levels on which the source says it holds.
        real: name to the levels on which it does.
        rule: what a claim says.
        over: levels that the tables can judge; a mapping where they differ by name.
        least: how many names the source has at least; fewer means that this test reads it no more.
    """

    claims: Callable[[], Mapping[str, Levels]]
    real: Callable[[], Mapping[str, Levels]]
    rule: Rule
    least: int
    over: Levels = frozenset(ALL)

    def differences(self) -> dict[str, str]:
        """Names with the levels on which claim and tables differ."""
        claims, real = self.claims(), self.real()
        assert len(claims) >= self.least, f"only {len(claims)} names read: {sorted(claims)}"
        found = {name: self._differing(levels, real.get(name, frozenset())) for name, levels in claims.items()}
        return {name: span(levels) for name, levels in sorted(found.items()) if levels}

    def _differing(self, claimed: Levels, real: Levels) -> Levels:
        if self.rule is Rule.SOMEWHERE:
            return frozenset() if real else claimed & self.over
        return ((claimed ^ real) if self.rule is Rule.EXACTLY else (claimed - real)) & self.over


def since(first: int) -> Levels:
    """From one level on."""
    return frozenset(level for level in ALL if level >= first)
