"""Permissions of apps that the owner fixes: from an app set into a policy, and on the tablet afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent_tablet import KIOSK, AgentTablet
from factories import make_app

from provision.agent.contract import AGENT
from provision.agent.granted import make_grants
from provision.agent.networks import Encrypt
from provision.appset.grants import Grant
from provision.controls.apps_configured import list_fixed
from provision.errors import StepFailed
from provision.terms import Reason
from provision.virtual.android.state import Package

CAMERA, MICROPHONE = "android.permission.CAMERA", "android.permission.RECORD_AUDIO"
APP = KIOSK[0]
FIXED = {APP: (CAMERA,)}


def tablet_in(folder: Path, api: int) -> AgentTablet:
    """An owner, and an app of the kiosk that holds both permissions from the shell."""
    tablet = AgentTablet(folder, api).enrol()
    asked = [CAMERA, MICROPHONE]
    tablet.bench.tablet.device.data.packages[APP] = Package(permissions=asked, granted=asked)
    return tablet


def give(tablet: AgentTablet, fixed: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The row of a policy that fixes them, empty where the report has none."""

    def make_body(encrypt: Encrypt) -> dict[str, object]:
        return tablet.policy(encrypt) | make_grants(fixed)

    report = tablet.client.apply("A-0042", make_body, lambda _: None)
    return next((vars(row) for row in report.rows if row.kind.part == "grants"), {})


def held(tablet: AgentTablet) -> list[str]:
    return tablet.bench.tablet.device.data.packages[APP].granted


@pytest.mark.parametrize("api", [23, 27, 28, 29, 31, 34, 36])
def test_a_cleared_app_keeps_what_the_owner_fixed_and_loses_the_rest(api: int, tmp_path: Path) -> None:
    tablet = tablet_in(tmp_path, api)
    row = give(tablet, FIXED)
    assert (row["observed"], row["error"]) == ("granted", None)
    cleaned = tablet.client.clean([APP])
    assert [one.cleared for one in cleaned.apps] == [api >= 28]
    if api < 28:
        tablet.bench.run(f"pm clear {APP}")
    assert held(tablet) == [CAMERA]
    assert next(row for row in tablet.client.report().rows if row.kind.part == "grants").holds


@pytest.mark.parametrize("api", [23, 30, 36])
def test_what_a_policy_no_longer_names_is_fixed_no_more(api: int, tmp_path: Path) -> None:
    tablet = tablet_in(tmp_path, api)
    give(tablet, FIXED)
    assert give(tablet, {}) == {}
    assert tablet.bench.tablet.device.data.packages[APP].fixed == []
    assert held(tablet) == [CAMERA, MICROPHONE], "the app keeps it until somebody takes it away"


@pytest.mark.parametrize("api", [23, 30, 36])
def test_a_released_tablet_fixes_nothing(api: int, tmp_path: Path) -> None:
    tablet = tablet_in(tmp_path, api)
    give(tablet, FIXED)
    assert tablet.client.release()
    assert tablet.bench.tablet.device.data.packages[APP].fixed == []


def test_an_app_that_was_installed_anew_is_missed_and_given_it_again(tmp_path: Path) -> None:
    tablet = tablet_in(tmp_path, 30)
    give(tablet, FIXED)
    tablet.bench.tablet.device.data.packages[APP] = Package(permissions=[CAMERA])
    row = next(row for row in tablet.client.report().rows if row.kind.part == "grants")
    assert row.observed == f"{APP}:{CAMERA}"
    assert give(tablet, FIXED)["observed"] == "granted"


def test_an_agent_of_protocol_2_is_told_apart_before_anything_is_sent(tmp_path: Path) -> None:
    tablet = tablet_in(tmp_path, 30)
    tablet.bench.tablet.device.data.packages[AGENT].version_code = 2
    before = len(tablet.link.lines)
    with pytest.raises(StepFailed, match="speaks protocol 1, 2, this order needs 3, 4, 5: update the agent") as caught:
        give(tablet, FIXED)
    assert caught.value.reason is Reason.AGENT_TOO_OLD
    assert [line for line in tablet.link.lines[before:] if "hello" not in line] == []
    assert give(tablet, {}) == {}, "without them it goes on working"


@pytest.mark.parametrize(
    ("code", "api", "fixed"),
    [(2, 30, {}), (3, 22, {}), (3, 23, {APP: (CAMERA, MICROPHONE)}), (4, 36, {APP: (CAMERA, MICROPHONE)})],
)
def test_older_agents_and_releases_without_grants_get_none(code: int, api: int, fixed: dict[str, Any]) -> None:
    wanted = (Grant(CAMERA), Grant(MICROPHONE), Grant(CAMERA), Grant("a.LATER", first=37), Grant("a.PAST", last=22))
    grants = {APP: wanted, AGENT: (Grant(CAMERA),), "org.example.chat": (Grant("a.LATER", first=37),)}
    assert list_fixed(grants, make_app(AGENT, version_code=code), api) == fixed


@pytest.mark.parametrize(("api", "fixed"), [(23, {}), (28, {}), (29, {APP: (CAMERA,)}), (37, {APP: (CAMERA,)})])
def test_permissions_of_an_app_made_for_5_are_fixed_from_10_on(api: int, fixed: dict[str, Any]) -> None:
    """Before, Android refuses: they came with the installation."""
    agent = make_app(AGENT, version_code=3)
    assert list_fixed({APP: (Grant(CAMERA),)}, agent, api, frozenset({APP})) == fixed
