"""The language of messages: the bench's choice, then the locale, then English."""

from __future__ import annotations

import pytest

from provision.texts.language import Language, detect_language


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, Language.EN),
        ({"LANG": "fr_FR.UTF-8"}, Language.FR),
        ({"LANG": "C"}, Language.EN),
        ({"LANG": "fr_CA", "LC_MESSAGES": "en_GB.UTF-8"}, Language.EN),
        ({"LANG": "en_US", "LC_ALL": "FR"}, Language.FR),
        ({"LANG": "fr_FR", "LC_ALL": ""}, Language.FR),
    ],
)
def test_the_locale_decides_in_posix_order(environ: dict[str, str], language: Language) -> None:
    assert detect_language(environ) is language


def test_the_benchs_own_choice_comes_first() -> None:
    assert detect_language({"LC_ALL": "fr_FR"}, Language.EN) is Language.EN
