"""The records of one tablet for a stranger: what the standalone verifier says of them, and what cannot be slipped in.

The verifier runs out of the unpacked file, as whoever gets it runs it: without this program and without site-packages.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from record_bed import Bed, make_bed, make_result, record, record_sealed

from provision.appset.model import AppSet
from provision.errors import RecordError
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.records import verify_record
from provision.records.canonical import canonical_json, sha256_hex
from provision.records.content import Configuration
from provision.records.extract import build_extract
from provision.records.reader import verify_folder
from provision.records.tree import inclusion_path, leaf_hash
from provision.report.evidence import build_evidence
from provision.station.setup import load_setup
from provision.terms import HomeKind
from tests.factories import make_app

SITE, APPS = b'{"name":"CHU"}', b'[{"package":"org.example.chat"}]'
CONFIGURED = Configuration(site=sha256_hex(SITE), appset=sha256_hex(APPS), agent="3" * 64, copies=(SITE, APPS, b"{}"))


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    """A ward of seven statements: A-0001 twice, the second time with copies of its configuration; A-0003 is sealed."""
    bed = make_bed(tmp_path_factory.mktemp("ward"), runs=2)
    store = bed.store()
    record_sealed(store, 3)
    record(store, make_result(4, asset_id="A-0001", configuration=CONFIGURED))
    for number in (5, 6):
        record(store, make_result(number))
    return bed


def unpack(bed: Bed, asset: str, folder: Path) -> Path:
    """The evidence of one tablet, unpacked; its records."""
    with zipfile.ZipFile(io.BytesIO(build_evidence(asset, build_extract(bed.records, asset)))) as archive:
        archive.extractall(folder)
    return folder / "records"


def verify(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the program in the file says, typed in the unpacked folder."""
    line = [sys.executable, "-I", "-S", "verify_record.py", *words]
    return subprocess.run(line, cwd=folder, env={}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("asset", "count"), [("A-0001", 2), ("A-0003", 2), ("A-0006", 1)])
def test_a_stranger_with_python_alone_verifies_it(bed: Bed, tmp_path: Path, asset: str, count: int) -> None:
    unpack(bed, asset, tmp_path)
    done = verify(tmp_path, "--extract", "records", "--key", bed.keys.fingerprint)
    said = done.stdout.splitlines()
    assert (done.returncode, said[-1], done.stderr) == (0, "EXTRACT VERIFIED: as signed, and in the ledger", "")
    assert f"Extract: {count} of the ledger's 7 statements" in said


def test_an_unknown_signer_is_said_and_another_one_is_wrong(bed: Bed, tmp_path: Path) -> None:
    unpack(bed, "A-0001", tmp_path)
    assert verify(tmp_path, "--extract", "records").returncode == 3
    assert verify(tmp_path, "--extract", "records", "--key", "0" * 64).returncode == 1


def test_an_extract_is_never_taken_for_the_whole_folder(bed: Bed, tmp_path: Path) -> None:
    records = unpack(bed, "A-0001", tmp_path)
    assert verify(tmp_path, "records", "--key", bed.keys.fingerprint).returncode == 1
    assert verify_folder(records).faults


def change_a_record(records: Path) -> None:
    path = sorted(records.glob("A-*"))[0]
    path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"A', 1))


def take_a_record_away(records: Path) -> None:
    sorted(records.glob("A-*"))[0].unlink()


def take_a_proof_away(records: Path) -> None:
    edit_proofs(records, lambda proofs: proofs.pop())


def claim_another_place(records: Path) -> None:
    edit_proofs(records, lambda proofs: proofs[0]["leaf"].update(index=1))


def shorten_a_path(records: Path) -> None:
    edit_proofs(records, lambda proofs: proofs[0]["path"].pop())


def lengthen_a_path(records: Path) -> None:
    edit_proofs(records, lambda proofs: proofs[0]["path"].append("0" * 64))


def spoil_a_path(records: Path) -> None:
    edit_proofs(records, lambda proofs: proofs[0].update(path=["no hash"]))


def take_everything_away(records: Path) -> None:
    for path in [*records.glob("A-*"), records / "ledger/inclusion.jsonl"]:
        path.unlink()


