"""Text measured in terminal cells: wide East Asian characters take two, combining marks none."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"


def cells(text: str) -> int:
    """How many cells a text takes on a terminal."""
    return len(text) if text.isascii() else sum(_char_cells(char) for char in text)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; what does not fit is replaced by an ellipsis."""
    if cells(text) <= width:
        return text
    return f"{_prefix(text, width - 1).rstrip()}{ELLIPSIS}" if width > 0 else ""


def fit(text: str, width: int) -> str:
    """The text cut or filled with blanks to exactly `width` cells."""
    short = cut(text, width)
    return short + " " * (width - cells(short))


def wrap(text: str, width: int) -> list[str]:
    """The words of a text on lines of at most `width` cells; a longer word is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        whole = _pieces(word, width)
        lines += [line, *whole[:-1]] if line else whole[:-1]
        line = whole[-1]
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    pieces = []
    while cells(word) > width:
        piece = _prefix(word, width) or word[0]
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]


def _prefix(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _char_cells(char)
        if used > width:
            return text[:index]
    return text


def _char_cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
