"""What documents say in English is told in French, and no wording of the product is forgotten."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from control_cases import Case, build_facts, build_view, build_want, load_cases

from provision.agent.rows import ROWS
from provision.runs.plan import make_plan
from provision.texts.catalogue import Language, catalogue
from provision.texts.wording import PREFIX, find_wording, reword

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[1] / "cases/texts/wording.yaml").read_text())
OPERATIONS = ("agent", "apps", "clock", "kiosk", "location", "removals", "screen", "switches", "wifi")
NEUTRAL = re.compile(r"[A-Z]\w+(/\w+)+|UTC|-?\d+ ms|[A-Za-z]\w*(\.\w+)+( \d+)?")
"""Zones, times, packages with or without their version: the same in every language."""
PROSE = re.compile(r"[a-z]+ [a-z]+ [a-z]+")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["en"])
def test_a_text_of_a_document_is_told_in_french_and_left_as_it_is_in_english(case: dict[str, str]) -> None:
    assert reword(Language.FR, case["en"]).replace("\u00a0", " ") == case["fr"]
    assert reword(Language.EN, case["en"]) == case["en"]


@pytest.mark.parametrize(("case", "api"), load_cases(*OPERATIONS))
def test_both_sides_of_every_comparison_have_french_words(case: Case, api: int) -> None:
    for decision in make_plan(build_facts(case, api), build_want(case), build_view(case)).decisions:
        for side in (decision.wanted, decision.observed):
            whole = find_wording(side) is not None
            assert whole or all(find_wording(part) or NEUTRAL.fullmatch(part) for part in side.split(", ")), side


@pytest.mark.parametrize(("case", "api"), load_cases(*OPERATIONS))
def test_what_is_prose_in_a_step_has_french_words(case: Case, api: int) -> None:
    for step in make_plan(build_facts(case, api), build_want(case), build_view(case)).all_steps:
        for text in (step.action.describe(), step.undo):
            is_command = text.startswith(("am ", "agent release", "appops", "cmd ", "dpm ", "pm ", "settings "))
            assert find_wording(text) or is_command or not PROSE.search(text), text


@pytest.mark.parametrize("part", sorted({row.part for row in ROWS}))
def test_every_part_of_the_agents_report_has_french_words(part: str) -> None:
    known = [entry[Language.EN] for key, entry in catalogue().items() if key.startswith(PREFIX)]
    assert any(text.startswith(f"{part} ") for text in known)


@pytest.mark.parametrize("key", [key for key in catalogue() if key.startswith(PREFIX)])
def test_no_wording_hides_behind_an_earlier_one(key: str) -> None:
    holes = {"package": "org.a.b", "control": "wifi.hospital", "version": "1", "count": "1", "free": "1"}
    holes |= {"table": "global", "key": "a_key", "number": "1", "refusal": "no"}
    text = catalogue()[key][Language.EN]
    for hole in re.findall(r"{(\w+)}", text):
        text = text.replace(f"{{{hole}}}", holes.get(hole, "" if hole == "splits" else "unsupported"))
    found = find_wording(text)
    assert found is not None
    assert found[0] == key
