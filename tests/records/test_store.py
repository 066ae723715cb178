"""The store: a record is on disk and right before `write` returns, and a kill anywhere loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from record_bed import FIRST_START, Bed, make_bed, make_result, record

from provision.errors import RecordError, RecordTooLarge
from provision.files import MAX_STATE_BYTES
from provision.records.content import build_documents
from provision.records.envelope import LARGEST_LINE
from provision.records.keys import load_keys
from provision.records.ledger import Ledger
from provision.records.reader import read_bundle, read_record, verify_folder
from provision.records.store import RecordStore
from provision.terms import HomeKind, Outcome, Reason
from tests.case_files import first_quick

LATER = FIRST_START + timedelta(days=1)


def expect_right(bed: Bed) -> None:
    verdict = verify_folder(bed.records, bed.keys.fingerprint)
    assert verdict.faults == ()
    assert verdict.checkpoint is not None
    assert verdict.checkpoint.size == len(verdict.records)


def outcomes(bed: Bed) -> dict[str, Outcome]:
    """Return the outcome by run id, over all bundles of the folder."""
    runs = [read_bundle(path, bed.keys.home).run for path in sorted(bed.records.glob("*.intoto.jsonl"))]
    assert len({run.run_id for run in runs}) == len(runs)
    return {run.run_id: run.outcome for run in runs}


def snapshot(bed: Bed, name: str) -> Path:
    """Copy the records and state folders as they are now."""
    for part in ("records", "state"):
        shutil.copytree(bed.folder / part, bed.folder / name / part)
    return bed.folder / name


def restore(bed: Bed, image: Path) -> None:
    for part in ("records", "state"):
        shutil.rmtree(bed.folder / part)
        shutil.copytree(image / part, bed.folder / part)


@pytest.mark.parametrize(
    "large",
    [{"changes": ("x" * LARGEST_LINE,)}, {"observed": {"model": "m" * MAX_STATE_BYTES}}],
    ids=["statement", "document"],
)
def test_what_no_reader_would_take_is_not_written_and_the_others_go_on(
    large: dict[str, object], tmp_path: Path
) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    with pytest.raises(RecordTooLarge):
        record(store, make_result(1, **large))
    record(store, make_result(2))
    again = bed.store()
    again.write(make_result(1, changes=("less",)))
    expect_right(bed)
    assert outcomes(bed) == {"run-1": Outcome.DONE, "run-2": Outcome.DONE}


def test_a_run_of_a_tablet_that_says_more_than_a_document_holds_does_not_begin(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    with pytest.raises(RecordTooLarge):
        bed.store().open_run("run-1", "A-0001", "3", {"model": "m" * MAX_STATE_BYTES}, FIRST_START)
    assert bed.store().close_abandoned(LATER) == ()


def test_a_record_is_written_with_documents_bundle_leaf_and_checkpoint(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    written = record(bed.store(), make_result(1))
    assert written.path.name == "A-0001-20250301T120100Z.intoto.jsonl"
    assert written.index == 0
    read = read_record(bed.records, written.path.name, bed.keys.home)
    assert (read.run, read.sha256, read.signer) == (make_result(1), written.sha256, bed.keys.fingerprint)
    expect_right(bed)


def test_the_checkpoint_counts_every_record(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=3)
    assert bed.store().checkpoint().splitlines()[:2] == ["test.example/bench-a", "3"]


def test_two_runs_of_one_tablet_in_one_second_get_two_bundles_and_one_identity(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    names = [record(store, make_result(1, run_id=run_id)).path.name for run_id in ("a", "b", "c")]
    assert names == [f"A-0001-20250301T120100Z{number}.intoto.jsonl" for number in ("", "-2", "-3")]
    assert len(list((bed.records / "documents").iterdir())) == 2
    expect_right(bed)


def test_a_run_must_be_opened_once_and_before_its_record(tmp_path: Path) -> None:
    store = make_bed(tmp_path).store()
    with pytest.raises(RecordError, match="expected an open run"):
        store.write(make_result(1))
    record(store, make_result(1))
    with pytest.raises(RecordError, match="expected an open run"):
        store.write(make_result(1))
    with pytest.raises(RecordError, match="new run id"):
        store.open_run("run-1", "A-0001", "3", {}, FIRST_START)


@pytest.mark.parametrize("ids", [("run 2", "A-0001"), ("run-2", "../A"), ("", "A-0001"), ("run-2", "é")])
def test_ids_that_cannot_be_file_names_are_refused_before_the_run(tmp_path: Path, ids: tuple[str, str]) -> None:
    with pytest.raises(RecordError, match="both ids"):
        make_bed(tmp_path).store().open_run(*ids, "3", {}, FIRST_START)


def test_a_record_for_another_tablet_or_home_kind_than_opened_is_refused(tmp_path: Path) -> None:
    store = make_bed(tmp_path).store()
    store.open_run("run-1", "A-0001", "3", {}, FIRST_START)
    with pytest.raises(RecordError, match="open run of A-0002"):
        store.write(make_result(2, run_id="run-1"))
    with pytest.raises(RecordError, match="home kind ward"):
        store.write(make_result(1, HomeKind.TRAINING))


def test_a_result_that_contradicts_itself_leaves_nothing_behind_and_the_run_open(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    store.open_run("run-1", "A-0001", "3", make_result(1).identity, FIRST_START)
    with pytest.raises(RecordError, match="done"):
        store.write(make_result(1, deviations=("left",)))
    assert not list(bed.records.glob("*.jsonl"))
    assert store.write(make_result(1, outcome=Outcome.FAILED, reason=Reason.UNEXPECTED)).index == 0


def test_an_abandoned_run_gets_a_record_that_says_so(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=1)
    bed.store().open_run("run-9", "A-0009", "7", make_result(9).identity, FIRST_START)
    store = bed.store()
    (written,) = store.close_abandoned(LATER)
    run = read_record(bed.records, written.path.name, bed.keys.home).run
    assert (run.outcome, run.reason, run.slot) == (Outcome.STOPPED, Reason.STATION_KILLED, "7")
    assert (run.started, run.ended) == (FIRST_START, LATER)
    assert build_documents(run)[0] == build_documents(make_result(9))[0]
    assert store.close_abandoned(LATER) == bed.store().close_abandoned(LATER) == ()
    expect_right(bed)


def test_a_disk_that_fails_between_bundle_and_leaf_gives_an_error_and_later_one_record(tmp_path: Path) -> None:
    """The leaves file is replaced by a folder: every append to it fails until it is put back."""
    bed = make_bed(tmp_path, runs=1)
    store, leaves = bed.store(), bed.records / "ledger/leaves.jsonl"
    store.open_run("run-2", "A-0002", "3", make_result(2).identity, FIRST_START)
    leaves.rename(leaves.with_suffix(".aside"))
    leaves.mkdir()
    with pytest.raises(RecordError, match="leaves"):
        store.write(make_result(2))
    leaves.rmdir()
    leaves.with_suffix(".aside").rename(leaves)
    assert store.write(make_result(2)).index == 1
    assert outcomes(bed) == {"run-1": Outcome.DONE, "run-2": Outcome.DONE}
    expect_right(bed)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bed, Path, Path]:
    """A home with one record and one open run: as it is before, and after, the second record."""
    bed = make_bed(tmp_path_factory.mktemp("killed"), runs=1)
    store, result = bed.store(), make_result(2)
    store.open_run(result.run_id, result.asset_id, result.slot, result.identity, result.started)
    before = snapshot(bed, "before")
    store.write(result)
    return bed, before, snapshot(bed, "after")


def restart(bed: Bed) -> None:
    """Start the station again: open, close what was left open, verify; and once more, with no change."""
    bed.store().close_abandoned(LATER)
    expect_right(bed)
    state = {path: path.read_bytes() for path in sorted(bed.records.rglob("*")) if path.is_file()}
    assert bed.store().close_abandoned(LATER) == ()
    assert state == {path: path.read_bytes() for path in sorted(bed.records.rglob("*")) if path.is_file()}


def copy_parts(image: Path, bed: Bed, *patterns: str) -> None:
    for pattern in patterns:
        for path in image.glob(pattern):
            shutil.copy(path, bed.folder / path.relative_to(image))


def extend(image: Path, bed: Bed, name: str, cut: int) -> None:
    """Write the last append to a file, but only its first `cut` bytes."""
    target = bed.folder / name
    before, after = target.read_bytes(), (image / name).read_bytes()
    assert after.startswith(before)
    target.write_bytes(after[: len(before) + cut])


def appended(before: Path, after: Path, name: str) -> int:
    return (after / name).stat().st_size - (before / name).stat().st_size


STEPS: list[tuple[str, tuple[str, ...], Outcome]] = [
    ("before anything", (), Outcome.STOPPED),
    ("documents", ("records/documents/*",), Outcome.STOPPED),
    ("bundle", ("records/documents/*", "records/*.intoto.jsonl"), Outcome.DONE),
    ("leaf", ("records/documents/*", "records/*.intoto.jsonl", "records/ledger/leaves.jsonl"), Outcome.DONE),
    ("checkpoint", ("records/documents/*", "records/*.intoto.jsonl", "records/ledger/*"), Outcome.DONE),
]


@pytest.mark.parametrize(("patterns", "outcome"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_a_kill_after_each_step_loses_nothing(
    killed: tuple[Bed, Path, Path], patterns: tuple[str, ...], outcome: Outcome
) -> None:
    bed, before, after = killed
    restore(bed, before)
    copy_parts(after, bed, *patterns)
    restart(bed)
    assert outcomes(bed) == {"run-1": Outcome.DONE, "run-2": outcome}


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.later)])
def test_a_kill_at_each_byte_of_the_leaf_gives_one_leaf(killed: tuple[Bed, Path, Path], every: int) -> None:
    bed, before, after = killed
    name = "records/ledger/leaves.jsonl"
    length = appended(before, after, name)
    for cut in {*range(0, length, every), length - 1, length}:
        restore(bed, before)
        copy_parts(after, bed, "records/documents/*", "records/*.intoto.jsonl")
        extend(after, bed, name, cut)
        restart(bed)
        assert (bed.folder / name).read_bytes() == (after / name).read_bytes(), f"cut at byte {cut}"
        assert outcomes(bed)["run-2"] is Outcome.DONE


@pytest.mark.parametrize("every", [13, pytest.param(3, marks=pytest.mark.later)])
def test_a_kill_at_each_byte_of_the_closed_line_gives_no_second_record(
    killed: tuple[Bed, Path, Path], every: int
) -> None:
    bed, before, after = killed
    name = "state/runs.jsonl"
    length = appended(before, after, name)
    for cut in {*range(0, length, every), length - 1, length}:
        restore(bed, before)
        copy_parts(after, bed, "records/documents/*", "records/*.intoto.jsonl", "records/ledger/*")
        extend(after, bed, name, cut)
        restart(bed)
        assert outcomes(bed) == {"run-1": Outcome.DONE, "run-2": Outcome.DONE}, f"cut at byte {cut}"


def test_a_kill_at_each_byte_of_the_open_line_gives_a_record_only_for_the_whole_line(
    killed: tuple[Bed, Path, Path], tmp_path: Path
) -> None:
    bed, before, _ = killed
    restore(bed, before)
    journal = bed.folder / "state/runs.jsonl"
    whole = journal.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for size in range(start, len(whole) + 1, 3):
        restore(bed, before)
        journal.write_bytes(whole[:size])
        restart(bed)
        assert outcomes(bed).get("run-2") is (Outcome.STOPPED if size == len(whole) else None), tmp_path


def test_an_unfinished_file_of_a_kill_is_removed(killed: tuple[Bed, Path, Path]) -> None:
    bed, before, after = killed
    restore(bed, before)
    (bundle,) = after.glob("records/A-0002-*")
    (bed.records / f".{bundle.name}.unfinished").write_bytes(bundle.read_bytes()[:100])
    restart(bed)
    assert not list(bed.records.glob(".*"))


def test_a_power_cut_that_leaves_zero_bytes_in_the_last_leaf_is_mended(killed: tuple[Bed, Path, Path]) -> None:
    bed, before, after = killed
    restore(bed, after)
    copy_parts(before, bed, "records/ledger/checkpoint", "state/runs.jsonl")
    leaves = bed.records / "ledger/leaves.jsonl"
    size = (before / "records/ledger/leaves.jsonl").stat().st_size
    leaves.write_bytes(leaves.read_bytes()[:size] + bytes(100) + b"\n")
    restart(bed)
    assert leaves.read_bytes() == (after / "records/ledger/leaves.jsonl").read_bytes()


def cut_leaves(bed: Bed, _before: Path) -> None:
    path = bed.records / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def cut_last_newline(bed: Bed, _before: Path) -> None:
    """Looks like a torn append, but the checkpoint has signed it."""
    path = bed.records / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes()[:-1])


def remove_bundle(bed: Bed, _before: Path) -> None:
    bed.bundle(1).unlink()


def edit_bundle(bed: Bed, _before: Path) -> None:
    bed.bundle(1).write_bytes(bed.bundle(1).read_bytes().replace(b"A", b"B", 1))


def copy_bundle(bed: Bed, _before: Path) -> None:
    shutil.copy(bed.bundle(1), bed.records / "A-0001-20250301T120100Z-2.intoto.jsonl")


def remove_checkpoint(bed: Bed, _before: Path) -> None:
    (bed.records / "ledger/checkpoint").unlink()


def edit_leaf(bed: Bed, _before: Path) -> None:
    path = bed.records / "ledger/leaves.jsonl"
    path.write_bytes(path.read_bytes().replace(b"12:01:40", b"12:01:41"))


def add_foreign_leaf(bed: Bed, _before: Path) -> None:
    path = bed.records / "ledger/leaves.jsonl"
    leaf = json.loads(path.read_bytes().splitlines()[0])
    leaf.update(index=2, bundle="A-0007-20250301T120100Z.intoto.jsonl")
    line = json.dumps(leaf, sort_keys=True, separators=(",", ":"))
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")


def go_back(bed: Bed, before: Path) -> None:
    """The leaves of before with the checkpoint of now."""
    shutil.copy(before / "records/ledger/leaves.jsonl", bed.records / "ledger")


def spoil_journal(bed: Bed, _before: Path) -> None:
    path = bed.folder / "state/runs.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"event":"open"', b'"event":"opened"', 1))


DAMAGES = [cut_leaves, cut_last_newline, remove_bundle, edit_bundle, copy_bundle, remove_checkpoint, edit_leaf]
DAMAGES += [add_foreign_leaf, go_back, spoil_journal]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_folder_is_refused_and_not_signed_anew(
    killed: tuple[Bed, Path, Path], damage: Callable[[Bed, Path], None]
) -> None:
    bed, before, after = killed
    restore(bed, after)
    damage(bed, before)
    state = {path: path.read_bytes() for path in bed.records.rglob("*") if path.is_file()}
    with pytest.raises(RecordError, match=r"expected|cannot be read|not as this bench left it"):
        bed.store()
    assert state == {path: path.read_bytes() for path in bed.records.rglob("*") if path.is_file()}


STATION = """
import sys
from pathlib import Path
from record_bed import Bed, make_result, record
from provision.records.keys import load_keys

