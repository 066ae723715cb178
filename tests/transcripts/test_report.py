"""The report on transcripts as a program: what it does with files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcripts import report
from tests.transcripts.comparing import FOLDER


def test_a_file_that_is_missing_or_no_transcript_is_named_and_the_others_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.jsonl").write_text("hello\n")
    good = FOLDER / "virtual-unknown-answer-30.jsonl"
    status = report.main([str(tmp_path / "none.jsonl"), str(tmp_path / "notes.jsonl"), str(good)])
    said = capsys.readouterr()
    assert status == 2
    assert "none.jsonl: expected a readable file, got No such file" in said.err
    assert "notes.jsonl:1: expected a JSON object" in said.err
    assert said.out.startswith("virtual-unknown-answer-30.jsonl: virtual")


def test_help_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        report.main(["--help"])
    assert ended.value.code == 0
    assert "usage: scripts/transcripts" in capsys.readouterr().out
