"""A second bench cosigns the ledger of the first: what it signs, what it refuses, and what openssl says of it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from record_bed import Bed, make_bed, make_result, record

from provision.backup.snapshot import take_snapshot
from provision.cli.record import record as command
from provision.errors import RecordError
from provision.home.create import Details, create_home
from provision.records import verify_record
from provision.records.cosignature import cosign_note, open_cosignature
from provision.records.keys import load_keys
from provision.terms import HomeKind

FORMAT = Path(verify_record.__file__).with_name("FORMAT.md")
AT = datetime(2025, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that witnesses, and beside it a bench with two records."""
    folder = tmp_path_factory.mktemp("witness")
    create_home(folder / "home", HomeKind.TRAINING, 1, Details(name="CHU"))
    make_bed(folder / "bed", HomeKind.TRAINING, runs=2)
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "place"))


def open_bed(place: Path) -> Bed:
    return Bed(place / "bed", load_keys(place / "bed/keys"))


def witness(place: Path, out: str, *words: str, key: str | None = None, records: str = "bed/records") -> Result:
    named = key or load_keys(place / "bed/keys").fingerprint
    given = ["witness", str(place / records), "--key", named, "--home", str(place / "home"), "-o", str(place / out)]
    return CliRunner().invoke(command, [*given, "--language", "en", *words])


def list_kept(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (place / "home").glob("witnessed/*")}


def test_a_ledger_that_grows_is_cosigned_again_and_auditors_compare_by_it(place: Path) -> None:
    first = witness(place, "first.txt")
    assert (first.exit_code, "at 2 statements, for the first time" in first.output) == (0, True), first.output
    bed = open_bed(place)
    record(bed.store(), make_result(3, HomeKind.TRAINING))
    again = witness(place, "second.txt")
    assert (again.exit_code, "at 3 statements; of those witnessed before (2)" in again.output) == (0, True)
    assert list(list_kept(place).values()) == [(place / "second.txt").read_bytes()]
    for name in ("first.txt", "second.txt"):
        words = [str(bed.records), "--key", bed.keys.fingerprint, "--checkpoint", str(place / name)]
        assert verify_record.main(words) == 0


def go_back(place: Path) -> None:
    shutil.rmtree(place / "bed")
    shutil.copytree(place / "older", place / "bed")


def write_anew(place: Path) -> None:
    """The holder of the key makes another third and fourth record where one was witnessed."""
    go_back(place)
    store = open_bed(place).store()
    for number in (7, 8):
        record(store, make_result(number, HomeKind.TRAINING))


def take_another_key(place: Path) -> None:
    shutil.rmtree(place / "bed")
    make_bed(place / "bed", HomeKind.TRAINING, runs=4)


def edit_a_leaf(place: Path) -> None:
    leaves = place / "bed/records/ledger/leaves.jsonl"
    leaves.write_bytes(leaves.read_bytes().replace(b"A-0001", b"A-0009"))


def cut_the_leaves(place: Path) -> None:
    leaves = place / "bed/records/ledger/leaves.jsonl"
    leaves.write_bytes(leaves.read_bytes().splitlines(keepends=True)[0])


REFUSED = {
    go_back: "NOT cosigned: 2 statement(s) there, 3 when this bench cosigned",
    write_anew: "NOT cosigned: it was written anew. The 3 statement(s)",
    take_another_key: "NOT cosigned: this bench cosigned a ledger of that name under another key",
    edit_a_leaf: "a leaf was edited or moved",
    cut_the_leaves: "the ledger was cut",
}


@pytest.mark.parametrize("harm", REFUSED, ids=lambda harm: harm.__name__)
def test_what_does_not_continue_is_told_as_what_it_is_and_nothing_is_signed(harm: object, place: Path) -> None:
    shutil.copytree(place / "bed", place / "older")
    record(open_bed(place).store(), make_result(3, HomeKind.TRAINING))
    assert witness(place, "first.txt").exit_code == 0
    kept = list_kept(place)
    harm(place)  # type: ignore[operator]
    done = witness(place, "second.txt")
    assert REFUSED[harm] in str(done.exception)  # type: ignore[index]
    assert (done.exit_code, (place / "second.txt").exists(), list_kept(place)) == (1, False, kept)


