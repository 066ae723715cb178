"""Bars as SVG, for a page and for a paper alike. Pure: a name, a value and its unit, nothing from outside."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from xml.sax.saxutils import escape

from provision.texts.catalogue import printable

WIDTH, NAMES, VALUES = 720, 340, 70
ROW, BAR, LINE = 24, 16, 13
BLUE = "#0072b2"
"""Okabe and Ito's: told from black and white by every eye."""

LONGEST_LINE, MOST_LINES = 50, 3
"""Signs of 12 px in the column of names, and lines there."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it counts, how much, and how that is written."""

    name: str
    value: float
    told: str


def draw_bars(bars: Sequence[Bar]) -> str:
    """Return the bars below each other, the longest as wide as the picture lets it; each with its figure beside it."""
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    room = WIDTH - NAMES - VALUES
    names = [_split_name(bar.name) for bar in bars]
    heights = [ROW + LINE * (len(lines) - 1) for lines in names]
    middles = [end - height / 2 for end, height in zip(accumulate(heights), heights, strict=True)]
    rows = "".join(
        _draw_bar(lines, bar, middle, room * max(bar.value, 0.0) / most)
        for lines, bar, middle in zip(names, bars, middles, strict=True)
    )
    height = sum(heights)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    font = 'font-family="DejaVu Sans, sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>{rows}</svg>'


def _draw_bar(lines: Sequence[str], bar: Bar, middle: float, length: float) -> str:
    first = middle + 4 - LINE * (len(lines) - 1) / 2
    name = "".join(
        f'<text x="{NAMES - 8}" y="{first + LINE * number:g}" text-anchor="end">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'{name}<rect x="{NAMES}" y="{middle - BAR / 2:g}" width="{length:.1f}" height="{BAR}" fill="{BLUE}"/>'
        f'<text x="{NAMES + length + 6:.1f}" y="{middle + 4:g}">{escape(printable(bar.told))}</text>'
    )


def _split_name(name: str) -> Sequence[str]:
    """Return the lines of a name, whole in nearly every case: a reason that is cut cannot be told from its like."""
    clean = printable(name)
    return textwrap.wrap(clean, LONGEST_LINE, break_on_hyphens=False, max_lines=MOST_LINES, placeholder="…") or [""]
