"""Which language messages are written in: French or English."""

from __future__ import annotations

from collections.abc import Mapping

from provision.texts.catalogue import Language

__all__ = ["Language", "detect_language"]


def detect_language(environ: Mapping[str, str], chosen: Language | None = None) -> Language:
    """The one that was chosen, else the locale variables in the order POSIX gives them, else English."""
    if chosen is not None:
        return chosen
    name = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return Language.FR if name.lower().startswith("fr") else Language.EN
