"""The pages that answer questions by a picture of the agent's screens name pictures that are there."""

from __future__ import annotations

import re

import pytest
from android_tables import ROOT

PICTURES = ROOT / "apks/agent/pictures"
NAME = re.compile(r"`([a-z]+(?:-[a-z0-9]+)+)`")


@pytest.mark.parametrize(("page", "cell", "at_least"), [("pictures/READING.md", 2, 20), ("README.md", 3, 20)])
def test_each_picture_that_answers_a_question_is_there(page: str, cell: int, at_least: int) -> None:
    text = (ROOT / "apks/agent" / page).read_text("utf-8")
    tables = re.findall(r"(?m)^\| question .*\n\|[ -|]+\n((?:\|.*\n)+)", text)
    named = [name for table in tables for row in table.splitlines() for name in NAME.findall(row.split("|")[cell])]
    assert [name for name in named if not (PICTURES / f"{name}.png").is_file()] == []
    assert len(named) >= at_least