def test_wrong_use_signs_nothing(place: Path) -> None:
    """Another key, one out of the folder, a file that is there, one in the folder, a bench for itself, another kind."""
    (place / "there.txt").write_text("kept")
    make_bed(place / "ward", HomeKind.WARD, runs=1, origin="test.example/ward")
    (place / "home/records").mkdir(exist_ok=True)
    shutil.copy(place / "home/keys/key.json", place / "home/records")  # as its first run does
    home = load_keys(place / "home/keys").fingerprint
    ward = load_keys(place / "ward/keys").fingerprint
    ends = [
        witness(place, "o.txt", key="0" * 64).exit_code,
        witness(place, "o.txt", key=str(place / "bed/records/key.json")).exit_code,
        witness(place, "o.txt", key="twelve").exit_code,
        witness(place, "there.txt").exit_code,
        witness(place, "bed/records/o.txt").exit_code,
        witness(place, "o.txt", key=home, records="home/records").exit_code,
        witness(place, "o.txt", key=ward, records="ward/records").exit_code,
    ]
    assert ends == [1, 2, 2, 2, 2, 2, 2]
    assert ((place / "there.txt").read_text(), (place / "o.txt").exists(), list_kept(place)) == ("kept", False, {})


def test_memory_of_a_witness_that_was_edited_is_not_believed(place: Path) -> None:
    """A kept head that is put back to an older one by hand would let a cut ledger pass."""
    assert witness(place, "first.txt").exit_code == 0
    (kept,) = (place / "home/witnessed").iterdir()
    plain = (place / "bed/records/ledger/checkpoint").read_bytes()
    for forged in (plain, kept.read_bytes().replace(b"\n2\n", b"\n1\n", 1), b""):
        kept.write_bytes(forged)
        done = witness(place, "second.txt")
        assert (done.exit_code, isinstance(done.exception, RecordError)) == (1, True)
        assert not (place / "second.txt").exists()


def test_a_backup_holds_what_was_witnessed(place: Path) -> None:
    """A witness put back without it would cosign a ledger that was cut."""
    assert witness(place, "first.txt").exit_code == 0
    kept = list_kept(place)
    packed = take_snapshot(place / "home", with_secrets=False).files
    assert {path.name for path in packed if path.suffix == ".checkpoint"} == kept.keys() != set()


def test_the_line_is_the_published_form(place: Path) -> None:
    """c2sp.org/tlog-cosignature: key id, time and what is signed, put together here by hand."""
    own, bed = load_keys(place / "home/keys"), open_bed(place)
    note = (bed.records / "ledger/checkpoint").read_bytes()
    cosigned = cosign_note(note, bed.keys.home, own, AT, "note")
    name, value = cosigned.decode().splitlines()[-1].removeprefix("— ").split(" ")
    data = base64.b64decode(value)
    key_id = hashlib.sha256(own.origin.encode() + b"\n\x04" + own.home.raw).digest()[:4]
    assert (name, data[:4], data[4:12], len(data)) == (own.origin, key_id, bytes.fromhex("0000000067c41708"), 76)
    signed = b"cosignature/v1\ntime 1740904200\n"
    text = b"".join(note.splitlines(keepends=True)[:3])
    assert verify_record.verify_signature(own.home.raw, signed + text, data[12:])
    assert (cosigned.startswith(note), open_cosignature(cosigned, own.home, "note")) == (True, AT)
    twice = cosign_note(cosigned, bed.keys.home, own, AT, "note")
    assert twice == cosigned, "the line of an earlier visit is replaced"
    with pytest.raises(RecordError, match="expected one cosignature"):
        open_cosignature(note, own.home, "note")
    with pytest.raises(RecordError, match="does not fit"):
        open_cosignature(cosigned.replace(b"\n2\n", b"\n3\n"), own.home, "note")


def test_openssl_verifies_it_by_the_printed_commands(place: Path, tmp_path: Path) -> None:
    block = next(part for part in FORMAT.read_text().split("```") if "witness.raw" in part)
    own, bed = load_keys(place / "home/keys"), open_bed(place)
    note = (bed.records / "ledger/checkpoint").read_bytes()
    script = block.replace("WITNESS_KEY_JSON", str(place / "home/keys/key.json")).replace("COSIGNED", "kept.txt")

    def judge(kept: bytes) -> subprocess.CompletedProcess[str]:
        (tmp_path / "kept.txt").write_bytes(kept)
        return subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    cosigned = cosign_note(note, bed.keys.home, own, AT, "note")
    right = judge(cosigned)
    assert (right.returncode, "Signature Verified Successfully" in right.stdout) == (0, True), right.stderr
    assert own.fingerprint in right.stdout
    assert (tmp_path / "seconds").read_text() == str(int(AT.timestamp()))
    assert judge(cosigned.replace(b"\n2\n", b"\n3\n")).returncode != 0
