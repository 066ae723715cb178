"""What a line typed at the station means."""

from __future__ import annotations

import pytest

from provision.board.keyboard import read_word
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
