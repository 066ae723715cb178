"""What a line typed at the station means."""

from __future__ import annotations

import pytest

from provision.board.keyboard import read_answer
from provision.terms import DeviceConfirmation


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("oui 4\n", ("4", DeviceConfirmation.TABLET)),
        ("yes 4", ("4", DeviceConfirmation.TABLET)),
        ("  YES   A1 \r\n", ("A1", DeviceConfirmation.TABLET)),
        ("non 4", ("4", DeviceConfirmation.NO_TABLET)),
        ("No B 2", ("B 2", DeviceConfirmation.NO_TABLET)),
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
def test_only_a_whole_word_with_a_slot_answers(line: str, answer: tuple[str, DeviceConfirmation] | None) -> None:
    assert read_answer(line) == answer
