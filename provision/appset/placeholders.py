"""Words in managed configuration that are another one on each tablet: `{asset_id}`.

`{word}` in lower-case letters and underscores is a placeholder, and an unknown one is a fault; `{{word}}` stands for
the text `{word}` itself. Other braces, as in JSON or `{searchTerms}`, are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provision.appset.model import Setting

LONGEST = {"asset_id": "ABCDEFGH-12345678"}
"""Every placeholder, with the longest text that can take its place."""

_WORD = re.compile(r"\{\{([a-z_]+)\}\}|\{([a-z_]+)\}")


def find_unknown(text: str) -> Iterator[str]:
    """Placeholders of a text that nothing fills, as they stand there."""
    return (found[0] for found in _WORD.finditer(text) if found[2] and found[2] not in LONGEST)


def fill(setting: Setting, words: Mapping[str, str]) -> Setting:
    """A setting with its placeholders filled.

    Args:
        words: a text for each placeholder; the setting was checked with `find_unknown`.
    """
    if isinstance(setting, tuple):
        return tuple(_fill_text(text, words) for text in setting)
    return _fill_text(setting, words) if isinstance(setting, str) else setting


def _fill_text(text: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: words[found[2]] if found[2] else f"{{{found[1]}}}", text)
