"""Bands of Android releases in which the agent's own code does the same thing, read in its source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

LEVEL = r"\b(?:SDK_INT|api\(\))"
COMPARED = re.compile(LEVEL + r"\s*(<=|>=|==|!=|<|>)\s*(\d+)\b")
NAMED = re.compile(r"\bint\s+\w*_API\s*=\s*(\d+)\b")
"""A level that has a name, such as `RESTART_API`: a band begins there, however it is compared."""
AFTER = {"<=", ">"}
ALONE = {"==", "!="}


def begin_bands(files: Iterable[Path]) -> set[int]:
    """The API levels from which some comparison in these Java files has another answer than one level below."""
    begun: set[int] = set()
    for file in files:
        text = file.read_text("utf-8")
        begun.update(int(level) for level in NAMED.findall(text))
        for sign, number in COMPARED.findall(text):
            level = int(number)
            if sign not in AFTER:
                begun.add(level)
            if sign in AFTER | ALONE:
                begun.add(level + 1)
    return begun


def one_of_each(levels: Iterable[int], begun: set[int]) -> list[int]:
    """The first level of each band, and the newest of all."""
    known = sorted(levels)
    firsts = {next((level for level in known if level >= begin), known[-1]) for begin in begun}
    return [level for level in known if level in firsts or level in {known[0], known[-1]}]
