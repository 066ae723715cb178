"""What Android does with managed configuration over an app's life, an owner's end and a reset (Wi-Fi document 13)."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.state import Package, State
from tests.virtual.android.bench import Bench, model_for

CHAT, LATER = "org.example.chat", "org.example.later"
SETTINGS = {"muted": True, "port": 1, "rooms": ["a", ""], "server": "https://chat.example"}


def owned(folder: Path, api: int, **answers: object) -> tuple[Bench, AndroidOwner]:
    bench = Bench(folder, model_for(api, answers))
    data = bench.tablet.device.data
    data.packages |= {AGENT: Package(version_code=2), CHAT: Package(path="/data/app/chat/base.apk")}
    data.owner = f"{AGENT}/{AGENT}.AdminReceiver"
    owner = AndroidOwner(bench.tablet.device)
    for name in (CHAT, LATER):
        owner.configure(name, SETTINGS)
    return bench, owner


@pytest.mark.parametrize("api", [21, 24, 30, 36])
@pytest.mark.parametrize(
    "line", ["pm clear org.example.chat", "pm uninstall org.example.chat", "pm disable-user org.example.chat"]
)
def test_nothing_that_happens_to_the_app_touches_it(api: int, line: str, tmp_path: Path) -> None:
    bench, owner = owned(tmp_path, api)
    bench.run(line)
    assert owner.configuration(CHAT) == SETTINGS


def test_kinds_are_kept_over_a_restart_of_the_bench_and_lost_by_a_reset(tmp_path: Path) -> None:
    bench, _ = owned(tmp_path, 30)
    kept = State.model_validate_json(bench.tablet.device.state.model_dump_json())
    assert kept.data.configurations == {CHAT: SETTINGS, LATER: SETTINGS}
    assert kept.data.configurations[CHAT]["muted"] is True
    assert type(kept.data.configurations[CHAT]["port"]) is int
    bench.tablet.edit("factory-reset", [])
    assert bench.tablet.device.data.configurations == {}


def test_spaces_at_both_ends_are_lost_and_an_empty_one_is_none(tmp_path: Path) -> None:
    _, owner = owned(tmp_path, 30)
    owner.configure(CHAT, {"server": " x ", "rooms": [" a", "b "]})
    assert owner.configuration(CHAT) == {"server": "x", "rooms": ["a", "b"]}
    owner.configure(CHAT, {})
    assert owner.configuration(CHAT) == {}


@pytest.mark.parametrize(("api", "left"), [(21, {CHAT, LATER}), (29, {CHAT, LATER}), (30, {LATER}), (36, {LATER})])
def test_the_end_of_ownership_leaves_what_the_release_leaves(api: int, left: set[str], tmp_path: Path) -> None:
    bench, owner = owned(tmp_path, api)
    owner.give_up()
    assert set(bench.tablet.device.data.configurations) == left


@pytest.mark.parametrize(
    ("api", "dumps", "shown"),
    [(30, True, False), (34, True, False), (35, False, False), (35, True, True), (36, True, True)],
)
def test_a_dump_prints_values_where_the_build_says_so(api: int, dumps: bool, shown: bool, tmp_path: Path) -> None:  # noqa: FBT001 # a case
    bench, _ = owned(tmp_path, api, dumps_configuration=dumps)
    printed = bench.run("dumpsys device_policy").out
    assert ("server=https://chat.example" in printed) is shown
    assert "https://chat.example" not in bench.run("dumpsys user").out


def test_a_call_that_is_dropped_is_told_to_nobody(tmp_path: Path) -> None:
    bench, owner = owned(tmp_path, 30)
    bench.tablet.device.state.faults = ["owner-drops:setApplicationRestrictions"]
    owner.configure(CHAT, {"server": "y"})
    assert owner.configuration(CHAT) == SETTINGS
