"""Done wrong on purpose: the message says what, where and what to do; no traceback, right status."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from provision.home.create import Details, create_home
from provision.terms import HomeKind
from tests import program
from tests.case_files import read_cases

CASES: list[dict[str, Any]] = read_cases(Path(__file__).parent.parent / "cases" / "cli.yaml")


def make_home(folder: Path, case: dict[str, Any]) -> None:
    """The home of a case, spoilt as the case says."""
    if case["home"] == "none":
        return
    kind = HomeKind(case["home"])
    place = folder / case["home"]
    create_home(place, kind, 4, Details(name="CHU Exemple", ssid="HOPITAL"))
    if kind is HomeKind.WARD:
        site = place / "site.yaml"
        site.write_text(site.read_text().replace("hotline: ", 'hotline: "4242" '))
        (place / "secrets" / "wifi").write_text("ward-secret-123\n")
    if "spoil" in case:
        name, old, new = case["spoil"]
        text = (place / name).read_text()
        assert old in text
        (place / name).write_text(text.replace(old, new))


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case["name"], marks=[pytest.mark.later] if case.get("later") else []) for case in CASES],
)
def test_a_wrong_use_is_explained(tmp_path: Path, case: dict[str, Any]) -> None:
    make_home(tmp_path, case)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = program.run(case["words"], env, cwd=tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == case["status"], said
    assert [part for part in case["says"] if part not in said] == [], said
    assert "Traceback" not in said
    assert not [part for part in case.get("never", ()) if part in said]
