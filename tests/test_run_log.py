"""The log of a run: what is in it, what never is, and how many are kept."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from provision.records.run_end import unexpected_end
from provision.runs.run_log import KEPT, RunLog, RunLogs
from provision.terms import Phase


def read(folder: Path) -> list[dict[str, Any]]:
    """The events of the only log there."""
    (file,) = folder.glob("*.jsonl")
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def break_off() -> Exception:
    """An error with its traceback, whose words nobody may read."""
    try:
        int("formation-seulement")
    except ValueError as error:
        return error
    raise AssertionError


def test_a_log_tells_each_step_with_its_time_and_the_end_with_its_reason(tmp_path: Path) -> None:
    log = RunLogs(tmp_path / "logs/runs").open("7")
    log.start()
    log.step(None, "boot")
    log.step(Phase.APPS, "apps.present/org.a.chat")
    log.end(unexpected_end("7", ValueError("x")))
    events = read(tmp_path / "logs/runs")
    assert [event["event"] for event in events] == ["start", "step", "step", "end"]
    assert events[0]["slot"] == "7"
    assert [(event["phase"], event["step"]) for event in events[1:3]] == [
        (None, "boot"),
        ("apps", "apps.present/org.a.chat"),
    ]
    assert (events[3]["outcome"], events[3]["reason"], events[3]["record"]) == ("failed", "unexpected", None)
    assert [event["seconds"] for event in events] == sorted(event["seconds"] for event in events)
    assert all(datetime.fromisoformat(event["at"]).utcoffset() is not None for event in events)


def test_an_error_of_the_program_is_told_by_its_place_and_not_by_its_words(tmp_path: Path) -> None:
    log = RunLogs(tmp_path).open("7")
    log.error(break_off())
    (event,) = read(tmp_path)
    assert event["kind"] == "ValueError"
    assert any(place.startswith("test_run_log.py:") and place.endswith(" break_off") for place in event["rose"])
    assert "formation-seulement" not in json.dumps(event)


@pytest.mark.parametrize("label", ["../../etc", "a b/c", "é\u202e"])
def test_a_label_cannot_choose_where_its_log_stands(tmp_path: Path, label: str) -> None:
    folder = tmp_path / "logs/runs"
    RunLogs(folder).open(label).start()
    assert [file.parent for file in tmp_path.rglob("*.jsonl")] == [folder]
    assert read(folder)[0]["slot"] == label


def test_the_oldest_logs_give_way(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        (tmp_path / f"20260101T{number:012d}Z-slot-1.jsonl").touch()
    others = {
        "A-0001-20260101T000000Z.intoto.jsonl",
        "ledger.jsonl",
        "notes.txt",
    }  # even where it links to a folder of proofs
    for other in others:
        (tmp_path / other).touch()
    RunLogs(tmp_path).open("1").start()
    kept = sorted({file.name for file in tmp_path.iterdir()} - others)
    assert len(kept) == KEPT
    assert kept[0] == "20260101T000000000003Z-slot-1.jsonl"
    assert all((tmp_path / other).exists() for other in others)


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("no folder")
    log = RunLogs(tmp_path / "logs").open("1")
    log.start()
    log.end(unexpected_end("1", ValueError("x")))
    RunLog(None, "1").start()
    assert [file.name for file in tmp_path.iterdir()] == ["logs"]


def test_other_programs_are_named_where_some_printed_into_the_answers(tmp_path: Path) -> None:
    log = RunLogs(tmp_path / "logs/runs").open("7")
    log.noise(())
    log.noise({"b", "a"})
    assert [(event["event"], event["speakers"]) for event in read(tmp_path / "logs/runs")] == [("noise", ["a", "b"])]
