"""What is closed: the product's names and levels beside the agent's table and Android's own."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from factories import make_app, make_appset, make_facts, make_props, make_site

from provision.agent.rows import ROWS
from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.registry import CONTROLS, SPECS
from provision.controls.spec import ControlSpec
from provision.runs.plan import make_plan
from provision.site.model import Closed
from provision.terms import Assurance, Control

MEMBERS = {row.control: row.member for row in ROWS if row.member is not None}
CLOSING = [spec for spec in CONTROLS if spec.control in MEMBERS]
KNOWN: dict[str, Any] = json.loads(
    resources.files("provision").joinpath("reference/facts/restrictions.json").read_text("utf-8")
)
LATER = "closing.later"
AGENT = make_app("org.provision.agent", label="agent", version_code=6)


def decide(spec: ControlSpec, api: int) -> Decision:
    site = make_site(closed=dict.fromkeys(Closed.model_fields, True), kiosk={"lock_task": True, "hotline": "12"})
    facts = make_facts(props=make_props(ro__build__version__sdk=str(api)))
    view = AgentView(dict.fromkeys(Control, Assurance.ENFORCED), owner=True)
    plan = make_plan(facts, DesiredState(site, make_appset(), is_tablet=True, agent=AGENT), view)
    return next(each for each in plan.decisions if each.control is spec.control)


@pytest.mark.parametrize("spec", CLOSING, ids=lambda spec: str(spec.control))
def test_a_plan_names_the_restrictions_and_levels_of_the_agents_table(spec: ControlSpec) -> None:
    rows = [row for row in ROWS if row.control is spec.control]
    for api in range(21, 38):
        told = [(part.subject, part.values["restriction"], part.key) for part in decide(spec, api).parts]
        wanted = [
            (
                row.part,
                row.restriction,
                "closing.later" if row.assurance(api) is Assurance.UNSUPPORTED else "closing.here",
            )
            for row in rows
        ]
        assert told == wanted


@pytest.mark.parametrize("spec", CLOSING, ids=lambda spec: str(spec.control))
def test_the_policy_asks_for_every_part(spec: ControlSpec) -> None:
    rows = [row for row in ROWS if row.control is spec.control]
    assert spec.make_policy(make_site()) == {MEMBERS[spec.control]: [row.part for row in rows]}


def test_the_page_for_security_officers_has_every_part_with_its_levels() -> None:
    text = (Path(__file__).parents[2] / "apks/agent/WALLS.md").read_text("utf-8")
    words = {Assurance.ENFORCED: "E", Assurance.SET: "S", Assurance.UNSUPPORTED: "–"}
    bands = (21, 23, 28, 30, 33, 35, 36)
    for row in ROWS:
        if row.member is not None:
            cells = " | ".join(words[row.assurance(api)] for api in bands)
            assert f"| {row.part} | {row.member} | `{row.restriction}` | {cells} |\n" in text


def levels(table: str) -> dict[str, int]:
    """The first API level of each restriction in a table of facts."""
    found: dict[str, int] = {}
    for band, names in KNOWN[table].items():
        for name in names:
            found[name] = min(found.get(name, 99), int(band.split("-", maxsplit=1)[0]))
    return found


def test_no_part_is_asked_for_before_an_owner_may_set_it() -> None:
    """From 24 on an unknown word is dropped in silence, from 34 on the policy engine must define it."""
    constants, engine = levels("constants"), {}
    for table in KNOWN["engine"].values():
        for band, names in table.items():
            engine |= {name: min(engine.get(name, 99), int(band.split("-", maxsplit=1)[0])) for name in names}
    for row in ROWS:
        if row.member is not None and row.restriction is not None:
            first = min(row.set_from, row.enforced_from)
            assert first >= constants[row.restriction], row.part
            assert max(first, 34) >= engine[row.restriction], row.part


def test_every_key_of_the_section_asks_for_one_control() -> None:
    keys = {SPECS[control].asked_by for control in (*MEMBERS, Control.IN_TASK_CLOSED)}
    assert keys == {f"closed.{key}" for key in Closed.model_fields}
