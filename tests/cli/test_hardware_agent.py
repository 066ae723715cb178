"""The agent lent to a tablet for a test of its hardware: what is told of one that was there before."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from agent_tablet import AgentTablet
from tablet_link import TabletLink

from provision.agent.contract import AGENT
from provision.cli.hardware_agent import TabletInUse, lend_agent
from provision.cli.speech import speak
from provision.errors import AnswerError
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.station.setup import BenchSetup, load_setup
from provision.terms import HomeKind
from provision.texts.language import Language
from provision.transport import Sink


@pytest.fixture
def setup(tmp_path: Path) -> BenchSetup:
    """A bench that speaks English."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return load_setup(speak(load_home(home), Language.EN))


def own(setup: BenchSetup, tablet: AgentTablet) -> BenchSetup:
    """The bench whose agent is the one on the tablet."""
    device, held = tablet.bench.tablet.device, b"the bench's agent"
    there = device.data.packages[AGENT]
    there.path, there.blob = f"/data/app/{AGENT}-1/base.apk", device.store_blob(held)
    assert setup.agent is not None
    return replace(setup, agent=replace(setup.agent, sha256=hashlib.sha256(held).hexdigest()))


@pytest.mark.parametrize("keeps", [True, False])
def test_an_agent_that_was_there_before_stays_and_that_is_told(
    setup: BenchSetup, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, keeps: bool
) -> None:
    tablet = AgentTablet(tmp_path / "tablet")
    with lend_agent(own(setup, tablet), tablet.link, "1", keep=keeps) as pages:
        assert pages is not None
    assert AGENT in tablet.bench.tablet.device.data.packages
    assert ("the agent is still on the tablet" in capsys.readouterr().out) is not keeps


class Unreadable(TabletLink):
    """The tablet's sync service refuses every file."""

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        sink(b"half")
        raise AnswerError(f"pull {remote}", "the file", f"permission denied, {seconds}")


def test_an_agent_that_cannot_be_read_is_not_said_to_be_anothers(
    setup: BenchSetup, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tablet = AgentTablet(tmp_path / "tablet")
    with lend_agent(own(setup, tablet), Unreadable(tablet.bench), "1", keep=False) as pages:
        assert pages is None
    said = capsys.readouterr().out
    assert ("could not be read" in said, "not this bench’s" in said, "still on" in said) == (True, False, False)


@pytest.mark.parametrize(
    ("code", "edits", "refusal"),
    [(6, (), TabletInUse), (5, (), TabletInUse), (6, ("break agent-garbage",), AnswerError)],
)
def test_a_wards_tablet_of_android_5_is_known_by_every_agents_word(
    setup: BenchSetup, tmp_path: Path, code: int, edits: tuple[str, ...], refusal: type[Exception]
) -> None:
    """Its Android names no owner; an agent that is there and not understood may be one."""
    tablet = AgentTablet(tmp_path / "tablet", 22).enrol()
    tablet.bench.tablet.device.data.packages[AGENT].version_code = code
    for edit in edits:
        tablet.bench.edit(edit)
    with pytest.raises(refusal), lend_agent(setup, tablet.link, "1", keep=False):
        pass
