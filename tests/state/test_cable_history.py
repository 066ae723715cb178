"""Drops by slot and cable: what is counted over runs, and what is said of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from factories import make_end
from state_file import FILE, make_earlier

from provision.bench.slots import SlotTable
from provision.cli.cables import CountingSink, tell_cables
from provision.cli.slots import cable
from provision.home.create import Details, create_home
from provision.records.run_end import RunEnd
from provision.state.cable_history import CableCount, CableFault, HubFault, SlotRun, judge_cables, judge_runs
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.language import Language
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/cables.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_history_is_judged(case: Mapping[str, Any]) -> None:
    counts = [CableCount(*count) for count in case["counts"]]
    ports = {"7": "1-1.7", "3": "1-1.3"} | case.get("ports", {})
    faults = judge_cables(counts, case.get("present", {}), ports)
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


PORTS = {"7": "1-1.7", "3": "1-1.3"}


def work(
    state: BenchState,
    slot: str,
    *ends: tuple[Outcome, Reason | None],
    asset: str | None = None,
    ports: Mapping[str, str] = PORTS,
) -> None:
    """Runs of one station, each of another tablet where no asset is given."""
    sink = CountingSink(Silent(), state.cable_history, ports)
    for number, (outcome, reason) in enumerate(ends):
        sink.ended(replace(make_end(slot, outcome, reason), asset_id=asset or f"A-{number:04d}"))


def tell(state: BenchState, ports: Mapping[str, str] = PORTS) -> list[str]:
    return tell_cables(state.cable_history, ports, Language.EN)


def test_drops_are_counted_over_stations_until_the_cable_is_changed(bench_state: BenchState) -> None:
    work(bench_state, "7", LOST, LOST, (Outcome.DONE, None), SERVER)
    work(bench_state, "3", *[(Outcome.DONE, None)] * 4)
    assert tell(bench_state) == []
    work(bench_state, "7", LOST)
    (said,) = tell(bench_state)
    assert said.startswith("slot 7: 3 drops in 5 runs of the last 30 days: change the cable")
    assert "3 coupures en 5 passages" in tell_cables(bench_state.cable_history, PORTS, Language.FR)[0]
    bench_state.cable_history.change("7")
    assert tell(bench_state) == []


def test_a_tablet_that_restarts_by_itself_accuses_its_cable_once(bench_state: BenchState) -> None:
    work(bench_state, "7", LOST, LOST, LOST, LOST, asset="A-0001")
    assert [run.dropped for run in bench_state.cable_history.list_runs()] == [True]
    assert tell(bench_state) == []
    work(bench_state, "7", LOST, (Outcome.DONE, None), LOST, asset="A-0002")
    (said,) = tell(bench_state)
    assert "3 drops in 4 runs" in said, "a run in between was another plug"


def test_a_slot_with_another_port_is_judged_anew(bench_state: BenchState) -> None:
    work(bench_state, "7", LOST, LOST, LOST)
    bench_state.cable_history.change("7")
    work(bench_state, "7", LOST, LOST, LOST)
    (said,) = tell(bench_state)
    assert "2 cables one after the other" in said
    assert said.endswith("provision slots learn --hub 1-1")
    moved = PORTS | {"7": "1-1.2"}
    assert tell(bench_state, moved) == []
    work(bench_state, "7", LOST, LOST, LOST, ports=moved)
    assert ["2 cables" in each for each in tell(bench_state, moved)] == [False]


def test_a_named_cable_hangs_in_one_slot(bench_state: BenchState) -> None:
    history = bench_state.cable_history
    history.change("3", "K1")
    work(bench_state, "3", LOST, LOST, LOST)
    history.change("7", "K1")
    present = history.list_present()
    assert (present["7"], present["3"][0]) == ("K1", "@")
    assert [each.partition(":")[0] for each in tell(bench_state)] == ["cable K1, now in slot 7"]
    for slot in ("3", "7"):
        history.change(slot)
    assert tell(bench_state) == []


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def lose(minute: int, *lost: tuple[float, str, str]) -> list[SlotRun]:
    """Drops of about one moment: seconds, slot, port."""
    at = NOW + timedelta(minutes=minute)
    return [SlotRun(at + timedelta(seconds=second), slot, port, "", dropped=True) for second, slot, port in lost]


ALL = [(slot / 2, str(slot), f"1-1.{slot}") for slot in range(1, 5)]


@pytest.mark.parametrize(
    ("name", "runs", "faults"),
    [
        ("a hub without power", [lose(m, *ALL) for m in (0, 9, 20)], [HubFault("1-1", 3, "1, 2, 3, 4")]),
        ("one blackout is a foot", [lose(0, *ALL)], []),
        (
            "the hub nearest to all of them",
            [lose(m, (0, "1", "1-1.4.1"), (1, "2", "1-1.4.2")) for m in (0, 9)],
            [HubFault("1-1.4", 2, "1, 2")],
        ),
        (
            "a hub behind a hub goes with it",
            [lose(m, (0, "1", "1-1.4.1"), (1, "2", "1-1.2")) for m in (0, 9)],
            [HubFault("1-1", 2, "1, 2")],
        ),
        ("two ports of the computer", [lose(m, (0, "1", "1-1"), (1, "2", "1-2")) for m in (0, 9)], []),
        ("two hubs at once by chance", [lose(m, (0, "1", "1-1.1"), (1, "2", "1-2.1")) for m in (0, 9)], []),
        (
            "one slot at a time is its cable",
            [lose(m, (0, "1", "1-1.1"), (30, "2", "1-1.2")) for m in (0, 9, 20)],
            [CableFault("1", "", 3, 3, 1, "1-1"), CableFault("2", "", 3, 3, 1, "1-1")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_hub_lost_accuses_no_cable(name: str, runs: list[list[SlotRun]], faults: list[object]) -> None:
    every = [run for moment in runs for run in moment]
    assert list(judge_runs(every, {}, {run.slot: run.port for run in every})) == faults, name


def test_runs_are_forgotten_after_thirty_days(bench_state: BenchState, tmp_path: Path) -> None:
    work(bench_state, "7", LOST, LOST, LOST)
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("UPDATE slot_run SET at = '2020-01-01T00:00:00Z'")
    assert bench_state.cable_history.list_runs() == ()
    work(bench_state, "7", LOST)
    with closing(sqlite3.connect(tmp_path / FILE)) as raw:
        assert raw.execute("SELECT count(*) FROM slot_run").fetchone() == (1,)


def test_a_run_whose_count_cannot_be_kept_is_told_all_the_same(bench_state: BenchState, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as raw, raw:
        raw.execute("DROP TABLE slot_run")
    behind = Silent()
    CountingSink(behind, bench_state.cable_history, PORTS).ended(make_end("7", *LOST))
    assert len(behind.ends) == 1
    assert tell(bench_state) == []


def test_a_home_of_the_revision_before_counts_from_its_next_opening_on(tmp_path: Path) -> None:
    make_earlier(tmp_path, "0003")
    with open_bench_state(tmp_path) as state:
        work(state, "7", LOST)
        (run,) = state.cable_history.list_runs()
        assert (run.slot, run.port, run.cable, run.dropped) == ("7", "1-1.7", "", True)
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
