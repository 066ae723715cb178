"""Packages that no profile may remove: families as data (`needed.yaml`), compared by whole names.

A removal list is read by many benches and tried by none of them first. What boot, WebView, typing, permission
screens, calls, Wi-Fi, updates or care may need is refused where the list is read (packages document 5.2), whatever
the public list calls it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache
from pathlib import Path

from pydantic import Field

from provision.config.faults import FileModel
from provision.config.source import load

NEEDED = Path(__file__).with_name("needed.yaml")


class Family(FileModel):
    """One purpose and the names that serve it; `*` in a name stands for anything.

    `may_be_disabled`: a switch may disable them, because the way back is one command and nothing else rests on them.
    """

    family: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    may_be_disabled: bool = False
    spared: tuple[str, ...] = Field(default=(), alias="except")


class NeededFile(FileModel):
    """`needed.yaml`."""

    families: tuple[Family, ...] = Field(min_length=1)


def find_family(package: str, *, disabling: bool = False) -> str | None:
    """The purpose that may need the package, None where nothing does.

    `disabling`: the package stays on the tablet, disabled for the user.
    """
    found = (
        family.family
        for family, needed, spared in _load()
        if needed.match(package) and not spared.match(package)
        if not (disabling and family.may_be_disabled)
    )
    return next(found, None)


@cache
def _load() -> tuple[tuple[Family, re.Pattern[str], re.Pattern[str]], ...]:
    families = load(NEEDED, NeededFile).families
    return tuple((each, _compile(each.names), _compile(each.spared)) for each in families)


def _compile(names: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all names; without a name it is met by nothing."""
    return re.compile("|".join(map(translate, names)) or r"(?!)", re.IGNORECASE)
