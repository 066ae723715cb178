"""The agent policy table of the reference (Wi-Fi and kiosk document, section 11), read cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "provision/reference/android-wifi-kiosk-policy.md"
BANDS = (21, 23, 29, 31, 33, 35)
"""First API level of each column."""


@dataclass(frozen=True)
class Levels:
    """First API levels on which a row can be set and enforced; None for none."""

    set_from: int | None = None
    enforced_from: int | None = None


def read_table() -> Mapping[int, tuple[str, ...]]:
    """The cells of each row by its number."""
    text = DOCUMENT.read_text("utf-8").partition("## 11. Agent policy table")[2].partition("## 12.")[0]
    rows = (re.split(r"\s*\|\s*", line.strip("| ")) for line in text.splitlines() if re.match(r"\| \d+ \|", line))
    return {int(row[0]): tuple(row[2 : 2 + len(BANDS)]) for row in rows}


def read_levels(cells: tuple[str, ...], restriction: str | None) -> Levels:
    """When a row holds how firmly.

    Args:
        cells: of the row.
        restriction: the one user restriction that is meant where the row names several means; None for the first means.
    """
    found: dict[str, int] = {}
    mine = restriction is None or not any("r(" in cell for cell in cells)
    others = False
    for level, text in _segments(cells):
        named = re.findall(r"r\((\w+)\)", text)
        added = text.startswith("+") or (named and restriction not in named)
        if named:
            mine, others = restriction in named or (restriction is None and not added), others or bool(added)
        mark = _read_mark(text)
        if mark is not None and (mine or (restriction is None and not others)):
            found.setdefault(mark, level)
    return Levels(found.get("S"), found.get("E"))


def _segments(cells: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The parts of each cell with the level they begin on: the band's, or one that they name first."""
    for band, cell in zip(BANDS, cells, strict=True):
        for text in cell.split("; "):
            named = re.match(r"(?:\+ )?(\d\d)\b", text)
            yield int(named[1]) if named else band, text


def _read_mark(text: str) -> str | None:
    """`S` or `E`; what stands in brackets after it counts more, and what is only read is as good as set."""
    if "read only" in text:
        return "S"
    plain = re.sub(r"`[^`]*`", "", text)
    weaker = re.search(r"\([^)]*: (S)\)", plain)
    marks = re.findall(r"\b([SE])\b", re.sub(r"\([^)]*\)", "", plain))
    return weaker[1] if weaker else marks[-1] if marks else None
