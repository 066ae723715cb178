"""What people read when profiles or a device's own words are wrong: file, line, key; never a traceback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from provision.home.bench_settings import TOOLKIT
from tests import program
from tests.case_files import read_cases

CASES = read_cases(TOOLKIT / "tests/cases/profiles/messages.yaml")
COMMON = "status: draft\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_what_is_wrong_is_one_message(case: Mapping[str, object], tmp_path: Path) -> None:
    folder = tmp_path / "p"
    for name, text in {"common.yaml": COMMON, **dict(case.get("files") or {})}.items():  # type: ignore[call-overload]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("@10k@", "x" * 10_000), "utf-8")
    given = str(case["getprop"]).replace("@10k@", "x" * 10_000)
    words = ("identify", "-", "--profiles", str(folder), "--language", "en")
    ended = program.run(words, os.environ, given=given)
    said = (ended.stdout + ended.stderr).replace(str(folder), "P")
    assert ended.returncode == case["status"], said
    assert "Traceback" not in said
    assert all(line.isprintable() and len(line) < 4000 for line in said.splitlines())
    for part in case["says"]:  # type: ignore[attr-defined]
        assert part in said
