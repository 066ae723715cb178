"""Facts and wanted state in, decision out: cases as data, each with its second run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from control_cases import FOLDER, Case, build_facts, build_view, build_want, load_cases

from provision.controls.model import Decision
from provision.controls.registry import SPECS
from provision.facts.collect import Facts
from provision.runs.plan import make_plan
from provision.terms import Phase
from provision.texts.message import Message
from tests.case_files import check_each

STEMS = tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))
CASES = load_cases(*STEMS)
DECIDED = [case for case in CASES if not case.values[0].get("absent")]
NEIGHBOURS = re.compile("Livebox|Cafe")
"""Names of other people's networks, where a case has any."""


def _decide(case: Case, facts: Facts, *more: Mapping[str, Any]) -> Decision | None:
    plan = make_plan(facts, build_want(case), build_view(case, *more))
    return next((decision for decision in plan.decisions if decision.control == case["control"]), None)


def _described(decision: Decision, key: str) -> object:
    match key:
        case "steps":
            return [str(step.action.describe()) for step in decision.steps]
        case "phases":
            return [str(phase) for phase in Phase if any(step.phase is phase for step in decision.steps)]
        case "undo":
            return str(decision.steps[0].undo)
        case "evidence":
            return list(decision.evidence)
    found = getattr(decision, key)
    return str(found) if isinstance(found, Message) else found


@check_each(("case", "api"), CASES)
def test_an_operation_decides_as_the_reference_says(case: Case, api: int) -> None:
    decision = _decide(case, build_facts(case, api))
    if case.get("absent"):
        assert decision is None
        return
    assert decision is not None
    assert decision.why in SPECS[decision.control].whys
    assert {key: _described(decision, key) for key in case["expect"]} == case["expect"]
    assert decision.blocked == case["expect"].get("blocked")


@check_each(("case", "api"), DECIDED)
def test_a_second_run_has_no_step_and_says_why(case: Case, api: int) -> None:
    """Where the first run had steps, the case says what the tablet shows after them."""
    again = case.get("again", {"facts": {}, "why": case["expect"]["why"]})
    decision = _decide(case, build_facts(case, api, again["facts"]), again.get("view", {}))
    if again.get("absent"):
        assert decision is None
        return
    assert decision is not None
    assert (decision.steps, decision.why) == ((), again["why"])
    assert decision.holds == ("again" in case or case["expect"]["holds"])


@check_each(("case", "api"), DECIDED)
def test_wanted_and_observed_are_equal_exactly_when_the_control_holds(case: Case, api: int) -> None:
    decision = _decide(case, build_facts(case, api))
    assert decision is not None
    assert (decision.wanted == decision.observed) == decision.holds


@pytest.mark.parametrize(
    ("case", "api"), [case for case in CASES if NEIGHBOURS.search(repr(build_facts(*case.values)))]
)
def test_no_name_of_a_neighbour_is_in_a_decision(case: Case, api: int) -> None:
    assert not NEIGHBOURS.search(repr(_decide(case, build_facts(case, api))))


@pytest.mark.parametrize(("case", "api"), load_cases("../admission"))
def test_a_tablet_is_refused_for_every_reason_at_once(case: Case, api: int) -> None:
    plan = make_plan(build_facts(case, api), build_want(case), build_view(case))
    assert [[str(item.reason), str(item.detail)] for item in plan.refusals] == case["refusals"]
