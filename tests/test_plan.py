"""The plan: refusals all at once, required against reachable, steps in the order of their phases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from control_cases import build_facts, build_view, build_want
from factories import (
    SITE,
    make_app,
    make_appset,
    make_facts,
    make_props,
    make_removal,
    make_site,
    make_switch,
    make_wifi,
)

from provision.controls.desired import DesiredState
from provision.facts.authorisation import UNKNOWN as ODD_LIFETIME
from provision.facts.clock import Clock
from provision.facts.collect import Facts
from provision.facts.location import Location
from provision.facts.screen import UNKNOWN as ODD_TIMEOUT
from provision.facts.screen import Screen
from provision.facts.wifi import SavedNetwork
from provision.runs.observed import list_controls, list_deviations
from provision.runs.plan import Plan, make_plan
from provision.site.model import Closed
from provision.terms import Assurance, Control, Phase, Reason, Road
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parent / "cases/plan.yaml")
Case = Mapping[str, Any]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_plan_refuses_what_it_cannot_reach_and_all_of_it(case: Case) -> None:
    site = case.get("site", {}) | {"require": case["require"]}
    plan = make_plan(build_facts(case, case["api"]), build_want({**case, "site": site}))
    assert [[str(item.reason), str(item.detail)] for item in plan.refusals] == case["refusals"]
    assert {str(control) for control in plan.required} == set(case["require"])


def test_an_agent_too_old_for_a_required_control_is_refused_before_anything_is_changed() -> None:
    case = {"view": {"too_old": ["location.on"]}, "site": {"require": {"location.on": "set"}}}
    plan = make_plan(build_facts(case, 30), build_want(case), build_view(case))
    assert [item.reason for item in plan.refusals] == [Reason.AGENT_TOO_OLD]
    plan = make_plan(build_facts(case, 30), build_want({"view": {}}), build_view(case))
    assert plan.refusals == (), "a control that nobody requires is a deviation"


def make_wrong_facts() -> Facts:
    """A fresh Android 11 tablet on which nothing is as wanted and everything can be reached."""
    return make_facts(
        apps={},
        location=Location(on=False, source=""),
        screen=Screen(None),
        clock=Clock(None),
        wifi=make_wifi(radio_on=False, ssid=None, saved=(SavedNetwork(5, "Livebox"),)),
    )


def make_whole_plan(facts: Facts, **site: object) -> Plan:
    return make_plan(facts, DesiredState(make_site(**site), make_appset(), is_tablet=True))


def test_steps_stand_in_the_order_of_their_phases_and_each_once() -> None:
    plan = make_whole_plan(make_wrong_facts())
    assert [(str(step.phase), step.name) for step in plan.all_steps] == [
        ("prepare", "location.on/mode"),
        ("prepare", "screen.timeout"),
        ("prepare", "clock.zone"),
        ("prepare", "wifi.hospital/radio"),
        ("apps", "apps.present/org.example.chat"),
        ("apps", "apps.present/org.example.visio"),
        ("restrict", "wifi.hospital/join"),
        ("restrict", "wifi.other_networks/5"),
    ]
    assert [step for phase in Phase for step in plan.steps(phase)] == list(plan.all_steps)


def test_every_step_says_how_it_is_undone_and_which_fact_makes_it_necessary() -> None:
    steps = make_whole_plan(make_wrong_facts()).all_steps
    assert all(step.undo and step.reference and step.source for step in steps)
    assert len({step.name for step in steps}) == len(steps)


def test_only_a_join_is_given_time_to_settle() -> None:
    steps = make_whole_plan(make_wrong_facts()).all_steps
    assert {step.name for step in steps if step.settle_seconds} == {"wifi.hospital/join"}


def test_a_finished_tablet_has_no_step_and_nothing_unmet() -> None:
    plan = make_whole_plan(make_facts())
    assert (plan.all_steps, plan.unmet, plan.refusals, plan.road) == ((), (), (), Road.SHELL)


def test_the_same_facts_make_the_same_plan() -> None:
    assert make_whole_plan(make_wrong_facts()) == make_whole_plan(make_wrong_facts())


def test_every_control_has_one_decision_when_the_site_asks_for_everything() -> None:
    closed, calls = dict.fromkeys(Closed.model_fields, True), {"in_kiosk": True, "loud": True}
    site = make_site(
        kiosk={"lock_task": True, "hotline": "12"},
        require={"agent.owner": "set"},
        closed=closed,
        calls=calls,
        updates={"held": True},
    )
    removals = (make_removal("org.example.game"),)
    appset = make_appset(make_app(configuration={"server": "https://chat.example"}, calls=True))
    switches = (make_switch("org.example.updates"),)
    want = DesiredState(site, appset, is_tablet=True, removals=removals, switches=switches)
    plan = make_plan(make_facts(), want)
    with_agent = {Control.ADB_AUTHORISATION, Control.CALLS_LISTENER}  # only where an agent is wanted
    assert sorted(decision.control for decision in plan.decisions) == sorted(set(Control) - with_agent)


def test_a_control_falls_short_only_when_it_is_required_and_does_not_hold() -> None:
    plan = make_whole_plan(make_wrong_facts(), require={"location.on": "set"})
    short = [str(decision.control) for decision in plan.decisions if plan.falls_short(decision)]
    held = make_whole_plan(make_facts(), require={"location.on": "set"})
    assert short == ["location.on"]
    assert not any(held.falls_short(decision) for decision in held.decisions)


def test_what_does_not_hold_has_no_assurance_in_the_record() -> None:
    results = list_controls(make_whole_plan(make_wrong_facts(), require={"location.on": "set"}))
    assert {result.assurance for result in results} == {Assurance.UNSUPPORTED}
    assert {str(result.control): result.verdict for result in results} == {
        "location.on": "failed",
        "screen.timeout": "warned",
        "clock.zone": "warned",
        "apps.present": "warned",
        "wifi.hospital": "warned",
        "wifi.other_networks": "warned",
    }


def test_what_holds_passes_in_the_record() -> None:
    plan = make_whole_plan(make_facts(), require={"location.on": "set"})
    assert {result.verdict for result in list_controls(plan)} == {"passed"}
    assert list_deviations(plan) == ()


def test_deviations_name_both_sides_and_no_foreign_network() -> None:
    deviations = list(map(str, list_deviations(make_whole_plan(make_wrong_facts()))))
    assert "screen.timeout: wanted 1800000 ms, observed unset" in deviations
    assert "wifi.other_networks: wanted no other network saved, observed 1 other saved" in deviations
    assert "Livebox" not in repr(deviations)


@pytest.mark.parametrize("api", [21, 23, 24, 26, 28, 29])
def test_what_a_release_does_not_show_differs_from_nothing_unless_it_is_required(api: int) -> None:
    facts = make_facts(props=make_props(ro__build__version__sdk=str(api)), wifi=make_wifi(saved=None, shell_joins=None))
    asked = {"wifi": {**SITE["wifi"], "other_networks": "remove"}}
    plan = make_whole_plan(facts, **asked)
    assert [str(each.control) for each in plan.unmet] == ["wifi.other_networks"]
    assert plan.differing == ()
    plan = make_whole_plan(facts, **asked, require={"wifi.other_networks": "set"})
    assert [str(each.control) for each in plan.differing] == ["wifi.other_networks"]


@pytest.mark.parametrize(
    ("facts", "control", "observed"),
    [
        ({"screen": ODD_TIMEOUT}, "screen.timeout", "a value that is not understood"),
        ({"location": Location(None, "x")}, "location.on", "unknown"),
        (
            {"wifi": make_wifi(unread=2)},
            "wifi.other_networks",
            "0 other saved, or rows that are not understood: 2",
        ),
    ],
)
def test_a_fact_that_is_not_known_holds_nothing(facts: dict[str, Any], control: str, observed: str) -> None:
    plan = make_whole_plan(
        make_facts(**facts), location={"on": True}, wifi={**SITE["wifi"], "other_networks": "remove"}
    )
    assert [(str(each.control), str(each.observed)) for each in plan.unmet] == [(control, observed)]
    assert all("not kept" in str(step.undo) for step in plan.all_steps if control == "screen.timeout")


def test_a_lifetime_that_is_not_understood_is_written_and_has_no_undo() -> None:
    case: Case = {"view": {}}
    plan = make_plan(replace(build_facts(case, 30), authorisation=ODD_LIFETIME), build_want(case), build_view(case))
    step = next(step for step in plan.all_steps if step.control is Control.ADB_AUTHORISATION)
    assert "not kept" in str(step.undo)
