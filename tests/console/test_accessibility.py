"""The declaration of accessibility: every criterion with a verdict, and a rate that follows from them."""

from __future__ import annotations

from datetime import date

import pytest

from provision.console.accessibility import Criterion, Judged, Verdict, judge_pages
from provision.state.wards import Role
from provision.texts.catalogue import Language, catalogue, say
from tests.console.console_bed import House, read_words

ADDRESS = "/accessibilite"


def test_each_of_the_106_criteria_has_a_verdict_and_words() -> None:
    criteria = judge_pages().criteria
    assert len({one.number for one in criteria}) == len(criteria) == 106
    needed = {f"accessibility.rgaa.{one.number}" for one in criteria} | {
        f"accessibility.why.{one.why}" for one in criteria
    }
    told = {key for key in catalogue() if key.startswith(("accessibility.rgaa.", "accessibility.why."))}
    assert told == needed


CASES = {
    "HH": (100, "full"),
    "HHN": (100, "full"),
    "HB": (50, "partial"),
    "HHU": (66, "partial"),
    "HUU": (33, "none"),
    "NBU": (0, "none"),
    "N": (100, "full"),
}
"""Verdicts by their letters, with rate and state."""

LETTERS = {"H": Verdict.HELD, "B": Verdict.BROKEN, "U": Verdict.UNCHECKED, "N": Verdict.NOT_ASKED}


@pytest.mark.parametrize("letters", CASES)
def test_what_nobody_checked_counts_as_not_held(letters: str) -> None:
    judged = Judged(tuple(Criterion("1.1", LETTERS[each], "reading") for each in letters), date(2026, 12, 1))
    assert (judged.rate, judged.conformity) == CASES[letters]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", [None, Role.WARD])
def test_everybody_reads_the_rate_and_what_does_not_hold(house: House, role: Role | None, language: Language) -> None:
    answer, judged = house.open(role).get(f"{ADDRESS}?lang={language}"), judge_pages()
    words = read_words(answer)
    held, asked = judged.count(Verdict.HELD), judged.asked
    assert answer.status_code == 200
    told = say(language, "accessibility.rate", rate=100 * held // asked, held=held, asked=asked)
    assert " ".join(told.split()) in words
    gaps = [one for one in judged.criteria if one.verdict in {Verdict.BROKEN, Verdict.UNCHECKED}]
    said = {one.number: " ".join(say(language, f"accessibility.why.{one.why}").split()) for one in gaps}
    assert [number for number, why in said.items() if why not in words] == []
    assert house.console.home.site.kiosk.hotline in words


@pytest.mark.parametrize("path", ["/sign-in", "/", "/tablets/A-0001", "/nowhere"])
def test_every_page_says_its_state_and_leads_to_the_declaration(house: House, path: str) -> None:
    answer = house.open(Role.HOTLINE).get(path)
    assert f'href="{ADDRESS}"' in answer.text
    assert say(Language.EN, f"accessibility.state.{judge_pages().conformity}") in read_words(answer)
