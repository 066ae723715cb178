"""What hands do, in few words: there is one for whatever a slot shows, and it fits beside the slot's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_cases import make_view

from provision.bench.kernel_words import Complaint
from provision.bench.slots import SlotState
from provision.board.gestures import GESTURES, tell_cause, tell_gesture
from provision.board.width import cells
from provision.terms import LabelDoubt, Outcome, Reason
from provision.texts.catalogue import Language, say

MOST_CELLS = 42


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_every_gesture_has_a_short_text(language: Language) -> None:
    told = {name: say(language, f"gesture.{name}", label="24", asset_id="A-0042") for name in sorted(GESTURES)}
    assert {name: text for name, text in told.items() if not 0 < cells(text) <= MOST_CELLS} == {}


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_whatever_a_slot_shows_has_a_gesture_and_a_cause(language: Language) -> None:
    views = [make_view({"label": "3", "state": state}) for state in SlotState]
    views += [
        make_view({"label": "3", "state": "ended", "asset_id": "A-0042", "outcome": "failed", "reason": reason})
        for reason in Reason
    ]
    assert all(tell_gesture(seen, language) and tell_cause(seen, language) for seen in views)


@pytest.mark.parametrize(
    ("members", "gesture"),
    [
        ({"outcome": Outcome.DONE}, "unplug it, put label A-0042 on it"),
        (
            {"outcome": Outcome.DONE_WITH_WARNINGS, "reason": Reason.DEVIATIONS_LEFT},
            "label A-0042 on it, do NOT hand it out",
        ),
        (
            {"outcome": Outcome.REFUSED, "reason": Reason.BATTERY_LOW, "doubt": LabelDoubt.CANDIDATE},
            "read its label, confirm it",
        ),
        ({"outcome": Outcome.REFUSED, "reason": Reason.FOREIGN_OWNER}, "unplug it, set it aside"),
        ({"outcome": Outcome.REFUSED, "reason": Reason.NOT_RESET_FILES}, "reset it, plug it in again"),
        ({"outcome": Outcome.DONE_WITH_WARNINGS, "reason": Reason.LABEL_UNSURE}, "read its label, confirm it"),
    ],
)
def test_an_end_is_told_by_what_to_do(members: dict[str, object], gesture: str) -> None:
    seen = make_view({"label": "3", "state": "ended", "asset_id": "A-0042", **members})
    assert tell_gesture(seen, Language.EN) == gesture


@pytest.mark.parametrize(
    ("complaint", "gesture"),
    [
        (Complaint.BAD_SIGNAL, "another cable, another slot"),
        (Complaint.NO_POWER, "connect the hub’s own supply"),
        (Complaint.NO_BANDWIDTH, "move it to a hub on another controller"),
    ],
)
def test_a_port_that_the_kernel_complains_of_is_told_by_its_word(complaint: Complaint, gesture: str) -> None:
    silent = replace(make_view({"label": "3", "state": "no-adb-answer"}), complaint=complaint)
    assert tell_gesture(silent, Language.EN) == gesture
