"""Drops by slot and cable: what is counted over runs, and what is said of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from factories import make_end
from state_file import FILE

from provision.bench.slots import SlotTable
from provision.cli.cables import CountingSink, tell_cables
from provision.cli.slots import cable
from provision.home.create import Details, create_home
from provision.records.run_end import RunEnd
from provision.state.cable_history import CableCount, judge_cables
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.language import Language
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/cables.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_history_is_judged(case: Mapping[str, Any]) -> None:
    counts = [CableCount(*count) for count in case["counts"]]
    faults = judge_cables(counts, case.get("present", {}))
    assert [[fault.slot, fault.key, fault.drops, fault.runs] for fault in faults] == case["faults"]


class Silent:
    """A sink that counts what it is told."""

    def __init__(self) -> None:
        self.ends: list[RunEnd] = []

    def show(self, table: SlotTable, now: float) -> None: ...

    def ended(self, end: RunEnd) -> None:
        self.ends.append(end)

    def warn(self, text: str) -> None: ...


LOST = (Outcome.LOST, Reason.TABLET_GONE)
SERVER = (Outcome.LOST, Reason.ADB_SERVER_GONE)


def work(state: BenchState, slot: str, *ends: tuple[Outcome, Reason | None]) -> None:
    sink = CountingSink(Silent(), state.cable_history)
    for outcome, reason in ends:
        sink.ended(make_end(slot, outcome, reason))


def test_drops_are_counted_over_stations_until_the_cable_is_changed(bench_state: BenchState) -> None:
    work(bench_state, "7", LOST, LOST, (Outcome.DONE, None), SERVER)
    work(bench_state, "3", *[(Outcome.DONE, None)] * 4)
    assert tell_cables(bench_state.cable_history, Language.EN) == []
    work(bench_state, "7", LOST)
    (said,) = tell_cables(bench_state.cable_history, Language.EN)
    assert said.startswith("slot 7: 3 drops in 5 runs of the last 30 days: change the cable")
    assert "3 coupures en 5 passages" in tell_cables(bench_state.cable_history, Language.FR)[0]
    bench_state.cable_history.change("7")
    assert tell_cables(bench_state.cable_history, Language.EN) == []


def test_runs_are_forgotten_after_thirty_days(bench_state: BenchState, tmp_path: Path) -> None:
    work(bench_state, "7", LOST, LOST, LOST)
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("UPDATE slot_run SET at = '2020-01-01T00:00:00Z'")
    assert bench_state.cable_history.count() == ()
    work(bench_state, "7", LOST)
    with closing(sqlite3.connect(tmp_path / FILE)) as raw:
        assert raw.execute("SELECT count(*) FROM slot_run").fetchone() == (1,)


def test_a_run_whose_count_cannot_be_kept_is_told_all_the_same(bench_state: BenchState, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("DROP TABLE slot_run")
    behind = Silent()
    CountingSink(behind, bench_state.cable_history).ended(make_end("7", *LOST))
    assert len(behind.ends) == 1
    assert tell_cables(bench_state.cable_history, Language.EN) == []


def test_a_home_of_the_revision_before_counts_from_its_next_opening_on(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        state.site_names.note("CHU")
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.executescript(
            "DROP TABLE slot_run; DROP TABLE slot_cable; DROP TABLE run_time; DROP TABLE tablet_key;"
            "ALTER TABLE verified_install DROP COLUMN witness;"
            "UPDATE alembic_version SET version_num = '0003';"
        )
    with open_bench_state(tmp_path) as state:
        work(state, "7", LOST)
        assert state.cable_history.count() == (CableCount("7", "", 1, 1),)
        assert state.site_names.list_names() == ("CHU",)
        state.check()


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["1"], 0, "Slot 1 has another cable from now on"),
        (["1", "--name", "C12"], 0, "Slot 1 has another cable from now on"),
        (["9"], 1, "9"),
        (["1", "--name", "a b"], 2, "--name: expected 1 to 20 letters"),
    ],
)
def test_a_new_cable_is_said_by_its_slot(words: list[str], status: int, says: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 2, Details(Language.EN))
    done = CliRunner().invoke(cable, ["--home", str(home), "--language", "en", *words])
    assert (done.exit_code, says in done.output + str(done.exception)) == (status, True), done.output
