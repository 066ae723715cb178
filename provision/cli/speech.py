"""The language a command speaks."""

from __future__ import annotations

import os

from provision.home import Home
from provision.language import detect_language
from provision.texts.catalogue import Language


def language_of(home: Home) -> Language:
    """The bench's own choice in `bench.yaml`, else the computer's."""
    return Language(str(detect_language(os.environ, home.bench.language)))
