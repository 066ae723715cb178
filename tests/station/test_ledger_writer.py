"""The ledger thread where the disk or the thread itself fails: the caller hears of it, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import make_props
from state_file import change_state

from provision.errors import HomeError, RecordError
from provision.identity.which import Certainty
from provision.records.closing_statement import ClosingStatement
from provision.records.content import RunResult
from provision.records.reader import verify_folder
from provision.runs.ledger import CheckedIn
from provision.state.sql.bench_state import BenchState
from provision.station.ledger_writer import LedgerWriter
from provision.terms import Outcome, Reason
from tests.records.record_bed import Bed, make_bed, make_result

TABLET = make_props()


@dataclass
class House:
    """A home on disk with its ledger thread."""

    bed: Bed
    state: BenchState
    books: LedgerWriter

    def check_in(self) -> CheckedIn:
        return self.books.check_in("3", TABLET.serial, "installation-1", TABLET)

    def result(self, checked: CheckedIn) -> RunResult:
        """The result that belongs to an open run."""
        identity = {"assetId": checked.asset_id, "serial": TABLET.serial}
        return replace(
            make_result(1), run_id=checked.run_id, asset_id=checked.asset_id, started=checked.started, identity=identity
        )

    def verdicts(self) -> list[tuple[Outcome, Reason | None]]:
        """Outcome and reason of every record on disk; the folder is right."""
        verdict = verify_folder(self.bed.records, self.bed.keys.fingerprint)
        assert verdict.faults == ()
        return [(record.run.outcome, record.run.reason) for record in verdict.records]


@pytest.fixture
def house(tmp_path: Path, bench_state: BenchState) -> House:
    """A new home."""
    bed = make_bed(tmp_path)
    return House(bed, bench_state, LedgerWriter(bed.store(), bench_state.open_registry("A")))


def spoil(path: Path) -> Callable[[], None]:
    """Put something in the place of a file, on which every write fails; returns what takes it away again."""
    kept = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    path.mkdir()

    def mend() -> None:
        path.rmdir()
        if kept is not None:
            path.write_bytes(kept)

    return mend


def test_a_run_whose_open_line_cannot_be_written_did_not_begin(house: House) -> None:
    with house.books:
        mend = spoil(house.bed.folder / "state/runs.jsonl")
        with pytest.raises(RecordError, match=r"runs\.jsonl"):
            house.check_in()
        mend()
        again = house.check_in()
        # The same tablet, not its twin: the one that could not be opened is not on the bench.
        assert (again.asset_id, again.certainty) == ("A-0001", Certainty.CERTAIN)


def test_a_tablet_that_cannot_be_numbered_gets_no_open_line(house: House) -> None:
    with house.books:
        change_state(house.bed.folder, "ALTER TABLE asset RENAME TO gone")
        with pytest.raises(HomeError, match=r"state\.sqlite"):
            house.check_in()
        change_state(house.bed.folder, "ALTER TABLE gone RENAME TO asset")
        assert house.books.close_abandoned() == ()
        assert house.check_in().certainty is Certainty.NEW


def test_a_record_that_cannot_be_written_leaves_its_run_to_the_next_start(house: House) -> None:
    with house.books:
        checked = house.check_in()
        leaves = house.bed.records / "ledger"
        aside = leaves.rename(leaves.with_name("aside"))
        with pytest.raises(RecordError):
            house.books.finish(house.result(checked))
        aside.rename(leaves)
        assert house.check_in().certainty is Certainty.CERTAIN  # its run is over: it may come again
    with LedgerWriter(house.bed.store(), house.state.open_registry("A")) as books:
        assert books.close_abandoned()
    assert (Outcome.STOPPED, Reason.STATION_KILLED) in house.verdicts()


def test_a_second_statement_without_a_first_is_refused(house: House) -> None:
    now = datetime.now(UTC)
    closing = ClosingStatement(True, Outcome.DONE, None, now, now, ())  # noqa: FBT003 # sealed
    with house.books, pytest.raises(RecordError):
        house.books.append_statement("nobody", closing)


@pytest.mark.parametrize("ask", ["check_in", "finish", "checkpoint", "close_abandoned"])
def test_a_ledger_thread_that_has_ended_is_a_record_that_cannot_be_written(house: House, ask: str) -> None:
    with house.books:
        result = house.result(house.check_in())
    asks: dict[str, Callable[[], object]] = {
        "check_in": house.check_in,
        "finish": lambda: house.books.finish(result),
        "checkpoint": house.books.checkpoint,
        "close_abandoned": house.books.close_abandoned,
    }
    with pytest.raises(RecordError, match="ledger thread"):
        asks[ask]()


def test_the_answers_go_to_those_who_asked(house: House) -> None:
    with house.books, ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(house.books.check_in, str(number), f"S{number}", f"i{number}", TABLET) for number in range(20)
        ]
        checked = [future.result() for future in asked]
    assert len({one.asset_id for one in checked}) == len({one.run_id for one in checked}) == 20
