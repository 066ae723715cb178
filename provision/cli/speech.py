"""The language a command speaks."""

from __future__ import annotations

import os
from dataclasses import replace

from provision.home import Home
from provision.language import Language, detect_language


def language_of(home: Home) -> Language:
    """The one asked for or the bench's own choice in `bench.yaml`, else the computer's."""
    return detect_language(os.environ, home.bench.language)


def speak(home: Home, language: Language | None) -> Home:
    """The same home, speaking the language that was asked for, if one was."""
    return home if language is None else replace(home, bench=home.bench.model_copy(update={"language": language}))


def speak_to_anybody(language: Language | None) -> Language:
    """The language of a command without a home: the one asked for, else the computer's."""
    return detect_language(os.environ, language)
