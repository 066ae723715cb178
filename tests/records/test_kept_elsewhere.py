"""A checkpoint outside the bench: on paper, and dated by an authority; the commands of FORMAT.md are run as printed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from record_bed import make_bed, make_result, record

from provision.cli.record import record as command
from provision.home.create import Details, create_home
from provision.records import verify_record
from provision.records.canonical import sha256_hex
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.terms import HomeKind

FORMAT = Path(verify_record.__file__).with_name("FORMAT.md")
AUTHORITY = """
[req]
distinguished_name = name
x509_extensions = stamps
[name]
[stamps]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = authority.pem
signer_key = authority.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training home with two records."""
    home = tmp_path_factory.mktemp("kept") / "home"
    create_home(home, HomeKind.TRAINING, 1, Details(name="CHU"))
    write_records(home, 1, 2)
    return home


@pytest.fixture
def home(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "home"))


def write_records(home: Path, *numbers: int) -> None:
    store = RecordStore(home / "records", load_keys(home / "keys"), home / "state")
    for number in numbers:
        record(store, make_result(number, HomeKind.TRAINING))


def test_the_sheet_is_written_whole_or_not_at_all(home: Path) -> None:
    words = ["checkpoint", "--home", str(home), "--language", "fr", "-o", str(home / "sheet.pdf")]
    assert CliRunner().invoke(command, words).exit_code == 0
    assert (home / "sheet.pdf").read_bytes().startswith(b"%PDF")
    (home / "sheet.pdf").unlink()
    leaves = home / "records/ledger/leaves.jsonl"
    leaves.write_bytes(leaves.read_bytes().replace(b"A-0001", b"A-0007"))
    assert CliRunner().invoke(command, words).exit_code != 0
    assert not (home / "sheet.pdf").exists()


def test_the_key_beside_the_records_is_not_taken_for_the_benchs_own(home: Path, tmp_path: Path) -> None:
    """Whoever exchanged the folder signed it whole; read aloud, its key would pass for the bench's."""
    forger = make_bed(tmp_path / "forger", HomeKind.TRAINING, runs=1)
    shutil.rmtree(home / "records")
    shutil.copytree(forger.records, home / "records")
    for words in (["checkpoint"], ["export", "A-0001"]):
        out = tmp_path / words[0]
        done = CliRunner().invoke(command, [*words, "--home", str(home), "--language", "en", "-o", str(out)])
        assert (done.exit_code, out.exists()) == (1, False)
        assert "not the key of this bench" in str(done.exception)
        assert forger.keys.fingerprint[:8] not in done.output


def test_an_extract_is_verified_by_the_command_and_not_shown_as_a_folder(home: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "A-0001.zip", load_keys(home / "keys").fingerprint
    done = CliRunner().invoke(command, ["export", "A-0001", "--home", str(home), "--language", "en", "-o", str(out)])
    digest = sha256_hex(Path(verify_record.__file__).read_bytes())
    assert (done.exit_code, digest in done.output) == (0, True)
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "unpacked")
    records = tmp_path / "unpacked/records"
    words = ["verify", str(records), "--key", key, "--language", "en"]
    assert CliRunner().invoke(command, [*words, "--extract"]).exit_code == 0
    (path,) = records.glob("A-*")
    shown = CliRunner().invoke(command, ["show", str(path), "--language", "en"])
    assert (shown.exit_code, "is an extract" in str(shown.exception)) == (1, True)


def list_commands(**values: object) -> list[str]:
    """The commands of the block that asks an authority, with its capital words filled in."""
    block = next(part for part in FORMAT.read_text().split("```") if "openssl ts -query" in part)
    lines = [line for line in block.strip().splitlines() if not line.startswith("#")]
    for name, value in values.items():
        lines = [line.replace(name, str(value)) for line in lines]
    return lines


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


def make_authority(folder: Path) -> None:
    folder.mkdir()
    (folder / "own.cnf").write_text(AUTHORITY)
    (folder / "serial").write_text("01\n")
    line = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config own.cnf -subj /CN=Authority "
        "-days 2 -keyout authority.key -out authority.pem"
    )
    assert shell(folder, line).returncode == 0


def test_an_authority_dates_a_checkpoint_and_a_later_one_is_not_taken_for_it(home: Path, tmp_path: Path) -> None:
    own, desk = tmp_path / "authority", tmp_path / "desk"
    make_authority(own)
    desk.mkdir()
    kept = Path(shutil.copy(home / "records/ledger/checkpoint", desk / "kept.txt"))
    key = load_keys(home / "keys").fingerprint
    verifier = f"{sys.executable} {verify_record.__file__}"
    query, curl, verify, tell, compare = list_commands(
        CHECKPOINT=kept.name, AUTHORITY=own / "authority.pem", FOLDER=home / "records", KEY=key
    )
    assert "ADDRESS" in curl  # the network's part: the authority answers here itself
    answer = f"openssl ts -reply -config {own}/own.cnf -queryfile {desk}/query.tsq -out {desk}/answer.tsr"
    assert [shell(desk, query).returncode, shell(own, answer).returncode] == [0, 0]
    assert shell(desk, verify).returncode == 0
    assert "Time stamp:" in shell(desk, tell).stdout
    write_records(home, 3)
    compare = compare.replace("python3 verify_record.py", verifier)
    assert shell(desk, compare).returncode == 0
    shutil.copy(home / "records/ledger/checkpoint", kept)
    assert shell(desk, verify).returncode != 0
