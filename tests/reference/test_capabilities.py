"""The agent's capability table beside the reference, and beside the table of the last release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference.policy_table import Levels, read_levels, read_table

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "apks/agent/capabilities.json").read_text("utf-8"))
RELEASED = json.loads((ROOT / "tests/fixtures/capabilities-3.json").read_text("utf-8"))
"""As agent 0.3.0 and the stations of its day had it."""


def parts(table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["part"]: row for row in table["rows"]}


def test_each_row_holds_as_firmly_as_the_reference_says() -> None:
    reference = read_table()
    told = {part: Levels(row.get("set_from"), row.get("enforced_from")) for part, row in parts(TABLE).items()}
    wanted = {part: read_levels(reference[row["row"]], row.get("restriction")) for part, row in parts(TABLE).items()}
    assert told == wanted


def test_rows_are_only_ever_added() -> None:
    """A station and an agent of different days tell each other one number; it must mean the same to both."""
    now = parts(TABLE)
    assert len(now) == len(TABLE["rows"])
    assert [now.get(part) for part in parts(RELEASED)] == RELEASED["rows"]
    assert [part for part in now if part in parts(RELEASED)] == list(parts(RELEASED)), "in their order"
    added = [row["since"] for part, row in now.items() if part not in parts(RELEASED)]
    assert min(added, default=TABLE["version"]) > RELEASED["version"] or not added
    assert TABLE["version"] >= max(row["since"] for row in TABLE["rows"])


@pytest.mark.parametrize(
    ("row", "restriction", "levels"),
    [
        (13, "no_bluetooth", Levels(None, 26)),
        (13, "no_config_bluetooth", Levels(21, None)),
        (14, "no_airplane_mode", Levels(None, 28)),
        (12, "no_data_roaming", Levels(None, 24)),
        (9, None, Levels(None, 33)),
        (4, None, Levels(21, None)),
    ],
)
def test_the_reference_is_read_as_a_person_reads_it(row: int, restriction: str | None, levels: Levels) -> None:
    assert read_levels(read_table()[row], restriction) == levels
