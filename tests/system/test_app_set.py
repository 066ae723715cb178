"""App sets that cannot be installed, by the installed program: right words, and no tablet is written to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.home.create import Details, create_home
from provision.terms import HomeKind
from tests.system.bench_runs import count_writes, environment, journal, run_program, run_station

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/appset"))  # its makers of APKs

pytestmark = pytest.mark.front
SLOTS = ["1", "2", "3", "4"]


def _use_set(home: Path, case: dict[str, Any]) -> None:
    from test_shows import write_set  # noqa: PLC0415 # only with the folder above in the path

    file = write_set(case, home)
    bench = home / "bench.yaml"
    bench.write_text(bench.read_text("utf-8") + f"\napp_set: {file.name}\n", "utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home without virtual tablets yet."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, len(SLOTS), Details(name="CHU Exemple", ssid="HOPITAL"))
    return home


def test_an_app_made_for_newer_tablets_refuses_the_others_without_a_write(home: Path) -> None:
    _use_set(home, {"make": {"min_sdk": 99}})
    ended = run_station(home, len(SLOTS))
    reasons = {tablet["reason"] for tablet in ended.tablets.values()}
    assert {tablet["outcome"] for tablet in ended.tablets.values()} <= {"refused", "failed", "lost"}, ended.errors
    assert "app-unfit" in reasons
    assert count_writes(home, SLOTS) == dict.fromkeys(SLOTS, 0)


@pytest.mark.parametrize(
    ("language", "says"),
    [("fr", "Le fichier est abîmé ou incomplet."), ("en", "The file is damaged or not whole.")],
)
def test_a_truncated_file_ends_the_command_before_a_bench_is_there(home: Path, language: str, says: str) -> None:
    _use_set(home, {"damage": "cut"})
    bench = home / "bench.yaml"
    bench.write_text(bench.read_text("utf-8").replace("\nlanguage: en", f"\nlanguage: {language}"), "utf-8")
    words = ("station", "--virtual", "4", "--once", "--json", "--home", str(home))
    status, said = run_program(environment(home), *words)
    assert status == 2
    assert says in said
    assert "Traceback" not in said
    assert not list((home / "bench").glob("tablets/*/journal*"))


def test_apps_check_says_which_tablets_each_app_fits(home: Path) -> None:
    _use_set(home, {"make": {"libraries": ["arm64-v8a"], "target_sdk": 22}})
    status, said = run_program(environment(home), "apps", "check", "--home", str(home))
    assert status == 0, said
    assert "Android 7.0 – 13 (API 24 – 33): fits (app.apk)" in said
    assert "Android 14 (API 34): no, made for too old an Android" in said
    assert "no code for it, only for arm64-v8a" in said


def _own_set(home: Path) -> None:
    """Tablets that were finished with the toolkit's set, and a copy of it that a test may change."""
    bench = home / "bench.yaml"
    (home / "fixtures").mkdir()
    for each in (ROOT / "apks/fixtures").iterdir():
        (home / "fixtures" / each.name).write_bytes(each.read_bytes())
    (home / "apps.yaml").write_text((ROOT / "apks/apps.yaml").read_text("utf-8"), "utf-8")
    bench.write_text(bench.read_text("utf-8") + "\napp_set: apps.yaml\n", "utf-8")


def test_apps_update_names_the_tablets_that_will_change(finished_home: Path) -> None:
    home, done = finished_home, len(SLOTS)
    _own_set(home)
    words = ("apps", "update", "--home", str(home))
    status, said = run_program(environment(home), *words)
    assert (status, said.splitlines()[-1]) == (0, "tablets that change at their next run: 0 of 4 known ones"), said
    status, said = run_program(environment(home), *words, str(ROOT / "tests/fixtures/apks/chat-2.apk"))
    assert status == 0, said
    assert said.count("org.provision.fixture.chat 1 -> 2") == done
    apps = yaml.safe_load((home / "apps.yaml").read_text("utf-8"))
    assert apps["apps"].pop(0)["version_code"] == 2
    (home / "apps.yaml").write_text(yaml.safe_dump(apps), "utf-8")
    status, said = run_program(environment(home), *words)
    assert said.count("org.provision.fixture.chat 1 -> -") == done


@pytest.mark.later
def test_a_deployed_tablet_gets_what_changed_in_the_set_and_nothing_else(finished_home: Path) -> None:
    """One app is new, one left: by the journal of each tablet, no third one is touched."""
    home, done = finished_home, len(SLOTS)
    _own_set(home)
    apps = home / "apps.yaml"
    update = ("apps", "update", "--home", str(home), str(ROOT / "tests/fixtures/apks/chat-2.apk"))
    assert run_program(environment(home), *update)[0] == 0
    apps.write_text(yaml.safe_dump({"apps": yaml.safe_load(apps.read_text("utf-8"))["apps"][:2]}), "utf-8")
    before = count_writes(home, SLOTS)
    ended = run_station(home, len(SLOTS))
    for slot, tablet in ended.tablets.items():
        calls = [" ".join(one.argv) for one in journal(home, slot)[before[slot] :]]
        touched = [call for call in calls if call.startswith(("pm ", "cmd package", "push"))]
        if tablet["outcome"] == "done":
            assert "pm uninstall org.provision.fixture.browser" in touched
            assert sum("install-create" in call or "pm install " in call for call in touched) == 1, touched
            done -= 1
    assert done == 0, [
        (one["slot"], one["outcome"], one["reason"], one.get("detail")) for one in ended.tablets.values()
    ]
