"""Whoever sets the computer's clock: no run ends before it began, both times are recorded, and somebody is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from record_bed import FIRST_START, make_bed, make_result, record

from provision.bench.link import clip_time
from provision.cli.batch import close_batch, list_leftovers
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.identity.which import Certainty
from provision.polling import count_seconds
from provision.records.content import build_statement
from provision.records.parse import parse_statement
from provision.records.reader import verify_folder
from provision.records.run_end import unexpected_end
from provision.runs.ledger import CheckedIn
from provision.runs.result import make_result as make_run_result
from provision.runs.run_state import RunState
from provision.runs.verdict import Verdict
from provision.state.opening import open_bench_state
from provision.station.ledger_writer import LedgerWriter
from provision.station.setup import open_ledger
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.language import Language

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("moved", [-HOUR, timedelta(0), HOUR, -timedelta(days=30_000)])
def test_a_run_ends_when_its_time_has_passed_whatever_the_clock_says(moved: timedelta) -> None:
    started = datetime.now(UTC) - moved
    checked = CheckedIn("run-1", "A-0001", Certainty.NEW, started, began=count_seconds() - 40)
    state = RunState("3", "R52N", 0.0, checked_in=checked)
    result = make_run_result(state, Verdict(Outcome.LOST, Reason.TABLET_GONE), HomeKind.WARD, lambda _profile: None)
    assert timedelta(seconds=40) <= result.ended - started < timedelta(seconds=60)
    assert abs(result.clock_moved - moved + timedelta(seconds=40)) < timedelta(seconds=60)
    read = parse_statement(build_statement(result), result.identity, result.observed, "record")
    assert read.clock == datetime.fromisoformat(f"{result.clock:%Y-%m-%dT%H:%M:%SZ}")


def test_a_record_of_an_earlier_version_says_nothing_of_the_clock() -> None:
    statement = build_statement(make_result(1))
    assert "clock" not in statement["predicate"]["provision"]
    read = parse_statement(statement, make_result(1).identity, make_result(1).observed, "record")
    assert (read.clock, read.clock_moved) == (None, timedelta(0))


def test_a_run_that_a_killed_station_left_ends_no_earlier_than_it_began(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    bed.store().open_run("run-1", "A-0001", "3", make_result(1).identity, FIRST_START)
    bed.store().close_abandoned(FIRST_START - HOUR)
    (read,) = verify_folder(bed.records, bed.keys.fingerprint).records
    assert (read.run.started, read.run.ended, read.run.clock) == (FIRST_START, FIRST_START, FIRST_START - HOUR)


@pytest.mark.parametrize(("seconds", "told"), [(-5e9, 0), (-1.0, 0), (7.9, 7), (2.0**32, 2**32 - 1), (1e15, 2**32 - 1)])
def test_the_time_of_a_pushed_file_is_one_that_can_be_sent(seconds: float, told: int) -> None:
    assert clip_time(seconds) == told


@pytest.mark.parametrize("as_json", [False, True])
def test_a_clock_that_was_set_is_told_at_the_end_and_at_the_next_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    create_home(tmp_path / "home", HomeKind.TRAINING, 1, Details(Language.EN))
    place, now = load_home(tmp_path / "home"), datetime.now(UTC)
    with open_bench_state(place.path) as state, open_ledger(place, state) as books:
        checked = books.check_in("3", "R52N", None, None)
        result = make_result(1, HomeKind.TRAINING, run_id=checked.run_id, asset_id=checked.asset_id)
        late = {"started": now + HOUR, "ended": now + HOUR, "clock": now}
        name = books.finish(make_result(1, HomeKind.TRAINING, **{**vars(result), **late}))
        end = unexpected_end("3", ValueError("x"))
        close_batch(place, books, [end.__class__(**{**vars(end), "record": name})], {}, as_json=as_json)
        said = " ".join(capsys.readouterr().out.split())
        assert name in said
        assert ('"seconds": -3600' if as_json else "by -3600 s") in said
        told = "\n".join(list_leftovers(books, Language.EN))
    assert "it was set back" in told


def test_nothing_is_told_of_a_clock_that_is_right(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    record(store, make_result(1))
    assert store.find_latest() == "2025-03-01T12:01:40Z"
    with open_bench_state(tmp_path) as state, LedgerWriter(store, state.open_registry("A")) as books:
        assert books.find_clock_fault(datetime.now(UTC)) is None
