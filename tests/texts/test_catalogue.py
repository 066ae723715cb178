"""The catalogue's rules: what is refused, what is escaped, and what a call must give."""

from __future__ import annotations

import sys
from pathlib import Path
from unicodedata import category

import pytest

from provision.texts.catalogue import (
    ESCAPED_CATEGORIES,
    CatalogueError,
    Language,
    printable,
    read_texts,
    say,
    say_count,
)
from tests.case_files import read_cases

CASES = Path(__file__).parents[1] / "cases/texts"


def load(name: str) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = read_cases(CASES / name)
    return cases


@pytest.mark.parametrize("case", load("printable.yaml"), ids=lambda case: case["name"])
def test_what_could_steer_a_terminal_is_written_as_an_escape(case: dict[str, str]) -> None:
    assert printable(case["text"]) == case["shown"]
    assert printable(case["shown"]) == case["shown"]


def test_each_character_of_unicode_is_shown_or_written_as_an_escape_by_its_category() -> None:
    """Of the first plane; of the others one of a hundred."""
    every = list(map(chr, (*range(0x10000), *range(0x10000, sys.maxunicode + 1, 101))))
    wrong = [hex(ord(char)) for char in every if (printable(char) == char) is (category(char) in ESCAPED_CATEGORIES)]
    assert wrong == []


@pytest.mark.parametrize("case", load("wrong_files.yaml"), ids=lambda case: case["name"])
def test_a_wrong_text_file_is_refused_with_its_fault(case: dict[str, str]) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_texts([("a.yaml", case["content"])])
    assert case["message"] in str(caught.value)


def test_a_key_in_two_files_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"b\.yaml: k: stands in the catalogue already"):
        read_texts([("a.yaml", "k: {en: a, fr: b}"), ("b.yaml", "k: {en: a, fr: b}")])


def test_hostile_values_reach_no_terminal() -> None:
    assert say(Language.EN, "slot.name", label="\x1b]0;owned\x07") == "Slot \\x1b]0;owned\\x07"


def test_a_value_cannot_bring_in_another_placeholder() -> None:
    assert say(Language.EN, "slot.name", label="{port}", port="1-1") == "Slot {port}"


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"no text for `slot\.nowhere`"):
        say(Language.FR, "slot.nowhere")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"text `slot\.name` needs a value for 'label'"):
        say(Language.FR, "slot.name", port="1-1")


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        (Language.EN, 0, "0 refused"),
        (Language.EN, 1, "1 refused"),
        (Language.FR, 0, "0 refusée"),
        (Language.FR, 1, "1 refusée"),
        (Language.FR, 2, "2 refusées"),
    ],
)
def test_counts_take_singular_and_plural_as_the_language_does(language: Language, count: int, text: str) -> None:
    assert say_count(language, "ended.refused", count) == text


def test_the_no_break_spaces_of_french_are_set_and_english_is_left_alone() -> None:
    texts = read_texts([("a.yaml", "k: {en: 'a : b', fr: 'quoi : « a ; b » ! x:y'}")])
    assert texts["k"][Language.EN] == "a : b"
    assert texts["k"][Language.FR] == "quoi\u00a0: «\u00a0a\u00a0; b\u00a0»\u00a0! x:y"
