"""The number that a tablet carries in its agent, asked before its run is opened under one."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import ASSET, AgentTablet
from factories import make_app, make_site

from provision.agent.client import Sender
from provision.agent.contract import AGENT
from provision.identity.carried import NOT_CARRIED, Carried
from provision.runs.agent_kit import AgentKit
from provision.runs.carried_number import read_carried
from provision.runs.shell_executor import Limits
from provision.state.opening import open_bench_state

LIMITS = Limits(5, 5, 5, 5)


def read(
    tablet: AgentTablet, folder: Path, site: str = "Test", key: str = "site_private_key", former: tuple[str, ...] = ()
) -> Carried:
    """What a bench of a site with this name and key reads."""
    with open_bench_state(folder) as state:
        sender = Sender(site, site_key(key), former)
        kit = AgentKit(make_app(AGENT, version_code=6), make_site(), (), sender, dict, state.agent_secrets)
        return read_carried(tablet.link, kit, LIMITS)


def finish(tablet: AgentTablet) -> AgentTablet:
    """Give it a policy, and with that its number."""
    tablet.enrol().client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    return tablet


@pytest.mark.parametrize("api", [21, 30])
@pytest.mark.parametrize("site", ["Test", "Another name"])
def test_any_bench_of_the_site_reads_the_number(api: int, site: str, tmp_path: Path) -> None:
    tablet = finish(AgentTablet(tmp_path / "tablet", api))
    before = tablet.bench.tablet.device.state.model_dump_json()
    assert read(tablet, tmp_path, site) == Carried(ASSET.id)
    assert tablet.bench.tablet.device.state.model_dump_json() == before


@pytest.mark.parametrize(
    ("site", "former", "carried"),
    [
        ("Test", (), Carried(ASSET.id)),
        ("Another name", ("Test",), Carried(ASSET.id)),
        ("Another name", (), Carried(withheld=True)),
    ],
)
def test_an_earlier_agent_tells_it_under_the_name_it_knows(
    site: str, former: tuple[str, ...], carried: Carried, tmp_path: Path
) -> None:
    tablet = AgentTablet(tmp_path / "tablet")
    tablet.bench.tablet.device.data.packages[AGENT].version_code = 4
    assert read(finish(tablet), tmp_path, site, former=former) == carried


def test_another_site_reads_none(tmp_path: Path) -> None:
    assert read(finish(AgentTablet(tmp_path / "tablet")), tmp_path, key="foreign_private_key") == NOT_CARRIED


def test_a_tablet_without_policy_owner_or_agent_carries_none(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path / "tablet")
    assert read(tablet, tmp_path) == NOT_CARRIED
    assert read(tablet.enrol(), tmp_path) == NOT_CARRIED
    tablet.client.apply(ASSET.id, tablet.policy, lambda _digest: None)
    assert tablet.client.release()
    assert read(tablet, tmp_path) == NOT_CARRIED
    del tablet.bench.tablet.device.data.packages[AGENT]
    assert read(tablet, tmp_path) == NOT_CARRIED
