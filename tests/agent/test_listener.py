"""The right to hear calls before Android 9, given, read back and taken back on virtual tablets."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from agent_tablet import AgentTablet

from provision.agent.contract import AGENT
from provision.controls.calls_listener import FIRST_AGENT, make_words
from provision.facts import listener
from provision.facts.ask import ask
from provision.facts.listener import COMPONENT, LIST, LIVE, Listener

MANIFEST = Path(__file__).parents[2] / "apks/agent/AndroidManifest.xml"
OTHER = "com.android.systemui/.Listener"


def read(tablet: AgentTablet, api: int) -> Listener:
    questions = (*listener.make_queries(api), *listener.make_switch_queries(api))
    return ask(tablet.link, questions, listener.parse, seconds=5.0) or Listener()


def change(tablet: AgentTablet, api: int, *, allow: bool) -> Listener:
    tablet.link.shell(shlex.join(make_words(api, read(tablet, api).allowed, allow=allow)), seconds=5.0)
    return read(tablet, api)


@pytest.mark.parametrize("api", range(21, 28))
def test_it_is_bound_once_allowed_and_let_go_once_taken_back(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    assert [read(tablet, api).live, change(tablet, api, allow=True).live, change(tablet, api, allow=False).live] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("api", [21, 26])
def test_others_stay_in_the_list(api: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    tablet.bench.edit(f"set secure {LIST.words[-1]} {OTHER}")
    assert change(tablet, api, allow=True).allowed == (OTHER, COMPONENT)
    assert change(tablet, api, allow=False).allowed == (OTHER,)


@pytest.mark.parametrize(("api", "code"), [(21, 5), (27, 5)])
def test_an_agent_without_a_listener_is_never_bound(api: int, code: int, tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, api)
    tablet.bench.tablet.device.data.packages[AGENT].version_code = code
    assert not change(tablet, api, allow=True).live
    assert code < FIRST_AGENT


def test_with_little_memory_android_8_1_says_nothing_and_does_nothing(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 27)
    tablet.bench.tablet.device.model.props["ro.config.low_ram"] = "true"
    assert tablet.bench.run(shlex.join(make_words(27, (), allow=True))).out == ""
    assert not read(tablet, 27).live


def test_the_setting_is_no_switch_on_8_1(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 27)
    tablet.bench.run(f"settings put secure {LIST.words[-1]} {COMPONENT}")
    assert not read(tablet, 27).live


def test_the_component_is_the_one_of_the_manifest() -> None:
    assert f'android:name=".{COMPONENT.rpartition(".")[2]}"' in MANIFEST.read_text("utf-8")
    assert COMPONENT.startswith(f"{AGENT}/{AGENT}.")
    assert LIVE.words[-1] == AGENT
