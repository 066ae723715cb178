"""What scripts/setup.sh installs: every package at its pinned version, every file with its digest."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
ELSEWHERE = {"colorama"}
"""Only for systems that this program does not run on."""


def simplify(name: str) -> str:
    """Return a name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(file: Path) -> dict[str, str]:
    """Versions by name; a line that is no pin, no digest and no comment is an error."""
    entries = file.read_text("ascii").replace("\\\n", " ").splitlines()
    found = [PINNED.match(entry) for entry in entries if entry and not entry.startswith("#")]
    assert None not in found, file
    return {simplify(match["name"]): match["version"] for match in found if match}


@pytest.mark.parametrize("name", ["product", "dev"])
def test_a_lock_has_what_is_pinned_and_a_digest_for_each(name: str) -> None:
    file, pins = ROOT / "requirements" / f"{name}.txt", read_pins(ROOT / "constraints.txt")
    locked = {each: version for each, version in read_pins(file).items() if each not in ELSEWHERE}
    assert {each: pins.get(each) for each in locked} == locked, "scripts/lock was not run after a change"
    entries = file.read_text("ascii").replace("\\\n", " ").splitlines()
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if name == "dev" else [])
    asked = {simplify(re.split(r"[\[<>=~! ]", each)[0]) for each in [*wanted, "setuptools"]}
    assert asked - locked.keys() == set()
    assert name == "product" or pins.keys() == locked.keys()
