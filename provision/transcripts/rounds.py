"""Rounds of questions (`facts.ask.run_batch`) as single commands: `LINE; echo MARK:$?; LINE; echo MARK:$?`.

Where the streams come apart each mark is followed by `echo MARK >&2`, which prints it on standard error, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(
    r"(?P<line>.*?); echo (?P<mark>[0-9a-f]{16}):\$\?(?P<apart>; echo (?P=mark) >&2)?(?:; |$)", re.DOTALL
)


@dataclass(frozen=True)
class RoundPart:
    """One command of a round; `text` and `status` None where its answer never ended; `err` empty where merged."""

    line: str
    text: str | None = None
    status: int | None = None
    err: str = ""


def find_parts(line: str) -> tuple[str, tuple[str, ...]] | None:
    """The mark and the commands of a round; None for any other line."""
    found = list(_PART.finditer(line))
    marks = {part["mark"] for part in found}
    if len(marks) != 1 or found[-1].end() != len(line):
        return None
    return marks.pop(), tuple(part["line"] for part in found)


def split_answer(line: str, out: str, err: str = "") -> tuple[RoundPart, ...] | None:
    """The commands of a round with their answers, None for any other line."""
    parts = find_parts(line)
    if parts is None:
        return None
    mark, lines = parts
    pieces = re.split(rf"{mark}:(\d+)\n?", out)
    texts, statuses = pieces[0::2], pieces[1::2]
    said = [*re.split(rf"{mark}\n?", err), *[""] * len(lines)]
    whole = [
        RoundPart(one, text, int(status), words)
        for one, text, status, words in zip(lines, texts, statuses, said, strict=False)
    ]
    return (*whole, *(RoundPart(one) for one in lines[len(whole) :]))
