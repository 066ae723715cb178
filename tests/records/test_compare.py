"""What is taken away from a records folder, or put into it, is told before anything is signed over it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from record_bed import FIRST_START, Bed, make_bed, make_result, record, record_sealed

from provision.errors import RecordError
from provision.records import verify_record
from provision.records.canonical import canonical_json
from provision.records.content import build_statement
from provision.records.envelope import sign_envelope
from provision.records.reader import verify_folder
from provision.records.store import Acknowledgement, RecordStore
from provision.terms import Outcome, Reason
from tests.case_files import thin_out

DECISION = Acknowledgement("B. Auditor", "the stick is lost", "decision-1", FIRST_START + timedelta(days=1))


@dataclass(frozen=True)
class Shelf:
    """A home after four runs, the third sealed, with its folder as it was after each."""

    bed: Bed

    def after(self, runs: int) -> Path:
        return self.bed.folder / f"after-{runs}"

    def leaves(self) -> Path:
        return self.bed.records / "ledger/leaves.jsonl"

    def put_back(self, runs: int, part: str) -> None:
        """Put a part of the records folder back to what it was."""
        shutil.copytree(self.after(runs) / part, self.bed.records / part, dirs_exist_ok=True)

    def everything(self) -> dict[str, bytes]:
        files = [*self.bed.records.rglob("*"), *(self.bed.folder / "state").rglob("*")]
        return {str(path): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    bed = make_bed(tmp_path)
    store = bed.store()
    for number in range(1, 5):
        if number == 3:
            record_sealed(store, number)
        else:
            record(store, make_result(number))
        shutil.copytree(bed.records, tmp_path / f"after-{number}")
    return Shelf(bed)


def take_away_the_last_record(shelf: Shelf) -> None:
    shelf.bed.bundle(4).unlink()
    shelf.put_back(3, "ledger")


def put_all_back(shelf: Shelf) -> None:
    shutil.rmtree(shelf.bed.records)
    shutil.copytree(shelf.after(2), shelf.bed.records)


def take_all_away(shelf: Shelf) -> None:
    shutil.rmtree(shelf.bed.records)


def put_the_checkpoint_back(shelf: Shelf) -> None:
    shutil.copy(shelf.after(3) / "ledger/checkpoint", shelf.bed.records / "ledger")


def date_a_leaf_behind_an_old_checkpoint(shelf: Shelf) -> None:
    put_the_checkpoint_back(shelf)
    lines = shelf.leaves().read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1]) | {"time": "2020-01-01T00:00:00Z"}
    shelf.leaves().write_bytes(b"".join(lines[:-1]) + canonical_json(last) + b"\n")


def take_the_seal_off(shelf: Shelf) -> None:
    put_all_back(shelf)
    shutil.copy(shelf.after(3) / shelf.bed.records.glob("A-0001*").__next__().name, shelf.bed.records)
    path = next(shelf.after(3).glob("A-0003*"))
    (shelf.bed.records / path.name).write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    shelf.put_back(3, "documents")


def make_the_ledger_anew(shelf: Shelf) -> None:
    shutil.rmtree(shelf.bed.records / "ledger")


def bring_a_record_of_a_run_nobody_opened(shelf: Shelf) -> None:
    other = make_result(9, observed=make_result(1).observed, identity=make_result(1).identity)
    path = shelf.bed.records / "A-0009-20250301T120900Z.intoto.jsonl"
    path.write_bytes(sign_envelope(build_statement(other), shelf.bed.keys.signer))


def delete_two_bundles(shelf: Shelf) -> None:
    for number in (2, 4):
        shelf.bed.bundle(number).unlink()


def tear_a_bundle(shelf: Shelf) -> None:
    shelf.bed.bundle(2).write_bytes(shelf.bed.bundle(2).read_bytes()[:100])


def lose_a_document(shelf: Shelf) -> None:
    next((shelf.bed.records / "documents").iterdir()).unlink()


def cut_the_ledger(shelf: Shelf) -> None:
    shelf.leaves().write_bytes(b"".join(shelf.leaves().read_bytes().splitlines(keepends=True)[:3]))


def lose_the_checkpoint(shelf: Shelf) -> None:
    (shelf.bed.records / "ledger/checkpoint").unlink()


def add_a_leaf_of_nothing(shelf: Shelf) -> None:
    leaf = {"bundle": "A-9", "envelopes": 1, "index": 5, "sha256": "0" * 64, "time": "2025-03-01T12:00:00Z"}
    with shelf.leaves().open("ab") as file:
        file.write(canonical_json(leaf) + b"\n")


def copy_a_bundle(shelf: Shelf) -> None:
    bundle = shelf.bed.bundle(2)
    shutil.copy(bundle, bundle.with_name(bundle.name.replace(".intoto", "-2.intoto")))


def bring_the_key_of_another_home(shelf: Shelf) -> None:
    other = make_bed(shelf.bed.folder / "other", runs=1)
    shutil.copy(other.records / "key.json", shelf.bed.records)


def lose_the_memory(shelf: Shelf) -> None:
    (shelf.bed.folder / "state/runs.jsonl").unlink()


GONE = "4-20250301T120400Z.intoto.jsonl of run run-4 was signed here and is gone"
WRONG_IN_ITSELF = {
    date_a_leaf_behind_an_old_checkpoint,
    delete_two_bundles,
    tear_a_bundle,
    lose_a_document,
    cut_the_ledger,
    lose_the_checkpoint,
    add_a_leaf_of_nothing,
    copy_a_bundle,
    bring_the_key_of_another_home,
}
"""What no decision makes right: the folder is set aside as it is."""

TAKEN: dict[Callable[[Shelf], None], tuple[str, ...]] = {
    take_away_the_last_record: (GONE, "signed for 4 statements, this bench remembers 5"),
    put_all_back: ("run run-3 was", "second statement of run run-3 was", GONE, "signed for 2 statements"),
    take_all_away: ("run run-1 was", "run run-2 was", GONE, "signed for 0 statements"),
    put_the_checkpoint_back: ("signed for 4 statements",),
    date_a_leaf_behind_an_old_checkpoint: ("signed for 4 statements", "leaf 4 of the ledger appeared: it says 2020"),
    take_the_seal_off: ("second statement of run run-3 was", GONE),
    make_the_ledger_anew: ("run run-1 was", GONE),
    bring_a_record_of_a_run_nobody_opened: ("run run-9 appeared",),
    delete_two_bundles: ("120200Z.intoto.jsonl: is gone", "120400Z.intoto.jsonl: is gone"),
    tear_a_bundle: ("got 100 bytes without a line end",),
    lose_a_document: ("No such file",),
    cut_the_ledger: ("the ledger was cut",),
    lose_the_checkpoint: ("checkpoint: cannot be read",),
    add_a_leaf_of_nothing: ("A-9: is gone", "leaf 5 of the ledger appeared"),
    copy_a_bundle: ("one record for run run-2",),
    bring_the_key_of_another_home: ("another home's",),
    lose_the_memory: ("runs.jsonl is gone", "whether 5 statements are all"),
}


@pytest.mark.parametrize("take", TAKEN, ids=lambda take: take.__name__)
def test_what_is_not_as_it_was_left_is_told_and_nothing_is_written(shelf: Shelf, take: Callable[[Shelf], None]) -> None:
    take(shelf)
    before = shelf.everything() if shelf.bed.records.exists() else {}
    with pytest.raises(RecordError, match="nothing is signed over it") as told:
        shelf.bed.store()
    assert [sentence for sentence in TAKEN[take] if sentence not in str(told.value)] == []
    assert not before or shelf.everything() == before


@pytest.mark.parametrize("take", list(thin_out(((take.__name__, take) for take in TAKEN), 4)))
def test_an_acknowledged_bench_goes_on_and_its_record_says_who_decided(
    shelf: Shelf, take: Callable[[Shelf], None], tmp_path: Path
) -> None:
    take(shelf)
    bed, before = shelf.bed, shelf.everything()
    store = RecordStore(bed.records, bed.keys, bed.folder / "state", acknowledgement=DECISION)
    record(store, make_result(7))
    verdict = verify_folder(bed.records, bed.keys.fingerprint)
    assert verdict.faults == ()
    decided = [each.run for each in verdict.records if each.run.reason is Reason.RECORDS_MISSING]
    assert [(run.outcome, run.first_error) for run in decided] == [
        (Outcome.STOPPED, "acknowledged by B. Auditor: the stick is lost")
    ]
    said = "\n".join(decided[0].identity["acknowledgement"]["differences"])
    assert [sentence for sentence in TAKEN[take] if sentence not in said] == []
    bed.store()
    assert verify_record.main([str(bed.records), "--key", bed.keys.fingerprint]) == 0
    aside = list(bed.folder.glob("records-until-*"))
    assert bool(aside) == (take in WRONG_IN_ITSELF)
    if aside:
        left = {path.relative_to(aside[0]): path.read_bytes() for path in aside[0].rglob("*") if path.is_file()}
        assert {str(bed.records / path): data for path, data in left.items()}.items() <= before.items()
        assert f"lies in {aside[0].name}" in said
    shutil.copytree(shelf.after(2), tmp_path / "older")
    shutil.rmtree(bed.records)
    shutil.copytree(tmp_path / "older", bed.records)
    with pytest.raises(RecordError, match="run-7 was signed here and is gone"):
        bed.store()


def test_a_run_that_was_open_when_its_folder_was_set_aside_gets_its_record(shelf: Shelf) -> None:
    bed = shelf.bed
    bed.store().open_run("run-6", "A-0006", "3", {"serial": "R52N6"}, FIRST_START)
    tear_a_bundle(shelf)
    RecordStore(bed.records, bed.keys, bed.folder / "state", acknowledgement=DECISION)
    (written,) = bed.store().close_abandoned(FIRST_START)
    (run,) = [each.run for each in verify_folder(bed.records).records if each.run.run_id == "run-6"]
    assert (written.path.name[:6], run.reason, run.identity) == ("A-0006", Reason.STATION_KILLED, {"assetId": "A-0006"})


def test_what_other_systems_leave_beside_a_copied_record_is_none(shelf: Shelf) -> None:
    bed = shelf.bed
    (bed.records / f"._{bed.bundle(1).name}").write_bytes(b"\0\5\26\7")
    bed.store()
    assert verify_folder(bed.records, bed.keys.fingerprint).faults == ()
    assert verify_record.main([str(bed.records), "--key", bed.keys.fingerprint]) == 0


def test_a_whole_folder_has_nothing_to_acknowledge(shelf: Shelf) -> None:
    bed = shelf.bed
    with pytest.raises(RecordError, match="nothing to acknowledge"):
        RecordStore(bed.records, bed.keys, bed.folder / "state", acknowledgement=DECISION)


def test_a_second_place_shows_what_was_put_back_with_the_memory_of_it(shelf: Shelf) -> None:
    kept = (shelf.bed.records / "ledger/checkpoint").read_bytes()
    put_all_back(shelf)
    journal = shelf.bed.folder / "state/runs.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:4]))
    with pytest.raises(RecordError, match="signed for 2 statements, the second place remembers 5"):
        RecordStore(shelf.bed.records, shelf.bed.keys, shelf.bed.folder / "state", kept={"the second place": kept})
    shelf.bed.store()  # without it nobody can tell


def test_a_journal_of_a_version_without_heads_still_knows_its_records(shelf: Shelf) -> None:
    journal = shelf.bed.folder / "state/runs.jsonl"
    events = [json.loads(line) for line in journal.read_bytes().splitlines()]
    old = [
        {name: value for name, value in each.items() if name not in {"size", "root"}}
        for each in events
        if each["event"] != "sealed"
    ]
    journal.write_bytes(b"".join(canonical_json(each) + b"\n" for each in old))
    shelf.bed.store()
    take_away_the_last_record(shelf)
    with pytest.raises(RecordError, match="run-4 was signed here and is gone"):
        shelf.bed.store()


def test_a_seal_that_was_cut_off_is_told_until_the_tablet_ran_again(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    record(store, make_result(1, seals=True))
    record_sealed(store, 2)
    (unsealed,) = bed.store().list_unsealed()
    assert unsealed.run.run_id == "run-1"
    again = make_result(3, seals=True)
    record(bed.store(), replace(again, asset_id="A-0001", outcome=Outcome.FAILED, reason=Reason.TABLET_HUNG))
    assert bed.store().list_unsealed() == ()


def test_of_many_differences_some_are_listed_and_all_are_recorded(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=30)
    shutil.rmtree(bed.records)
    with pytest.raises(RecordError, match=r"\n  - and 11 more, in the same way\n.*--home \S+ --by") as told:
        bed.store()
    assert str(told.value).count("\n  - ") == 21
    RecordStore(bed.records, bed.keys, bed.folder / "state", acknowledgement=DECISION)
    (decided,) = verify_folder(bed.records, bed.keys.fingerprint).records
    assert len(decided.run.identity["acknowledgement"]["differences"]) == 31
