"""Identities of real devices as data, and what identity says of each.

`corpus.jsonl` holds property values (facts) with their public source; `corpus.tsv` is the answer row by row, kept so
that a change of a rule shows which devices it touches; this file run as a program prints it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from provision.facts.props import Props
from provision.identity.identify import Identification, identify
from provision.profiles.match import choose
from provision.profiles.model import MatchedOn, Profiles
from tests.case_files import load_shipped

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests/cases/identity"
UNKNOWN = "unknown"
HEAD = ("id", "captured", "kind", "said", "maker", "vendor", "model", "profile", "accepted")


@dataclass(frozen=True)
class Row:
    """One device of the corpus and what is said of it."""

    said: dict[str, str]
    truth: dict[str, Any]

    @property
    def is_captured(self) -> bool:
        """Read from firmware or from the device itself, not from a list."""
        return bool(self.truth["captured"] != "listing")

    @property
    def kind_is_wrong(self) -> bool:
        """Another kind was said; `unknown` is not wrong."""
        return self.said["said"] not in (UNKNOWN, self.truth["kind"])

    @property
    def vendor_is_wrong(self) -> bool:
        """Another maker was said; `Onn (Joyar)` is right as Onn and as Joyar."""
        names = {part.strip(" )").casefold() for part in re.split(r"[()]", self.truth["maker"])}
        same = {"lge": "lg"}
        return self.said["vendor"] != UNKNOWN and self.said["vendor"].casefold() not in {same.get(n, n) for n in names}

    @property
    def is_right(self) -> bool:
        """Kind and maker are said, and both are right."""
        return UNKNOWN not in (self.said["said"], self.said["vendor"]) and not (
            self.kind_is_wrong or self.vendor_is_wrong
        )


@cache
def shipped() -> Profiles:
    """The makers' profiles of this checkout, without those of single models: rules are measured, not lists."""
    found = load_shipped()
    return replace(found, known=tuple(each for each in found.known if each.matched_on is MatchedOn.VENDOR))


def read_rows() -> Iterator[Row]:
    """Every device, identified."""
    for line in (FOLDER / "corpus.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        found = identify(Props(truth["props"]), lambda values: choose(values, shipped()))
        yield Row(_say(truth, found), truth)


def _say(truth: dict[str, Any], found: Identification) -> dict[str, str]:
    said = {name: truth[name] for name in ("id", "captured", "kind", "maker")}
    said |= {
        "said": found.kind.value if found.kind else UNKNOWN,
        "vendor": found.maker.name if found.maker else UNKNOWN,
    }
    return said | {"model": found.model, "profile": found.profile.name, "accepted": "yes" if found.accepted else "no"}


def table() -> str:
    """All rows as tab-separated text."""
    lines = [HEAD, *(tuple(row.said[name] for name in HEAD) for row in read_rows())]
    return "".join("\t".join(line) + "\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(table())
