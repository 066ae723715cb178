"""Text for a terminal that cannot show every character: what its encoding lacks is replaced, never an error."""

from __future__ import annotations

import unicodedata

_SHAPES = {
    "→": ">",
    "…": ".",
    "·": "|",
    "•": "*",
    "–": "-",
    "—": "-",
    "─": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "‚": "'",
    "„": '"',
    "‹": "'",
    "›": "'",
    "×": "x",
    "\u2009": " ",
    "\u00a0": " ",
    "\u202f": " ",
}
"""Signs of the product's own texts and of names, each with a plain one of the same width."""
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf"})
"""Categories of accents that stand behind their letter, as Apple's systems write them, and of invisible signs."""


def replace_unshowable(text: str, encoding: str) -> str:
    """The text with a plain sign, the bare letter or `?` for each character that the encoding does not have.

    An accent behind its letter becomes one with it, or goes: it takes no place of its own.
    """
    if _has(text, encoding):
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(char if _has(char, encoding) else _find_plain(char, encoding) for char in text)


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _find_plain(char: str, encoding: str) -> str:
    if unicodedata.category(char) in _WITHOUT_WIDTH:
        return ""
    plain = _SHAPES.get(char) or unicodedata.normalize("NFD", char)[0]
    return plain if _has(plain, encoding) else "?"
