"""Bars as SVG, for a page and for a paper alike. Pure: a name, a value and its unit, nothing from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from provision.texts.catalogue import printable

WIDTH, NAMES, VALUES = 720, 340, 70
ROW, BAR = 24, 16
BLUE = "#0072b2"
"""Okabe and Ito's: told from black and white by every eye."""

LONGEST_NAME = 52
"""Signs of 12 px in the column of names."""


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
    rows = "".join(_draw_bar(number, bar, room * max(bar.value, 0.0) / most) for number, bar in enumerate(bars))
    height = ROW * len(bars)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    font = 'font-family="DejaVu Sans, sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>{rows}</svg>'


def _draw_bar(number: int, bar: Bar, length: float) -> str:
    top, middle = number * ROW + (ROW - BAR) / 2, number * ROW + ROW / 2 + 4
    return (
        f'<text x="{NAMES - 8}" y="{middle:g}" text-anchor="end">{_write(bar.name)}</text>'
        f'<rect x="{NAMES}" y="{top:g}" width="{length:.1f}" height="{BAR}" fill="{BLUE}"/>'
        f'<text x="{NAMES + length + 6:.1f}" y="{middle:g}">{_write(bar.told)}</text>'
    )


def _write(text: str) -> str:
    clean = printable(text)
    return escape(clean if len(clean) <= LONGEST_NAME else f"{clean[: LONGEST_NAME - 1]}…")
