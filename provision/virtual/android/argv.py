"""Small readings of a call's words, shared by the commands."""

from __future__ import annotations

import re
from collections.abc import Sequence


def word(words: Sequence[str], index: int, default: str = "") -> str:
    """The word at a place, or the default when the call is shorter."""
    return words[index] if len(words) > index else default


def read_number(text: str) -> int | None:
    """A whole number of Java's, None for any other text."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def operands(words: Sequence[str]) -> list[str]:
    """The words that are no options."""
    return [one for one in words if not one.startswith("-")]


def letters(words: Sequence[str]) -> str:
    """All option letters together: `-rf -k` gives `rfk`."""
    return "".join(one.lstrip("-") for one in words if one.startswith("-"))


def without_user(words: Sequence[str]) -> list[str]:
    """The words without a leading `--user N`."""
    return list(words[2:] if word(words, 0) == "--user" else words)


def value_of(words: Sequence[str], option: str) -> str | None:
    """The word after an option, None when the option is absent or last."""
    return words[words.index(option) + 1] if option in words[:-1] else None
