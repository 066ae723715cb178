"""The releases that the agent's screens are tested on: one of each band in which its own code does the same thing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "apks/agent/toolchain"))

from bands import begin_bands, one_of_each  # noqa: E402 # found by the path above

CASES = {
    "if (Build.VERSION.SDK_INT < 23) {": {23},
    "if (Build.VERSION.SDK_INT >= 26) {": {26},
    "return owner.api() <= 22;": {23},
    "return owner.api() > 30;": {31},
    "return owner.api() == 29;": {29, 30},
    "return owner.api() != 29;": {29, 30},
    "return owner.api()\n        >= 28;": {28},
    "private static final int RESTART_API = 24;": {24},
    "if (pages > 28) {": set(),
    "static final int SIZE = 24;": set(),
}


@pytest.mark.parametrize("line", CASES)
def test_a_band_begins_where_a_comparison_has_another_answer(line: str, tmp_path: Path) -> None:
    file = tmp_path / "A.java"
    file.write_text(line, "utf-8")
    assert begin_bands([file]) == CASES[line]


def test_each_band_has_its_first_release_and_the_newest_is_there() -> None:
    assert one_of_each([21, 22, 23, 24, 25, 27, 28, 29], {23, 26, 40}) == [21, 23, 27, 29]


def test_the_agents_own_levels_are_found() -> None:
    """Each form of comparison that its source has is read: a form that is not would be missed here."""
    begun = begin_bands((ROOT / "apks/agent/src").rglob("*.java"))
    assert {23, 24, 26, 28, 29, 30, 31, 33, 34} <= begun
