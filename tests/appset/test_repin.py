"""Several files of one app, pinned together by program: what is told, what is refused, and every other byte stays."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_apks import app_entry, entry, make_apk

from provision.appset.app_fault import AppFault
from provision.appset.edit import Choice, add_app, update_app
from provision.appset.load import load_appset
from provision.appset.pins import read_pins
from provision.errors import ConfigurationError
from tests.case_files import check_each, read_cases, sample

ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = read_cases(ROOT / "tests/cases/appset/edits.yaml")
FORMS = ("block", "flow", "windows", "texts")


def _pin(value: Any, folder: Path, made: dict[str, Any]) -> Any:  # noqa: ANN401 # what a file of YAML holds
    """`pin: NAME` written out, after the file was made."""
    if isinstance(value, list):
        return [_pin(each, folder, made) for each in value]
    if not isinstance(value, dict):
        return value
    rest = {key: _pin(each, folder, made) for key, each in value.items() if key != "pin"}
    return (entry(folder / value["pin"], make_apk(**made[value["pin"]])) if "pin" in value else {}) | rest


def _write(case: dict[str, Any], folder: Path, form: str) -> Path:
    """`apps.yaml` with comments: in blocks, with variants and splits on one line each, with other line ends, folded."""
    app = app_entry(**_pin(case["entry"], folder, case["before"]))
    text = yaml.safe_dump({"apps": [app]}, sort_keys=False)
    if form == "flow":
        text = "apps:\n" + "".join(
            f"{'  - ' if not number else '    '}{key}: {_dump_in_line(value)}   # of {key}\n"
            for number, (key, value) in enumerate(app.items())
        )
    if form == "texts":  # each file ends with a value on a line of its own
        text = re.sub(r"^([ -]*)(sha256|size|file): (.*)$", _fold, text, flags=re.MULTILINE)
    file = folder / "apps.yaml"
    whole = f"# the ward’s set\n{text}# the end\n"
    file.write_text(whole, "utf-8", newline="\r\n" if form == "windows" else "\n")
    return file


def _fold(found: re.Match[str]) -> str:
    indent, key, value = found.groups()
    return f"{indent}{key}: >-\n{' ' * len(indent)}  {value}" if key != "size" else found[0]


def _dump_in_line(value: object) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("...\n").strip()


TAKEN = product([case for case in CASES if "add" not in case], FORMS)


@check_each(("case", "form"), sample((case["title"], form, (case, form)) for case, form in TAKEN))
def test_files_take_the_place_of_those_they_succeed(case: dict[str, Any], form: str, tmp_path: Path) -> None:
    file = _write(case, tmp_path, form)
    for name, made in case.get("after", {}).items():
        (tmp_path / name).write_bytes(make_apk(**made))
    before = file.read_text("utf-8")
    pins = [read_pins(tmp_path / name, tmp_path) for name in case["give"]]
    choice = Choice(**case.get("choice", {}))
    if "says" in case:
        _expect_refusal(case, lambda: update_app(file, pins, choice))
        assert file.read_text("utf-8") == before
        return
    appset, changes = update_app(file, pins, choice)
    told = [f"{key}: {old} -> {new}" for key, old, new in changes if not key.endswith(("sha256", "size"))]
    assert told == case["changes"]
    assert load_appset(file) == appset
    _assert_comments_stay(before, file.read_text("utf-8"))
    assert update_app(file, pins, choice)[1] == ()
    ends = set(re.findall(rb"\r\n|\r|\n", file.read_bytes()))
    assert ends == {b"\r\n" if form == "windows" else b"\n"}


def _assert_comments_stay(before: str, after: str) -> None:
    """Every comment but that of a key that left, in the same order; all other keys on lines as before."""
    comments = [line.partition("   #")[2] for line in before.splitlines() if "   #" in line]
    kept = [line.partition("   #")[2] for line in after.splitlines() if "   #" in line]
    assert [each for each in comments if each in kept] == kept
    assert set(comments) - set(kept) <= {" of splits"}
    assert (after.splitlines()[0], after.splitlines()[-1]) == ("# the ward’s set", "# the end")


@pytest.mark.parametrize("case", [case for case in CASES if "add" in case], ids=lambda case: case["title"])
def test_several_files_are_added_as_one_app(case: dict[str, Any], tmp_path: Path) -> None:
    for name, made in case["after"].items():
        (tmp_path / name).write_bytes(make_apk(**made))
    file = tmp_path / "apps.yaml"
    pins = [read_pins(tmp_path / name, tmp_path) for name in case["give"]]
    if "says" in case:
        _expect_refusal(case, lambda: add_app(file, pins, "Essai"))
        assert not file.exists()
        return
    (app,) = add_app(file, pins, "Essai").apps
    found = [[each.path.name for _, each in variant.files] for variant in (app, *app.variants)]
    assert found == case["files"]
    assert load_appset(file).apps == (app,)


def _expect_refusal(case: dict[str, Any], change: Any) -> None:  # noqa: ANN401 # a call without arguments
    with pytest.raises(ConfigurationError) as caught:
        change()
    assert case["says"] in str(caught.value)
    (fault,) = caught.value.faults
    assert isinstance(fault, AppFault)
    assert fault.cause == case.get("cause")


def test_a_pinned_file_that_is_gone_is_found_by_being_the_only_one(tmp_path: Path) -> None:
    """People delete the old file first."""
    file = _write({"entry": {"pin": "old.apk"}, "before": {"old.apk": {}}}, tmp_path, "block")
    (tmp_path / "old.apk").unlink()
    (tmp_path / "new.apk").write_bytes(make_apk(code=2, libraries=("arm64-v8a",)))
    appset, _ = update_app(file, [read_pins(tmp_path / "new.apk", tmp_path)], Choice())
    assert appset.apps[0].version_code == 2
