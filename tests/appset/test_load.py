"""apps.yaml against its APKs: each difference is a fault with its line."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.appset.load import load_appset
from provision.appset.schema import AppsFile
from provision.config.nodes import parse
from provision.config.source import check
from provision.errors import ConfigurationError
from tests.case_files import read_cases

ROOT = Path(__file__).parents[2]
VARIANTS = ROOT / "tests/fixtures/apks"
CASES = read_cases(ROOT / "tests/cases/appset/apps.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of apks/ that a case may change."""
    shutil.copy(ROOT / "apks/apps.yaml", tmp_path)
    shutil.copytree(ROOT / "apks/fixtures", tmp_path / "fixtures")
    return tmp_path


def _repin(folder: Path, before: bytes, after: bytes) -> None:
    """Pin other bytes for the first app, as a careless person would."""
    file = folder / "apps.yaml"
    text = file.read_text("utf-8").replace(_sha256(before), _sha256(after))
    file.write_text(text.replace(f"size: {len(before)}", f"size: {len(after)}", 1), "utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _apply(case: dict[str, Any], folder: Path) -> None:
    file = folder / "apps.yaml"
    if "change" in case:
        old, new = case["change"]
        assert old in file.read_text("utf-8")
        file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    if "text" in case:
        file.write_text(case["text"], "utf-8")
    chat = folder / "fixtures/chat.apk"
    before = chat.read_bytes()
    if "swap" in case:
        shutil.copy(VARIANTS / case["swap"]["chat"], chat)
    if "cut" in case:
        chat.write_bytes(before[: case["cut"]["chat"]])
    if case.get("repin"):
        _repin(folder, before, chat.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_a_difference_names_its_line_and_key(case: dict[str, Any], folder: Path) -> None:
    _apply(case, folder)
    with pytest.raises(ConfigurationError) as caught:
        load_appset(folder / "apps.yaml")
    found = caught.value.faults
    assert len(found) == len(case["faults"]), str(caught.value)
    for fault, expected in zip(found, case["faults"], strict=True):
        assert {name: getattr(fault, name) for name in expected} == expected


def test_the_committed_app_set_is_right() -> None:
    appset = load_appset(ROOT / "apks/apps.yaml")
    assert [app.package.rpartition(".")[2] for app in appset.apps] == ["chat", "visio", "browser"]
    assert all(app.path.is_file() and (app.min_sdk, app.target_sdk) == (21, 34) for app in appset.apps)


def test_comments_labels_and_places_do_not_change_the_digest(folder: Path) -> None:
    before = load_appset(folder / "apps.yaml").digest
    file = folder / "apps.yaml"
    text = file.read_text("utf-8").replace("label: Chat (essai)", "label: Messages").replace("fixtures/chat", "chat")
    (folder / "fixtures/chat.apk").rename(folder / "chat.apk")
    file.write_text("# another comment\n" + text, "utf-8")
    assert load_appset(file).digest == before


def test_another_file_or_order_changes_the_digest(folder: Path) -> None:
    before = load_appset(folder / "apps.yaml").digest
    data = yaml.safe_load((folder / "apps.yaml").read_text("utf-8"))
    data["apps"].reverse()
    (folder / "apps.yaml").write_text(yaml.safe_dump(data), "utf-8")
    assert load_appset(folder / "apps.yaml").digest != before


def test_signature_schemes_with_one_signer_are_accepted_alone(folder: Path) -> None:
    chat = folder / "fixtures/chat.apk"
    for variant in ("chat-v1-only.apk", "chat-v2-only.apk"):
        before = chat.read_bytes()
        shutil.copy(VARIANTS / variant, chat)
        _repin(folder, before, chat.read_bytes())
        assert load_appset(folder / "apps.yaml").apps[0].size == chat.stat().st_size


def test_the_example_of_the_readme_has_the_form_of_an_app_set(tmp_path: Path) -> None:
    """Its files are nobody's: only the schema can be held against it."""
    text = (ROOT / "apks/README.md").read_text("utf-8")
    file = tmp_path / "apps.yaml"
    file.write_text(text[text.index("```yaml\n") + 8 : text.rindex("```")], "utf-8")
    entries = check(parse(file), AppsFile).apps
    assert [entry.package for entry in entries] == ["org.jitsi.meet", "im.vector.app"]
    assert all(key in text.split("```yaml")[0] for entry in entries for key in entry.configuration)
