"""The tablet's own key after a cable that fell while it was made: noted, or made, by the next run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import AgentTablet
from factories import make_app, make_facts, make_installed, make_props, make_site

from provision.agent.client import Sender
from provision.agent.contract import AGENT
from provision.agent.own_key import OwnKey
from provision.agent.preflight import DEVICE_ADMIN
from provision.controls.agent_owner import decide_by_agent
from provision.controls.agent_view import AgentView
from provision.controls.model import MakeKey
from provision.facts.owner import Owner
from provision.runs.agent_executor import AgentExecutor
from provision.runs.agent_kit import AgentKit
from provision.runs.executors import execute
from provision.runs.shell_executor import Limits
from provision.state.agent_secrets import KnownKey
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import Assurance, Control

ASSET = "A-0042"
APP = make_app(AGENT, version_code=6)
KEYLESS = AgentView(dict.fromkeys(Control, Assurance.ENFORCED), owner=True, current=True, drilled=True, keyless=True)
STEPS = decide_by_agent(make_facts(apps={AGENT: make_installed(APP)}), KEYLESS, APP, (), ()).steps


@pytest.fixture
def state(tmp_path: Path) -> Iterator[BenchState]:
    with open_bench_state(tmp_path) as opened:
        yield opened


def locked(folder: Path, api: int = 30) -> AgentTablet:
    """A tablet under a policy, whose cable fell before its key was made."""
    tablet = AgentTablet(folder, api).enrol()
    tablet.client.apply(ASSET, tablet.policy, lambda _digest: None)
    return tablet


def begin(tablet: AgentTablet, state: BenchState, asset: str | None = ASSET) -> AgentExecutor:
    """The next run."""
    kit = AgentKit(APP, make_site(), (), Sender("Test", site_key()), dict, state.agent_secrets)
    return AgentExecutor(tablet.link, kit, asset, Limits(1, 60, 1, 1), features=frozenset({DEVICE_ADMIN}))


def look(executor: AgentExecutor, api: int = 30) -> AgentView:
    props = make_props(ro__build__version__sdk=str(api))
    owner = Owner(AGENT, known=True)
    return executor.read_state(make_facts(props=props, owner=owner, apps={AGENT: make_installed(APP)}))


def make_key(run: AgentExecutor) -> None:
    """The step that the run's plan has."""
    step = next(step for step in STEPS if isinstance(step.action, MakeKey))
    execute(step, run.executors)


def test_a_key_that_was_never_made_is_made_by_the_next_run_and_by_no_other(state: BenchState, tmp_path: Path) -> None:
    tablet = locked(tmp_path)
    run = begin(tablet, state)
    assert look(run).keyless
    assert state.agent_secrets.find_own_key(ASSET) is None
    make_key(run)
    seen = look(run)
    known = state.agent_secrets.find_own_key(ASSET)
    assert known is not None
    assert (seen.keyless, f"tablet key: {known.key_id}" in seen.keys) == (False, True)
    after = look(begin(tablet, state))
    assert (after.keyless, "tablet key before this run: the same" in after.keys) == (False, True)


def test_a_key_whose_making_was_not_heard_of_is_noted(state: BenchState, tmp_path: Path) -> None:
    tablet = locked(tmp_path)
    key = tablet.client.prove(make=True)
    assert isinstance(key, OwnKey)
    looked = look(begin(tablet, state, None))
    assert (looked.keyless, state.agent_secrets.find_own_key(ASSET)) == (False, None), "a preview notes nothing"
    seen = look(begin(tablet, state))
    assert "tablet key before this run: none known to this bench" in seen.keys
    assert state.agent_secrets.find_own_key(ASSET) == KnownKey(key.tablet, key.key_id)
    other = KnownKey(key.tablet, "0" * 64)
    state.agent_secrets.note_own_key(ASSET, other)
    changed = look(begin(tablet, state))
    assert changed.warning is not None
    assert state.agent_secrets.find_own_key(ASSET) == other, "a finding stays"


def test_a_release_without_keys_and_a_key_that_is_gone_are_no_work(state: BenchState, tmp_path: Path) -> None:
    assert not look(begin(locked(tmp_path / "22", 22), state), 22).keyless
    tablet = locked(tmp_path / "30")
    state.agent_secrets.note_own_key(ASSET, KnownKey(tablet.client.hello().tablet, "0" * 64))
    gone = look(begin(tablet, state))
    assert (gone.keyless, gone.warning is not None) == (False, True)