def edit_proofs(records: Path, change: Callable[[list], object]) -> None:
    path = records / "ledger/inclusion.jsonl"
    proofs = [json.loads(line) for line in path.read_text().splitlines()]
    change(proofs)
    path.write_bytes(b"".join(canonical_json(one, "line") + b"\n" for one in proofs))


def change_a_copy(records: Path) -> None:
    (records / f"configuration/{sha256_hex(SITE)}.json").write_bytes(SITE.replace(b"CHU", b"CHR"))


ATTACKS = (
    change_a_record,
    take_a_record_away,
    take_a_proof_away,
    claim_another_place,
    shorten_a_path,
    lengthen_a_path,
    spoil_a_path,
    take_everything_away,
    change_a_copy,
)


def judge(records: Path, fingerprint: str) -> int:
    return verify_record.check_folder(records, fingerprint, None, verify_record.Report("en", extract=True))


def test_whoever_changes_an_extract_is_seen(bed: Bed, tmp_path: Path) -> None:
    right = unpack(bed, "A-0001", tmp_path / "right")
    assert judge(right, bed.keys.fingerprint) == 0
    for attack in ATTACKS:
        attack(Path(shutil.copytree(right, tmp_path / attack.__name__)))
    said = {attack.__name__: judge(tmp_path / attack.__name__, bed.keys.fingerprint) for attack in ATTACKS}
    assert {name: status for name, status in said.items() if status != 1} == {}


def test_a_record_of_a_ledger_that_was_cut_away_is_not_proven(bed: Bed, tmp_path: Path) -> None:
    """The checkpoint of an earlier day is signed as well, and has no place for a later record."""
    records = unpack(bed, "A-0006", tmp_path / "late")
    earlier = make_bed(tmp_path / "earlier", runs=1)
    shutil.copy(earlier.records / "ledger/checkpoint", records / "ledger/checkpoint")
    assert judge(records, bed.keys.fingerprint) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 16, 17])
def test_each_leaf_of_a_tree_of_each_size_has_a_proof_and_no_other_place(size: int) -> None:
    leaves = [{"bundle": f"b{at}", "envelopes": 1, "index": at, "sha256": "", "time": ""} for at in range(size)]
    entries = [canonical_json(leaf, "line") for leaf in leaves]
    head = (size, verify_record.tree_root(entries))
    hashes = [leaf_hash(entry) for entry in entries]
    lines = [
        {"leaf": leaf, "path": [one.hex() for one in inclusion_path(hashes, at)]} for at, leaf in enumerate(leaves)
    ]
    data = b"".join(canonical_json(line, "line") + b"\n" for line in lines)
    assert len(verify_record.read_leaves(data, head)[1]) == size
    for at, line in enumerate(lines):
        moved = {**line, "leaf": {**leaves[at], "index": (at + 1) % (size + 1)}}
        with pytest.raises(verify_record.Fault):
            verify_record.read_leaves(canonical_json(moved, "line") + b"\n", head)


def test_a_published_path_is_the_one_that_is_made() -> None:
    """Certificate Transparency's reference tree, leaf 0 of 8 (transparency-dev/merkle)."""
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    path = inclusion_path([leaf_hash(bytes.fromhex(entry)) for entry in entries], 0)
    assert [one.hex() for one in path] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_only_copies_that_the_record_names_lie_beside_it(bed: Bed, tmp_path: Path) -> None:
    records = unpack(bed, "A-0001", tmp_path)
    copies = {path.name: path.read_bytes() for path in (records / "configuration").iterdir()}
    assert copies == {f"{sha256_hex(copy)}.json": copy for copy in (SITE, APPS)}
    name = sorted(records.glob("A-*"))[1].name
    shown = verify(tmp_path, "--extract", "records", "--key", bed.keys.fingerprint, "--show", name).stdout
    assert '"package": "org.example.chat"' in shown
    assert "package: org.example.chat" in (tmp_path / f"readable/configuration/{sha256_hex(APPS)}.yaml").read_text()


