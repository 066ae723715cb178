"""Every sentence about a slot, in both languages, as a technician reads it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from board_cases import CASES, make_view

from provision.bench.slots import SlotState
from provision.board.sentences import tell_line
from provision.texts.catalogue import Language

SENTENCES = yaml.safe_load((CASES / "sentences.yaml").read_text())


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case["name"])
def test_a_slot_is_told_with_what_is_there_and_what_to_do(case: dict[str, Any], language: Language) -> None:
    wanted = case[language].replace("~", "\u00a0")
    assert tell_line(make_view(case["view"]), language) == wanted


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("state", list(SlotState), ids=str)
def test_every_state_has_a_line(state: SlotState, language: Language) -> None:
    line = tell_line(make_view({"label": "4", "state": state}), language)
    assert " 4" in line
    assert line.endswith(".")
