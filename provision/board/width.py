"""Text measured in terminal cells: wide characters take two, combining marks none, an emoji of several parts two."""

from __future__ import annotations

import wcwidth

ELLIPSIS = "…"


def cells(text: str) -> int:
    """How many cells a text takes on a terminal."""
    return wcwidth.width(text)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; what does not fit is replaced by an ellipsis."""
    if cells(text) <= width:
        return text
    return f"{wcwidth.clip(text, 0, width - 1).rstrip()}{ELLIPSIS}" if width > 0 else ""


def fit(text: str, width: int) -> str:
    """The text cut or filled with blanks to exactly `width` cells."""
    return wcwidth.ljust(cut(text, width), width)


def wrap(text: str, width: int) -> list[str]:
    """The words of a text on lines of at most `width` cells; a longer word is broken."""
    return wcwidth.wrap(text, width, break_on_hyphens=False) or [""]