def test_an_extract_without_a_second_statement_says_so(
    bed: Bed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing in an extract shows whether there is one: it may have been taken out."""
    records = unpack(bed, "A-0003", tmp_path)
    (path,) = records.glob("A-*")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    edit_proofs(records, lambda proofs: proofs.pop())
    assert judge(records, bed.keys.fingerprint) == 0
    assert "no second statement in this extract" in capsys.readouterr().out


def test_a_bundle_that_lost_its_second_statement_is_not_given_away(bed: Bed, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bed.records, tmp_path / "records"))
    (path,) = folder.glob("A-0003*")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(RecordError, match="expected the 2 statements in the ledger, got 1"):
        build_extract(folder, "A-0003")


def test_the_guide_tells_the_tablets_that_had_the_number(bed: Bed, tmp_path: Path) -> None:
    unpack(bed, "A-0001", tmp_path)
    guide = (tmp_path / "READ-ME.txt").read_text()
    assert "The 2 records of this bench with the number A-0001" in guide
    assert "R52N0001, R52N0004" in guide
    assert "python3 -I verify_record.py" in guide


def judge_whole(folder: Path, bed: Bed) -> tuple[tuple[str, ...], int]:
    whole = verify_record.check_folder(folder, bed.keys.fingerprint, None, verify_record.Report("en"))
    return verify_folder(folder).faults, whole


def test_a_file_of_another_name_beside_the_copies_is_nobodys(bed: Bed, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bed.records, tmp_path / "records"))
    (folder / "configuration/site.json").write_bytes(SITE)
    (folder / "configuration/Thumbs.db").write_bytes(b"")
    assert judge_whole(folder, bed) == ((), 0)


def test_of_a_wrong_copy_it_is_said_that_it_can_be_deleted(
    bed: Bed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(bed.records, tmp_path / "records"))
    change_a_copy(folder)
    (fault,), status = judge_whole(folder, bed)
    assert (status, "delete it: a missing copy is no fault" in fault) == (1, True)
    assert "delete it, a copy may be missing" in capsys.readouterr().out
    (folder / f"configuration/{sha256_hex(SITE)}.json").unlink()
    assert judge_whole(folder, bed) == ((), 0)


def test_a_place_where_no_copy_can_lie_costs_no_run_its_record(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    (bed.records / f"configuration/{sha256_hex(SITE)}.json").mkdir()
    record(store, make_result(1, configuration=CONFIGURED))
    assert (bed.records / f"configuration/{sha256_hex(APPS)}.json").read_bytes() == APPS
    assert len(list(bed.records.glob("A-0001-*"))) == 1
    (fault,) = verify_folder(bed.records).faults
    assert "delete it: a missing copy is no fault" in fault


def test_the_same_records_give_the_same_bytes(bed: Bed) -> None:
    one, other = (build_evidence("A-0001", build_extract(bed.records, "A-0001")) for _ in range(2))
    assert one == other


def test_a_changed_copy_in_the_bench_is_seen_by_its_own_reader_and_not_given_away(bed: Bed, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bed.records, tmp_path / "records"))
    change_a_copy(folder)
    assert any(sha256_hex(SITE) in fault for fault in verify_folder(folder).faults)
    with pytest.raises(RecordError, match=sha256_hex(SITE)):
        build_extract(folder, "A-0001")


@pytest.mark.parametrize("asset", ["A-0009", "A", "A-000.", ""])
def test_a_tablet_without_records_gives_none(bed: Bed, asset: str) -> None:
    with pytest.raises(RecordError, match="expected a record of"):
        build_extract(bed.records, asset)


def test_copies_may_be_deleted_and_records_stay_right(bed: Bed, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bed.records, tmp_path / "records"))
    shutil.rmtree(folder / "configuration")
    assert judge_whole(folder, bed) == ((), 0)
    assert len(build_extract(folder, "A-0001").records) == 2


@pytest.mark.parametrize(("values", "copied"), [({}, True), ({"server": "https://chat.example"}, False)])
def test_values_given_to_apps_are_in_no_copy(tmp_path: Path, values: dict[str, str], *, copied: bool) -> None:
    create_home(tmp_path / "home", HomeKind.TRAINING, 1, Details(name="CHU"))
    setup = load_setup(load_home(tmp_path / "home"))
    apps = AppSet((make_app(configuration=values),), sha256_hex(APPS), APPS)
    configuration = replace(setup, appset=apps).digest(setup.profiles.common)
    assert (configuration.appset, APPS in configuration.copies) == (sha256_hex(APPS), copied)
    assert len(configuration.copies) == 2 + copied
