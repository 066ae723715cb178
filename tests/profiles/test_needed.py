"""What no profile may remove: each family refuses its packages where a list is read, planted in every shipped list."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.config.source import load
from provision.errors import ConfigurationError
from provision.profiles.load import load_profiles
from provision.profiles.needed import NEEDED, NeededFile, find_family
from tests.case_files import check_each, read_cases, thin_out

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "device_profiles"
GROUPS = read_cases(ROOT / "tests/cases/profiles/needed.yaml")
NOTHING = "nothing"
FILES = sorted(path.relative_to(SHIPPED) for path in SHIPPED.rglob("*.yaml"))
LISTS = [str(path) for path in FILES if "remove" in read_cases(SHIPPED / path)]
CASES = [
    pytest.param(group["family"], each["package"], id=each["package"]) for group in GROUPS for each in group["packages"]
]


@check_each(("family", "package"), CASES)
def test_a_package_is_kept_for_the_family_that_needs_it(family: str, package: str) -> None:
    assert (find_family(package) or NOTHING) == family
    assert find_family(package.upper()) == find_family(package)


def test_each_family_has_its_cases() -> None:
    families = {each.family for each in load(NEEDED, NeededFile).families}
    assert families | {NOTHING} == {group["family"] for group in GROUPS}


@pytest.mark.parametrize("file", list(thin_out(((file, file) for file in LISTS), 4)))
def test_a_needed_package_planted_in_a_shipped_list_is_refused(file: str, tmp_path: Path) -> None:
    """One of each family, at the end of the list as somebody in a hurry would add it."""
    planted = [group["packages"][0]["package"] for group in GROUPS if group["family"] != NOTHING]
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    data: dict[str, Any] = yaml.safe_load((SHIPPED / file).read_text("utf-8"))
    data["remove"] += [{"package": name, "safety": "safe", "why": "w", "source": "s"} for name in planted]
    (tmp_path / file).write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_profiles(tmp_path)
    assert [fault.got for fault in caught.value.faults] == [f"'{name}'" for name in planted]
