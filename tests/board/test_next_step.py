"""What follows an ended run: the sentence says it, and a button stands exactly where the sentence names it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from board_cases import make_view

from provision.board.medium import Medium
from provision.board.next_step import NextStep, find_next, tell_next
from provision.board.sentences import tell_now, tell_what
from provision.board.snapshot import list_words
from provision.terms import Control, Outcome, Reason
from provision.texts.catalogue import Language, say

ENDED = {"label": "5", "state": "ended", "asset_id": "A-0042", "outcome": "failed"}

CASES = [
    ("the battery is still flat", {"outcome": "refused", "reason": "battery-low"}, NextStep.REPLUG),
    ("it is to be reset", {"outcome": "refused", "reason": "not-reset-accounts"}, NextStep.REPLUG),
    ("it hung", {"reason": "tablet-hung"}, NextStep.EITHER),
    ("a setting of its maker", {"outcome": "refused", "reason": "oem-gate"}, NextStep.EITHER),
    ("the Wi-Fi here", {"reason": "wifi-not-joined"}, NextStep.AGAIN),
    ("debugging did not close", {"reason": "debugging-open"}, NextStep.AGAIN),
    ("a final refusal", {"outcome": "refused", "reason": "release-too-old"}, None),
    ("to be set aside", {"reason": "unexpected"}, None),
    ("lost, and there", {"state": "lost", "outcome": "lost", "reason": "tablet-gone"}, NextStep.EITHER),
    ("lost, and away", {"state": "lost", "outcome": "lost", "present": False}, NextStep.REPLUG),
    ("done", {"outcome": "done"}, None),
]


@pytest.mark.parametrize(("members", "step"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_how_an_ended_run_goes_on(members: dict[str, object], step: NextStep | None) -> None:
    assert find_next(make_view({**ENDED, **members})) is step


@pytest.mark.parametrize("language", list(Language))
def test_a_button_to_run_again_stands_exactly_where_the_sentence_names_it(language: Language) -> None:
    button = say(language, "web.word.again", label="").strip()
    for reason, outcome in product(Reason, (Outcome.REFUSED, Outcome.FAILED)):
        seen = make_view({**ENDED, "reason": str(reason), "outcome": str(outcome)})
        assert (button in tell_now(seen, language, Medium.PAGE)) == ("again" in list_words(seen)), reason


def test_a_bench_that_starts_by_itself_says_so() -> None:
    seen = make_view({**ENDED, "reason": "tablet-hung"})
    alone = "Plugged in again, it starts by itself. Without unplugging it: tap “Run again 5”."
    assert tell_next(replace(seen, alone=True), Language.EN, Medium.PAGE) == alone
    assert "“Start”" in tell_next(seen, Language.EN, Medium.PAGE)
    assert "at the bench" in tell_next(seen, Language.EN, Medium.SCREEN)


def test_a_reserved_tablet_names_its_causes_its_label_and_its_record() -> None:
    seen = make_view({**ENDED, "outcome": "done-with-warnings", "reason": "deviations-left"})
    assert seen.run is not None
    assert seen.end is not None
    end = replace(seen.end, unmet=(Control.CLOCK_ZONE, Control.SCREEN_TIMEOUT), record="A-0042-1.intoto.jsonl")
    seen = replace(seen, run=replace(seen.run, end=end))
    what, now = tell_what(seen, Language.EN), tell_now(seen, Language.EN, Medium.PAGE)
    assert what == "done with warnings: not confirmed: time zone, screen switches off on time"
    assert "put label A-0042 on it" in now
    assert "by the record of A-0042." in now
    assert "A-0042-1.intoto.jsonl" in tell_now(seen, Language.EN)
    kept = replace(seen, run=replace(seen.run, end=replace(end, given_by="B")))
    assert "keeps its label A-0042" in tell_now(kept, Language.EN, Medium.PAGE)
