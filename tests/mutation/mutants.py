"""The mutants of `mutants.yaml`, and what becomes of each in a copy of its party."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.mutation.parties import JUDGES, Party, Unusable

LIST = Path(__file__).with_name("mutants.yaml")


@dataclass(frozen=True)
class Mutant:
    """One change that breaks one party: `old` stands exactly once in `file`."""

    party: str
    file: str
    old: str
    new: str
    breaks: str

    def apply(self, folder: Path) -> str:
        """Change the copy in `folder`; returns the file's text before.

        Raises:
            Unusable: `old` is not there exactly once.
        """
        file = folder / self.file
        before = file.read_text("utf-8")
        if before.count(self.old) != 1:
            raise Unusable(f"{self.file}: {before.count(self.old)} times instead of once: {self.old!r}")
        file.write_text(before.replace(self.old, self.new), "utf-8")
        return before


def load() -> list[Mutant]:
    """All mutants, party by party."""
    listed = yaml.safe_load(LIST.read_text("utf-8"))
    return [Mutant(party, **one) for party, mutants in listed.items() for one in mutants]


def try_all(party: str, mutants: Iterable[Mutant], folder: Path) -> Iterator[tuple[Mutant, str]]:
    """Each mutant of one party with `caught`, `SURVIVED`, or why it could not be tried.

    Raises:
        Unusable: the unchanged copy does not pass, so that being caught would mean nothing.
    """
    one = JUDGES[party]
    one.copy(folder)
    if not one.passes(folder):
        raise Unusable(f"{party}: the unchanged copy does not pass its vectors")
    for mutant in mutants:
        yield mutant, _try(one, mutant, folder)


def _try(party: Party, mutant: Mutant, folder: Path) -> str:
    try:
        before = mutant.apply(folder)
    except Unusable as error:
        return f"NOT FOUND: {error}"
    try:
        return "SURVIVED" if party.passes(folder) else "caught"
    except Unusable as error:
        return f"NOT TRIED: {error}"
    finally:
        (folder / mutant.file).write_text(before, "utf-8")
