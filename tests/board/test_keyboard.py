"""What a line typed at the station means."""

from __future__ import annotations

import pytest

from provision.board.keyboard import LabelRead, read_label_line, read_word
from provision.terms import OperatorWord


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("oui 4\n", (OperatorWord.YES, "4")),
        ("yes 4", (OperatorWord.YES, "4")),
        ("  YES   A1 \r\n", (OperatorWord.YES, "A1")),
        ("non 4", (OperatorWord.NO, "4")),
        ("No B 2", (OperatorWord.NO, "B 2")),
        ("again 12", (OperatorWord.AGAIN, "12")),
        ("montrer 4", (OperatorWord.SHOW, "4")),
        ("stop 4", (OperatorWord.STOP, "4")),
        ("stop", None),
        ("oui", None),
        ("oui ", None),
        ("4", None),
        ("4 oui", None),
        ("oui4", None),
        ("y 4", None),
        ("", None),
        ("\x1b[A", None),
    ],
)
def test_only_a_whole_word_with_a_slot_answers(line: str, answer: tuple[OperatorWord, str] | None) -> None:
    assert read_word(line) == answer


CODE = "provision:tablet/5c7df652355adc01/A-0009/CHU%20Exemple"


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("A-0009", LabelRead("", "A-0009")),
        ("4 a-9\r\n", LabelRead("4", "a-9")),
        ("B 2 A-0009", LabelRead("B 2", "A-0009")),
        (CODE, LabelRead("", CODE)),
        (f"4 {CODE}", LabelRead("4", CODE)),
        ("new 4", LabelRead("4", "new")),
        ("NOUVELLE B 2", LabelRead("B 2", "new")),
        ("which 4", LabelRead("4", "")),
        ("Laquelle 4", LabelRead("4", "")),
        ("new", None),
        ("4", None),
        ("again 4", None),
        ("provision:slot/A/7", None),
        ("", None),
    ],
)
def test_a_number_or_a_code_is_a_label(line: str, read: LabelRead | None) -> None:
    assert read_label_line(line) == read
