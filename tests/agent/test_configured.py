"""Managed configuration on its way: from `apps.yaml` into a policy, from a report into a record."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_tablet import AgentTablet
from factories import make_app

from provision.agent.configured import (
    AGENT_CODE,
    check_configurations_fit,
    list_digests,
    make_applications,
    read_delivered,
    tell_delivered,
)
from provision.agent.contract import AGENT, least_protocol
from provision.agent.networks import Encrypt
from provision.appset.model import App, Setting
from provision.errors import ConfigurationError, StepFailed
from provision.terms import Reason

CHAT = "org.example.chat"
SETTINGS: dict[str, dict[str, Setting]] = {CHAT: {"name": "Tablet {asset_id}", "rooms": ("{asset_id}", "{{all}}")}}
AGENT_APP = make_app(AGENT, version_code=AGENT_CODE, version_name="0.2.0")


def test_placeholders_are_filled_for_each_tablet_alone() -> None:
    assert make_applications(SETTINGS, "A-0042") == {
        "applications": {CHAT: {"name": "Tablet A-0042", "rooms": ["A-0042", "{all}"]}}
    }
    assert list_digests(SETTINGS, "A-0042") != list_digests(SETTINGS, "A-0043")


@pytest.mark.parametrize("settings", [{}, {CHAT: {}}])
def test_no_configuration_is_no_member_and_needs_no_new_agent(settings: dict[str, dict[str, Setting]]) -> None:
    assert make_applications(settings, "A-0042") == {}
    assert list_digests(settings, "A-0042") == {}
    assert least_protocol(make_applications(settings, "A-0042")) == 1
    check_configurations_fit(settings, make_app(AGENT, version_code=1), Path("apps.yaml"))


def test_a_record_tells_digests_and_no_value() -> None:
    digests = list_digests(SETTINGS, "A-0042")
    lines = tell_delivered(digests)
    assert read_delivered((*lines, "agent: as wanted", "delivered: x sha256=none")) == digests
    assert "Tablet" not in "".join(lines)


@pytest.mark.parametrize(
    ("settings", "agent", "got"),
    [
        (SETTINGS, make_app(AGENT, version_code=1, version_name="0.1.0"), "agent 0.1.0 (1), pinned in bench.yaml"),
        ({AGENT: {"a": 1}}, AGENT_APP, AGENT),
        ({f"org.example.a{number}": {"a": 1} for number in range(25)}, AGENT_APP, "25"),
        ({CHAT: {f"k{number}": "x" * 2000 for number in range(17)}}, AGENT_APP, "34182"),
    ],
    ids=["an agent of before", "the agent itself", "25 apps", "34 kB"],
)
def test_what_the_agent_cannot_deliver_is_refused_before_any_tablet(
    settings: dict[str, dict[str, Setting]], agent: App, got: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_configurations_fit(settings, agent, Path("apps.yaml"))
    assert [fault.got for fault in caught.value.faults] == [got]


def test_the_most_that_fits_is_taken_by_the_channel(tmp_path: Path) -> None:
    """32 kB of configuration beside the rest of a policy are below the 64 pieces of an order."""
    most: dict[str, dict[str, Setting]] = {CHAT: {f"k{number}": "é" * 1000 for number in range(16)}}
    check_configurations_fit(most, AGENT_APP, Path("apps.yaml"))
    tablet = AgentTablet(tmp_path).enrol()
    tablet.client.apply(
        "A-0042", lambda encrypt: tablet.policy(encrypt) | make_applications(most, "A-0042"), lambda _: None
    )
    assert tablet.bench.tablet.device.data.configurations == make_applications(most, "A-0042")["applications"]


def old_tablet(folder: Path) -> AgentTablet:
    """An agent from before managed configuration, which a hospital signed itself."""
    tablet = AgentTablet(folder)
    tablet.bench.tablet.device.data.packages[AGENT].version_code = 1
    return tablet.enrol()


def test_an_old_agent_is_told_apart_before_anything_is_sent(tmp_path: Path) -> None:
    tablet = old_tablet(tmp_path)
    before = len(tablet.link.lines)
    with pytest.raises(StepFailed, match="speaks protocol 1, this order needs 2, 3, 4, 5: update the agent") as caught:
        tablet.client.apply(
            "A-0042", lambda encrypt: tablet.policy(encrypt) | make_applications(SETTINGS, "A-0042"), lambda _: None
        )
    assert caught.value.reason is Reason.AGENT_TOO_OLD
    assert [line for line in tablet.link.lines[before:] if "hello" not in line] == []


def test_an_old_agent_goes_on_working_without_a_configuration(tmp_path: Path) -> None:
    tablet = old_tablet(tmp_path)
    report = tablet.client.apply("A-0042", tablet.policy, lambda _: None)
    assert report.asset == "A-0042"


def test_a_policy_of_an_old_station_undoes_what_was_configured(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()

    def configured(encrypt: Encrypt) -> dict[str, object]:
        return tablet.policy(encrypt) | make_applications(SETTINGS, "A-0042")

    tablet.client.apply("A-0042", configured, lambda _: None)
    assert CHAT in tablet.bench.tablet.device.data.configurations
    tablet.client.apply("A-0042", tablet.policy, lambda _: None)
    assert tablet.bench.tablet.device.data.configurations == {}


def test_a_release_that_cannot_clear_a_configuration_keeps_the_owner_who_can(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path).enrol()
    tablet.client.apply(
        "A-0042", lambda encrypt: tablet.policy(encrypt) | make_applications(SETTINGS, "A-0042"), lambda _: None
    )
    device = tablet.bench.tablet.device
    device.state.faults = ["owner-refuses:setApplicationRestrictions"]
    with pytest.raises(StepFailed, match="failed: SecurityException"):
        tablet.client.release()
    assert device.data.owner is not None
    device.state.faults = []
    assert tablet.client.release()
    assert (device.data.owner, device.data.configurations) == (None, {})
