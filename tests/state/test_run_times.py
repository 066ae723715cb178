"""What runs took: kept over stations, bounded, and the usual time of a model made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from factories import make_end
from state_file import change_state, make_earlier

from provision.board.batch import TimedEnd
from provision.board.hands import Hands
from provision.cli.run_times import find_usual, keep_run
from provision.state.opening import open_bench_state
from provision.state.run_times import RunTime, find_usual_phases
from provision.state.sql.bench_state import BenchState
from provision.terms import Outcome, Phase, Reason

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def make_run(number: int, apps: float, outcome: Outcome = Outcome.DONE, model: str = "acme T1") -> RunTime:
    which = (f"A-{number:04}", model, "1", "", outcome, None if outcome is Outcome.DONE else Reason.STORAGE_LOW)
    return RunTime(AT + timedelta(minutes=number), *which, 60.0, 0.0, 3, 12.0, {Phase.APPS: apps})


def test_the_usual_time_is_the_median_of_whole_runs_of_a_model() -> None:
    runs = [make_run(number, apps) for number, apps in enumerate((10.0, 20.0, 900.0))]
    runs += [make_run(4, 1.0, Outcome.REFUSED), *(make_run(number, 5.0, model="acme T2") for number in (5, 6))]
    assert {model: phases[Phase.APPS] for model, phases in find_usual_phases(runs).items()} == {"acme T1": 20.0}


def test_runs_are_read_as_they_were_noted_and_by_their_day(bench_state: BenchState) -> None:
    runs = [make_run(0, 10.0), make_run(1, 20.0, Outcome.REFUSED)]
    bench_state.cable_history.change("1", "blue")
    for run in runs:
        bench_state.run_times.note(run)
    found = bench_state.run_times.list_recent()
    assert [(run.asset_id, run.cable, run.phases, run.reason) for run in found] == [
        ("A-0000", "blue", {Phase.APPS: 10.0}, None),
        ("A-0001", "blue", {Phase.APPS: 20.0}, Reason.STORAGE_LOW),
    ]
    day = bench_state.run_times.list_between(AT, AT + timedelta(seconds=30))
    assert [run.asset_id for run in day] == ["A-0000"]


def test_a_damaged_row_costs_one_figure(bench_state: BenchState, tmp_path: Path) -> None:
    for number in range(2):
        bench_state.run_times.note(make_run(number, 10.0))
    change_state(tmp_path, "UPDATE run_time SET phases = '[' WHERE asset_id = 'A-0000'")
    assert [run.asset_id for run in bench_state.run_times.list_recent()] == ["A-0001"]


def test_a_note_that_cannot_be_written_fails_nothing(bench_state: BenchState, tmp_path: Path) -> None:
    timed = TimedEnd(1.0, make_end("1", Outcome.DONE, None), {Phase.APPS: 3.0}, Hands(3, 9.0))
    for _ in range(3):
        keep_run(bench_state.run_times, timed)
    assert [phases[Phase.APPS] for phases in find_usual(bench_state.run_times).values()] == [3.0]
    change_state(tmp_path, "DROP TABLE run_time")
    keep_run(bench_state.run_times, timed)
    assert find_usual(bench_state.run_times) == {}


def test_a_home_of_the_revision_before_gets_the_table(tmp_path: Path) -> None:
    make_earlier(tmp_path, "0004")
    with open_bench_state(tmp_path) as state:
        state.run_times.note(make_run(0, 1.0))
        assert len(state.run_times.list_recent()) == 1
        state.check()
