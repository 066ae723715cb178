"""A clean between two patients, cut off at each of its steps in each way; the next one finishes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_tablet import KIOSK, AgentTablet
from cut_link import FAULTS, CutLink, kill_agent

from provision.agent.clearing import CALL_HISTORY, Cleared, clear_tablet
from provision.agent.contract import AGENT
from provision.errors import TransportError
from provision.virtual.android.state import Package

KEYBOARD = "com.example.keyboard"
TRACES = (*KIOSK, KEYBOARD, CALL_HISTORY)
FILE = "/sdcard/Pictures/Screenshots/Screenshot_1.png"
NOTHING_LEFT = Cleared((), ())
LONGEST_SECONDS = 20
"""A nurse waits no longer."""


def used_tablet(folder: Path, api: int) -> AgentTablet:
    """A finished tablet after a patient."""
    tablet = AgentTablet(folder, api).enrol()
    tablet.client.apply("A-0042", tablet.policy, lambda _digest: None)
    data = tablet.bench.tablet.device.data
    data.packages |= {KEYBOARD: Package(), CALL_HISTORY: Package()}
    data.settings["secure"]["default_input_method"] = f"{KEYBOARD}/.Ime"
    data.app_data |= {name: {"of": "a patient"} for name in TRACES}
    data.folders += ["/sdcard/Pictures", "/sdcard/Pictures/Screenshots"]
    tablet.bench.run(f"mkdir {FILE}")
    return tablet


def clear(tablet: AgentTablet, cut_at: int | None = None, fault: str = "cable", *, late: bool = False) -> int:
    """Clean once; how many lines it said, 0 when it was cut off."""
    link = CutLink(tablet, cut_at, fault, late=late)
    tablet.link.shell = link.shell  # type: ignore[method-assign]  # the client says its lines by the same cable
    try:
        assert clear_tablet(tablet.client, tablet.link, KIOSK, seconds=5) == NOTHING_LEFT
    except TransportError:
        return 0
    finally:
        del tablet.link.shell
    return link.lines


def list_left(tablet: AgentTablet) -> list[str]:
    """What of the patient is on the tablet."""
    data = tablet.bench.tablet.device.data
    return [*(name for name in TRACES if name in data.app_data), *(each for each in data.folders if each == FILE)]


@pytest.mark.parametrize("api", [23, 27, 28, 36])
def test_everything_goes_within_the_time_a_nurse_has(api: int, tmp_path: Path) -> None:
    tablet = used_tablet(tmp_path, api)
    assert list_left(tablet) == [*TRACES, FILE]
    begun = tablet.bench.clock()
    assert clear(tablet)
    assert list_left(tablet) == []
    assert tablet.bench.clock() - begun <= LONGEST_SECONDS
    cleaned = tablet.client.report().cleaned
    assert cleaned is not None
    assert cleaned.left == (() if api >= 28 else (*KIOSK, "keyboard", "calls"))


@pytest.mark.later
@pytest.mark.parametrize("api", [27, 30])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_clean_that_was_cut_off_is_finished_by_the_next_one(fault: str, when: str, api: int, tmp_path: Path) -> None:
    lines = clear(used_tablet(tmp_path / "whole", api))
    for step in range(1, lines + 1):
        tablet = used_tablet(tmp_path / str(step), api)
        assert clear(tablet, step, fault, late=when == "after") == 0
        assert clear(tablet)
        assert (step, list_left(tablet)) == (step, [])


def test_an_older_agent_clears_no_clipboard_and_is_no_reason_for_a_reset(tmp_path: Path) -> None:
    tablet = used_tablet(tmp_path, 30)
    tablet.bench.tablet.device.data.packages[AGENT].version_code = 5
    kill_agent(tablet)
    cleared = clear_tablet(tablet.client, tablet.link, KIOSK, seconds=5)
    assert (cleared.apps, cleared.parts, cleared.clipboard_untold) == ((), (), True)
    assert list_left(tablet) == []
