"""`hardware`: what the station reads of the agent's pages, and from whom it gets none."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_tablet import AgentTablet

from provision.agent.contract import AGENT, HOME
from provision.agent.hardware import END, Page, TabletOwned, VolumeKey, ask_hardware, begin_page
from provision.errors import AnswerError, StepFailed


@pytest.mark.parametrize("api", [21, 30])
def test_a_page_is_begun_felt_and_ended(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    begun = ask_hardware(tablet.link, begin_page(Page.TOUCH, "fr"), seconds=5)
    assert (begun.step, begun.shown, begun.squares) == (Page.TOUCH, False, ())
    tablet.bench.run(f"am start -n {HOME}")
    ask_hardware(tablet.link, None, seconds=5)
    tablet.bench.edit("touch-screen 11,7")
    felt = ask_hardware(tablet.link, None, seconds=5)
    assert (felt.shown, "".join(felt.squares).count("0"), felt.squares[-1][-1]) == (True, 1, "0")
    ask_hardware(tablet.link, begin_page(Page.BUTTONS, "fr"), seconds=5)
    tablet.bench.edit("press-volume down")
    assert ask_hardware(tablet.link, END, seconds=5).keys == {VolumeKey.DOWN}


def test_a_wards_tablet_shows_none(tmp_path: Path) -> None:
    with pytest.raises(TabletOwned, match="owned"):
        ask_hardware(AgentTablet(tmp_path).enrol().link, begin_page(Page.TOUCH, "fr"), seconds=5)


def test_an_agent_before_pages_refuses_and_none_is_no_answer(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path)
    device = tablet.bench.tablet.device
    device.data.packages[AGENT].version_code = 5
    with pytest.raises(StepFailed, match="method-unknown"):
        ask_hardware(tablet.link, None, seconds=5)
    del device.data.packages[AGENT]
    with pytest.raises(AnswerError):
        ask_hardware(tablet.link, None, seconds=5)
