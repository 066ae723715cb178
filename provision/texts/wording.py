"""English texts of plans and signed documents, told in the reader's language.

Documents are written in English, whatever the bench speaks, so that one fact has one wording under a signature. What
is shown of them goes through `reword`: the English texts of `messages.yaml` are the patterns, the
French ones the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from provision.texts.catalogue import Language, catalogue, placeholders, say

PREFIX = "message."
_HOLES = {
    "package": r"[A-Za-z]\w*(?:\.\w+)+",
    "control": r"[a-z]+\.[a-z_]+",
    "version": r"\d+",
    "count": r"\d+",
    "free": r"\d+",
    "splits": r"(?: \+ \S+)*",
    "assurance": r"[a-z]+",
    "table": r"(?:system|secure|global)",
    "key": r"[A-Za-z]\w*",
    "number": r"-?\d+",
    "refusal": r"[^,]+",
    "cause": r"[a-z-]+",
    "permission": r"\S+",
    "needs": r"[^,;]+",
    "has": r"[^,;]+",
}
_ANY = frozenset({f"{PREFIX}verbatim", f"{PREFIX}list", f"{PREFIX}clauses"})
_TOLD = frozenset({"words", "wanted", "observed", "assurance", "cause"})
"""Holes that hold a text of this catalogue themselves."""


def reword(language: Language, text: str) -> str:
    """The text in the reader's language; a list part by part; what the catalogue does not know stays as it is.

    Zones, package names and figures have no translation, and an old record may use words of its time.
    """
    if language is Language.EN:
        return text
    whole = _find(language, text)
    if whole is not None:
        return whole
    between = "; " if "; " in text else ", "
    return between.join(_find(language, part) or part for part in text.split(between))


def find_wording(text: str) -> tuple[str, Mapping[str, str]] | None:
    """The key whose English words a text has, with what stands in its holes; None for no such key."""
    found = ((key, pattern.fullmatch(text)) for key, pattern in _patterns())
    return next(((key, match.groupdict()) for key, match in found if match is not None), None)


def _find(language: Language, text: str) -> str | None:
    found = find_wording(text)
    if found is None:
        return None
    key, values = found
    told = {name: reword(language, value) if name in _TOLD else value for name, value in values.items()}
    return say(language, key, **told)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    named = ((key, entry) for key, entry in catalogue().items() if key.startswith(PREFIX) and key not in _ANY)
    entries = ((key, entry[Language.EN]) for key, entry in named)
    return tuple((key, re.compile(_pattern(template), re.DOTALL)) for key, template in entries)


def _pattern(template: str) -> str:
    text = re.escape(template)
    for name in placeholders(template):
        text = text.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{_HOLES.get(name, '.+?')})")
    return text
