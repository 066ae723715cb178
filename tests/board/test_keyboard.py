"""What a line typed at the station means."""

from __future__ import annotations

import pytest

from provision.board.keyboard import read_answer
from provision.state.accepted import Word


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("oui 4\n", ("4", Word.TABLET)),
        ("yes 4", ("4", Word.TABLET)),
        ("  YES   A1 \r\n", ("A1", Word.TABLET)),
        ("non 4", ("4", Word.NO_TABLET)),
        ("No B 2", ("B 2", Word.NO_TABLET)),
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
def test_only_a_whole_word_with_a_slot_answers(line: str, answer: tuple[str, Word] | None) -> None:
    assert read_answer(line) == answer
