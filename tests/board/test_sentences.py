"""Every sentence about a slot, in both languages, as a technician reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from board_cases import CASES, make_view

from provision.bench.kernel_words import TOLD
from provision.bench.slot_views import Group
from provision.bench.slots import SlotState
from provision.board.marks import find_mark
from provision.board.sentences import REMEDIES, tell_line, tell_now
from provision.terms import Reason
from provision.texts.catalogue import Language, say
from tests.case_files import read_cases

SENTENCES = read_cases(CASES / "sentences.yaml")


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


ERASED = {Language.EN: "erases everything", Language.FR: "effacé"}


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("reason", [reason for reason, remedy in REMEDIES.items() if remedy == "reset"], ids=str)
def test_who_is_sent_to_reset_a_tablet_is_told_what_is_lost(reason: Reason, language: Language) -> None:
    assert ERASED[language] in say(language, f"reason.{reason}.action")


@pytest.mark.parametrize("reason", REMEDIES, ids=str)
def test_no_refusal_that_can_be_mended_is_called_final(reason: Reason) -> None:
    assert "final" not in say(Language.EN, f"reason.{reason}.action")
    assert "définitif" not in say(Language.FR, f"reason.{reason}.action")


def test_what_the_kernel_says_of_a_port_stands_on_its_slot() -> None:
    for complaint in TOLD:
        heard = say(Language.EN, f"kernel.{complaint}")
        empty = replace(make_view({"label": "1", "state": "empty", "present": False}), complaint=complaint)
        assert (empty.group, find_mark(empty).name) == (Group.HAND, "blocked")
        assert tell_now(empty, Language.EN) == heard[0].upper() + heard[1:]
        charging = make_view({"label": "1", "state": "charging-or-mtp"})
        assert tell_now(replace(charging, complaint=complaint), Language.EN) == " ".join(
            (tell_now(empty, Language.EN), tell_now(charging, Language.EN))
        )
        lost = make_view({"label": "1", "state": "lost", "outcome": "lost", "reason": "tablet-gone"})
        both = tell_now(replace(lost, complaint=complaint), Language.EN)
        assert both == f"{tell_now(empty, Language.EN)} {tell_now(lost, Language.EN)}"
