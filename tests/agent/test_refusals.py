"""Why an agent may not become owner: the first thing that stands in the way, before anything is asked of a tablet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_bed import site_key
from factories import make_app, make_facts, make_props, make_site
from scripted import Conversation

from provision.agent.client import Sender
from provision.agent.contract import AGENT
from provision.agent.preflight import DEVICE_ADMIN
from provision.controls.agent_view import AgentView
from provision.facts.owner import Owner
from provision.facts.people import People
from provision.runs.agent_executor import AgentExecutor
from provision.runs.agent_kit import AgentKit
from provision.runs.shell_executor import Limits
from provision.site.model import Site
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import Reason

API = 23
"""Android 6: sets no WPA3, and is asked neither for a lock screen nor, with its features known, for anything else."""

WPA3 = {"ssid": "SERVICE", "security": "wpa3", "passphrase": {"prompt": True}}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[BenchState]:
    with open_bench_state(tmp_path) as opened:
        yield opened


def look(
    state: BenchState, site: Site, *, features: frozenset[str] = frozenset({DEVICE_ADMIN}), **facts: object
) -> AgentView:
    """What a bench sees of a tablet without the agent, from its facts alone."""
    agent = make_app(AGENT, version_code=4)
    kit = AgentKit(agent, site, (), Sender("Test", site_key()), dict, state.agent_secrets)
    executor = AgentExecutor(Conversation([]), kit, None, Limits(1, 1, 1, 1), features=features)
    return executor.read_state(make_facts(props=make_props(ro__build__version__sdk=str(API)), **facts))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, Reason.NETWORK_UNSUPPORTED),
        ({"owner": Owner("com.example.mdm", known=True)}, Reason.FOREIGN_OWNER),
        ({"people": People(users=1, accounts=1, files=0)}, Reason.NOT_RESET_ACCOUNTS),
    ],
)
def test_what_a_person_can_mend_is_told_before_a_network(
    facts: dict[str, object], reason: Reason, state: BenchState
) -> None:
    view = look(state, make_site(wifi={"networks": [WPA3]}), **facts)
    assert view.refusal is not None
    assert view.refusal.reason is reason


def test_a_tablet_without_device_owners_is_left_to_the_shell_whatever_its_networks(state: BenchState) -> None:
    view = look(state, make_site(wifi={"networks": [WPA3]}), features=frozenset())
    assert view.blocker is not None
    assert view.blocker.reason is Reason.OWNER_UNSUPPORTED
    assert view.refusal is None


def test_a_tablet_that_can_be_given_one_of_the_networks_is_given_that_one(state: BenchState) -> None:
    wpa2 = {"ssid": "HOPITAL", "security": "wpa2", "passphrase": {"prompt": True}}
    view = look(state, make_site(wifi={"networks": [WPA3, wpa2]}))
    assert (view.refusal, view.blocker, view.left_out) == (None, None, ("SERVICE",))
