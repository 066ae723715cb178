"""A model nobody knew, from the output of getprop to a place at a training bench, without a line of code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from provision.cli.main import cli
from provision.errors import TrainingError
from provision.home.bench_settings import TOOLKIT
from provision.home.create import create_home
from provision.terms import HomeKind
from provision.virtual.offline import prepare_offline

GETPROP = TOOLKIT / "tests/cases/captures/whitebox.getprop"


def _run(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _identify(file: Path, profiles: Path) -> dict[str, Any]:
    return dict(json.loads(_run("identify", file, "--profiles", profiles, "--language", "en")))


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """A bench's own copy of the shipped profiles."""
    return Path(shutil.copytree(TOOLKIT / "device_profiles", tmp_path / "device_profiles"))


def test_a_new_model_needs_yaml_and_a_capture_only(profiles: Path, tmp_path: Path) -> None:
    before = _identify(GETPROP, profiles)
    assert (before["kind"], before["vendor"], before["profile"]) == ("unknown", "Quadrex", "common")
    assert (before["accepted"], bool(before["question"])) == (False, True)

    capture = tmp_path / "qx10a.json"
    _run("capture", GETPROP, "--out", capture, "--language", "en")
    assert "QX10A0012345" not in capture.read_text("utf-8")

    said = _run("suggest", capture, "--profiles", profiles, "--write", "--language", "en")
    assert said.rstrip().endswith(f"# {before['question']}")
    model = profiles / "quadrex/qx10a.yaml"
    model.write_text(model.read_text("utf-8").replace("# kind: tablet", "kind: tablet"), "utf-8")  # the person's word

    after = _identify(capture, profiles)
    assert after == before | {
        "kind": "tablet",
        "profile": "quadrex/qx10a",
        "matched_on": "model",
        "accepted": True,
        "reason": "a tablet: its profile (quadrex/qx10a) says a tablet",
        "question": None,
    }

    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 2)
    with (home / "bench.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"device_profiles: {profiles}\n")
    (home / "captures").mkdir()
    shutil.copy(capture, home / "captures")
    assert "captures: 1" in _run("check", "--home", home)
    assert prepare_offline(home, 1, 1)[0].model == str(home / "captures/qx10a.json")


def test_a_suggestion_leaves_what_is_there(profiles: Path, tmp_path: Path) -> None:
    capture = tmp_path / "qx10a.json"
    _run("capture", GETPROP, "--out", capture)
    _run("suggest", capture, "--profiles", profiles, "--write")
    kept = {path: path.read_bytes() for path in profiles.rglob("*.yaml")}
    _run("suggest", capture, "--profiles", profiles, "--write")
    assert {path: path.read_bytes() for path in profiles.rglob("*.yaml")} == kept
    assert _identify(capture, profiles)["profile"] == "quadrex/qx10a"


HOSTILE = ("x" * 10_000, "😀", "- a: b '\"{}[]", "No")


@pytest.mark.parametrize(
    "device", ["\x1b[2J", "/etc/passwd", *(pytest.param(word, marks=pytest.mark.later) for word in HOSTILE)]
)
def test_a_suggestion_out_of_hostile_words_can_be_read_again(device: str, profiles: Path, tmp_path: Path) -> None:
    capture = tmp_path / "hostile.json"
    capture.write_text(json.dumps({"ro.product.device": device, "ro.product.model": "Hostile 1"}), "utf-8")
    before = set(profiles.rglob("*"))
    _run("suggest", capture, "--profiles", profiles, "--write")
    new = set(profiles.rglob("*.yaml")) - before
    assert len(new) == 2
    assert all(file.parent.parent == profiles for file in new)
    assert _identify(capture, profiles)["matched_on"] == "model"
    others = [rule["equals"] for file in new for rule in yaml.safe_load(file.read_text("utf-8")).get("match", ())]
    assert all(isinstance(value, str) for values in others for value in values), "text for any reader of YAML"


def test_a_second_model_of_one_device_gets_a_file_of_its_own(profiles: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.getprop"
    second.write_text(GETPROP.read_text("utf-8").replace("QX-10A", "QX-10A Plus"), "utf-8")
    for file in (GETPROP, second):
        _run("suggest", file, "--profiles", profiles, "--write")
    said = [_identify(file, profiles)["profile"] for file in (GETPROP, second)]
    assert said == ["quadrex/qx10a", "quadrex/qx10a-qx-10a-plus"]


def test_a_closer_model_extends_the_one_that_fitted_it_so_far(profiles: Path) -> None:
    _run("suggest", GETPROP, "--profiles", profiles, "--write")
    first = profiles / "quadrex/qx10a.yaml"
    wide = first.read_text("utf-8").partition("  - prop: ro.product.model")[0]
    first.write_text(wide, "utf-8")  # a person widened it to the whole device
    _run("suggest", GETPROP, "--profiles", profiles, "--write")
    assert "extends: quadrex/qx10a" in (profiles / "quadrex/qx10a-qx-10a.yaml").read_text("utf-8")
    assert _identify(GETPROP, profiles)["profile"] == "quadrex/qx10a-qx-10a"


def test_a_capture_that_no_virtual_tablet_can_play_is_named_where_the_bench_is_started(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 1)
    (home / "captures").mkdir()
    (home / "captures/a.json").write_text(json.dumps({"ro.build.version.sdk": "99", "ro.product.device": "d"}))
    words = ["station", "--virtual", "1", "--home", str(home), "--once", "--language", "en"]
    result = CliRunner().invoke(cli, words)
    assert isinstance(result.exception, TrainingError)
    assert f"{home}/captures/a.json: ro.build.version.sdk: expected 21 to 37, got 99" in str(result.exception)


@pytest.mark.parametrize("name", ["gone.txt", "./gone"])
def test_a_file_that_is_not_there_is_not_looked_for_among_the_slots(name: str, tmp_path: Path) -> None:
    words = ["capture", name, "--out", str(tmp_path / "x.json"), "--language", "en"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    assert f"{name}: no such file; name a slot" in result.output
    assert not (tmp_path / "x.json").exists()


def test_a_closed_standard_input_is_an_empty_one() -> None:
    line = f"exec {sys.executable} -m provision.cli.main identify - <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("provision: -:1: expected `[key]: [value]` lines of getprop, or JSON, got 'nothing'")


def test_standard_input_is_a_file_too() -> None:
    result = CliRunner().invoke(cli, ["identify", "-", "--language", "fr"], input=GETPROP.read_bytes())
    assert json.loads(result.output)["question"].startswith("Regardez")


def test_a_file_that_holds_something_else_is_no_place_for_a_capture(tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    words = ["capture", str(GETPROP), "--out", str(out), "--language", "en"]
    assert CliRunner().invoke(cli, [*words, "--source", "donation of June"]).exit_code == 0
    assert CliRunner().invoke(cli, [*words, "--source", "donation of June"]).exit_code == 0
    kept = out.read_bytes()
    again = CliRunner().invoke(cli, words)
    assert (again.exit_code, out.read_bytes()) == (2, kept)
    assert "x.json is there already and holds something else" in again.output