folder, first = Path(sys.argv[1]), int(sys.argv[2])
store = Bed(folder, load_keys(folder / "keys")).store()
for number in range(first, first + 1000):
    record(store, make_result(number))
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", first_quick([3, 1, 2, 5, 8]))
def test_a_station_killed_while_it_writes_loses_no_record_it_reported(tmp_path: Path, lines: int) -> None:
    bed, first = make_bed(tmp_path), 1
    for _ in range(3):
        command = [sys.executable, "-c", STATION, str(tmp_path), str(first)]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as station:
            assert station.stdout is not None
            reported = [int(station.stdout.readline()) for _ in range(lines)]
            station.kill()
            reported += [int(line) for line in station.stdout if line.endswith("\n")]
        restart(bed)
        ended = outcomes(bed)
        assert all(ended[f"run-{number}"] is Outcome.DONE for number in reported)
        assert set(ended.values()) <= {Outcome.DONE, Outcome.STOPPED}
        first = len(ended) + 1


def test_a_cut_ledger_is_called_cut(killed: tuple[Bed, Path, Path]) -> None:
    bed, before, after = killed
    restore(bed, after)
    go_back(bed, before)
    with pytest.raises(RecordError, match="2 leaves of the signed checkpoint, got 1: the ledger was cut"):
        bed.store()


def test_a_store_refuses_the_records_folder_of_another_home(tmp_path: Path) -> None:
    bed, other = make_bed(tmp_path / "a", runs=1), make_bed(tmp_path / "b", HomeKind.TRAINING)
    with pytest.raises(RecordError, match="another home"):
        RecordStore(bed.records, other.keys, tmp_path / "b" / "state")


def test_damage_done_while_the_station_runs_is_seen_before_a_record_counts(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=2)
    store = bed.store()
    edit_leaf(bed, tmp_path)
    with pytest.raises(RecordError, match="root"):
        record(store, make_result(3))


def test_a_ledger_that_failed_to_sign_is_signed_at_the_next_opening(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=1)
    ledger = Ledger(bed.records / "ledger", load_keys(tmp_path / "keys"))
    assert [leaf.index for leaf in ledger.leaves] == [0]
    before = ledger.checkpoint()
    ledger.sign()
    assert ledger.checkpoint() == before
