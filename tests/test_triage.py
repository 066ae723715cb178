"""Keep, repair or refuse: the plan's own refusals sorted, and what no run looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from factories import make_app, make_appset, make_facts, make_installed, make_props, make_site

from provision.controls.desired import DesiredState
from provision.controls.model import Refusal
from provision.facts.battery import Battery
from provision.facts.collect import Facts
from provision.facts.people import People
from provision.facts.storage import Storage
from provision.runs.plan import make_plan
from provision.runs.triage import BROKEN, HAND_SAID, Triage, recall, triage
from provision.terms import HardwarePart, IntakeFinding, IntakeVerdict, Reason
from provision.texts.message import verbatim

APPSET = make_appset(make_app(size=900_000_000))


def judge(facts: Facts, *said: IntakeFinding, is_tablet: bool | None = True, **site: object) -> Triage:
    want = DesiredState(make_site(**site), APPSET, is_tablet)
    return triage(facts, make_plan(facts, want), APPSET, said)


def with_app(**changes: object) -> Facts:
    return make_facts(**{"apps": {app.package: make_installed(app) for app in APPSET.apps}, **changes})


def describe(found: Triage) -> dict[str, str]:
    return {str(ground.word): str(ground.verdict) for ground in found.grounds}


@pytest.mark.parametrize(
    ("changes", "grounds"),
    [
        ({}, {}),
        ({"battery": Battery(80, 2)}, {}),
        ({"battery": Battery(80, 1)}, {}),
        ({"battery": Battery(80, 99)}, {}),
        ({"battery": Battery(29, 2)}, {"battery-low": "repair"}),
        ({"battery": Battery(80, 4)}, {"battery-worn": "repair"}),
        ({"battery": Battery(80, 3)}, {"battery-temperature": "repair"}),
        ({"storage": Storage(400_000_000)}, {"storage-low": "repair"}),
        ({"storage": Storage(800_000_000), "apps": {}}, {"apps-too-large": "repair"}),
        ({"storage": Storage(800_000_000)}, {}),
        (
            {"people": People(users=2, accounts=3, files=0)},
            {"not-reset-accounts": "repair", "not-reset-users": "repair"},
        ),
        ({"people": People(users=1, accounts=0, files=0, hidden=1)}, {"account-hidden": "repair"}),
        ({"props": make_props(ro__build__version__sdk="19")}, {"release-too-old": "refuse"}),
    ],
)
def test_what_speaks_against_a_tablet(changes: dict[str, Any], grounds: dict[str, str]) -> None:
    assert describe(judge(with_app(**changes))) == grounds


def test_the_smallest_file_of_an_app_counts_since_another_tablet_may_get_another() -> None:
    small = make_appset(make_app(size=900_000_000, variants=(make_app(size=1000),)))
    facts = make_facts(apps={}, storage=Storage(800_000_000))
    plan = make_plan(facts, DesiredState(make_site(), small, is_tablet=True))
    assert describe(triage(facts, plan, small, ())) == {}


def test_the_weightiest_ground_decides_and_stands_first() -> None:
    facts = with_app(battery=Battery(5, 2))
    found = judge(facts, IntakeFinding.SCREEN_LOCK, IntakeFinding.TOUCH_BROKEN)
    assert [str(ground.word) for ground in found.grounds] == ["touch-broken", "screen-lock", "battery-low"]
    assert found.verdict is IntakeVerdict.REFUSE
    assert judge(facts).verdict is IntakeVerdict.REPAIR
    assert judge(with_app()).verdict is IntakeVerdict.KEEP


def test_what_a_site_requires_and_a_release_cannot_give_is_a_refusal() -> None:
    found = judge(with_app(), require={"kiosk.lock_task": "enforced"}, kiosk={"lock_task": True, "hotline": "1"})
    assert describe(found) == {"assurance-too-low": "refuse"}


def test_a_device_that_does_not_say_what_it_is_waits_for_a_word() -> None:
    assert describe(judge(with_app(), is_tablet=None)) == {"model-unknown": "repair"}
    assert describe(judge(with_app(), is_tablet=False)) == {"not-a-tablet": "refuse"}


@pytest.mark.parametrize("reason", Reason)
def test_no_tablet_that_a_run_would_refuse_is_kept(reason: Reason) -> None:
    facts = with_app()
    plan = make_plan(facts, DesiredState(make_site(), APPSET, is_tablet=True))
    assert plan.refusals == ()
    refused = replace(plan, refusals=(Refusal(reason, verbatim("x")),))
    found = triage(facts, refused, APPSET, ())
    assert [ground.word for ground in found.grounds] == [reason]
    assert found.verdict is not IntakeVerdict.KEEP


def test_everything_a_person_may_say_is_broken_has_a_short_name() -> None:
    assert set(BROKEN) == {"screen", "touch", "camera", "microphone", "speaker", "buttons", "battery", "charging"}
    assert {str(part) for part in HardwarePart} <= set(BROKEN)


@pytest.mark.parametrize("finding", sorted(HAND_SAID))
def test_what_a_hand_said_stays_until_a_hand_takes_it_back(finding: IntakeFinding) -> None:
    """A second look without a word must not make a broken tablet one to keep."""
    first = judge(with_app(battery=Battery(5, 2)), finding)
    before = [str(ground.word) for ground in first.grounds]
    again = judge(with_app(), *recall(before, ()))
    assert [ground.word for ground in again.grounds] == [finding]
    assert recall(before, [finding]) == frozenset()
