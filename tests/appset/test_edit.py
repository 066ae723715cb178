"""`apps.yaml` changed by program: comments stay, and a wrong result leaves the old file."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_apks import make_apk

from provision.appset.edit import Choice, add_app, update_app
from provision.appset.load import load_appset
from provision.appset.model import App, AppSet
from provision.appset.pins import read_pins
from provision.errors import ConfigurationError
from tests.case_files import read_cases

ROOT = Path(__file__).parents[2]
VARIANTS = ROOT / "tests/fixtures/apks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "apks/apps.yaml", tmp_path)
    shutil.copytree(ROOT / "apks/fixtures", tmp_path / "fixtures")
    for variant in VARIANTS.glob("*.apk"):
        shutil.copy(variant, tmp_path)
    (tmp_path / "made.apk").write_bytes(make_apk())
    return tmp_path


def test_an_app_is_added_behind_the_others_and_every_comment_stays(folder: Path) -> None:
    file = folder / "apps.yaml"
    before = file.read_text("utf-8")
    appset = add_app(file, [read_pins(folder / "made.apk", folder)], "Été : « salon »")
    assert file.read_text("utf-8").startswith(before)
    assert load_appset(file) == appset
    assert [(app.package, app.label) for app in appset.apps][-1] == ("org.example.made", "Été : « salon »")


def test_the_first_app_makes_the_file(folder: Path) -> None:
    file = folder / "new.yaml"
    assert len(add_app(file, [read_pins(folder / "made.apk", folder)], "Essai").apps) == 1


def test_an_update_changes_its_lines_and_no_others(folder: Path) -> None:
    file = folder / "apps.yaml"
    file.write_text(file.read_text("utf-8").replace("version_code: 1", "version_code: 1   # of May", 1), "utf-8")
    before = file.read_text("utf-8").split("\n")
    appset, changed = update_app(file, [read_pins(folder / "chat-2.apk", folder)], Choice())
    after = file.read_text("utf-8").split("\n")
    assert [key for key, _, _ in changed] == ["file", "sha256", "version_code", "version_name"]
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 4
    assert "    version_code: 2   # of May" in after
    assert appset.apps[0].version_code == 2
    assert update_app(file, [read_pins(folder / "chat-2.apk", folder)], Choice())[1] == ()


@pytest.mark.parametrize(
    ("apk", "add", "says"),
    [
        ("chat-other-signer.apk", False, "expected the pinned signer"),
        ("chat-2.apk", True, "expected an app that is not in the set"),
        ("made.apk", False, "expected an app of the set"),
    ],
)
def test_a_refusal_leaves_the_file_as_it_was(apk: str, add: bool, says: str, folder: Path) -> None:  # noqa: FBT001 # of the table above
    file = folder / "apps.yaml"
    before, pins = file.read_bytes(), [read_pins(folder / apk, folder)]
    with pytest.raises(ConfigurationError, match=says):
        _ = add_app(file, pins, "x") if add else update_app(file, pins, Choice())[0]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "got"), [("pipe", "not a regular file"), (".", "not a regular file"), ("gone", "No such file")]
)
def test_what_is_no_file_is_refused_and_not_waited_for(name: str, got: str, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(ConfigurationError, match=f"a readable APK, got {got}"):
        read_pins(folder / name, folder)


def test_a_result_that_would_be_wrong_is_not_written(folder: Path) -> None:
    """The set has another fault already."""
    file = folder / "apps.yaml"
    (folder / "fixtures/visio.apk").unlink()
    text = file.read_bytes()
    with pytest.raises(ConfigurationError, match="no such file"):
        update_app(file, [read_pins(folder / "chat-2.apk", folder)], Choice())
    assert file.read_bytes() == text
    assert not list(folder.glob(".*trial*"))


def test_a_value_on_a_line_of_its_own_is_changed_too(folder: Path) -> None:
    file = folder / "apps.yaml"
    text = file.read_text("utf-8").replace("    version_code: 1\n", "    version_code:\n      1  # of May\n", 1)
    file.write_text(text, "utf-8")
    update_app(file, [read_pins(folder / "chat-2.apk", folder)], Choice())
    assert "    version_code:\n      2  # of May\n" in file.read_text("utf-8")


def test_another_signer_is_taken_when_a_person_says_so(folder: Path) -> None:
    appset, changed = update_app(
        folder / "apps.yaml", [read_pins(folder / "chat-other-signer.apk", folder)], Choice(accept_signer=True)
    )
    assert "signer" in {key for key, _, _ in changed}
    assert appset.apps[0].signer.startswith("5a2f")


FORMS = read_cases(ROOT / "tests/cases/appset/yaml_forms.yaml")


def _write_form(file: Path, case: dict[str, Any]) -> bytes:
    text = (ROOT / "apks/apps.yaml").read_text("utf-8")
    for before, after in case["change"]:
        text = text.replace(before, after)
    file.write_bytes((text + case.get("end", "")).encode())
    return file.read_bytes()


def _leave_out(appset: AppSet, package: str) -> list[App]:
    return [replace(app, path=Path(app.path.name)) for app in appset.apps if app.package != package]


@pytest.mark.parametrize("case", FORMS, ids=lambda case: case["name"])
def test_whatever_form_the_file_has_only_what_was_asked_for_changes(case: dict[str, Any], folder: Path) -> None:
    file = folder / "apps.yaml"
    text = _write_form(file, case)
    if case.get("wrong"):
        with pytest.raises(ConfigurationError):
            add_app(file, [read_pins(folder / "made.apk", folder)], "Made")
        assert file.read_bytes() == text
        return
    before = load_appset(file)
    added = add_app(file, [read_pins(folder / "made.apk", folder)], "Made")
    assert _leave_out(added, "org.example.made") == _leave_out(before, "")
    updated, _ = update_app(file, [read_pins(folder / "chat-2.apk", folder)], Choice())
    chat = "org.provision.fixture.chat"
    assert _leave_out(updated, chat) == _leave_out(added, chat)
    assert [app.version_code for app in updated.apps] == [2, 1, 1, 1]
    ends = [set(re.findall(rb"\r\n|\r|\n", each)) for each in (text, file.read_bytes())]
    assert (ends[0], text[:3]) == (ends[1], file.read_bytes()[:3])


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("apps: []\n", "in brackets"),
        ('{"apps": []}', "in brackets"),
        ("{}\n", "another mapping"),
        ("a: 1\n", "another mapping"),
    ],
)
def test_a_list_that_has_no_lines_of_its_own_is_refused(text: str, got: str, folder: Path) -> None:
    file = folder / "apps.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=got):
        add_app(file, [read_pins(folder / "made.apk", folder)], "Made")
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("label", ["true", "null", "no", "~", "1", "1.5", "{a: b}", "# c", "- x", '"', "a: b", "été"])
def test_a_label_is_read_back_as_it_was_given(label: str, folder: Path) -> None:
    appset = add_app(folder / "apps.yaml", [read_pins(folder / "made.apk", folder)], label)
    assert appset.apps[-1].label == label


def test_a_link_to_an_app_set_stays_one(folder: Path) -> None:
    link = folder / "link.yaml"
    link.symlink_to("apps.yaml")
    add_app(link, [read_pins(folder / "made.apk", folder)], "Made")
    update_app(link, [read_pins(folder / "chat-2.apk", folder)], Choice())
    assert link.is_symlink()
    assert [app.version_code for app in load_appset(folder / "apps.yaml").apps] == [2, 1, 1, 1]
