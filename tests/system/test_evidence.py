"""What a run leaves for strangers: copies of its configuration, records of the published form, a tablet's evidence."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from importlib import resources
from pathlib import Path

from click.testing import CliRunner
from jsonschema import Draft202012Validator

from provision.cli.record import record as command
from provision.records import verify_record
from provision.records.reader import verify_folder
from tests.searching import find_leaks

SCHEMA = json.loads((resources.files("provision.records") / "schema/statement.schema.json").read_text())


def read_statements(records: Path) -> list[object]:
    lines = [line for path in records.glob("*.intoto.jsonl") for line in path.read_bytes().splitlines()]
    return [json.loads(base64.b64decode(json.loads(line)["payload"])) for line in lines]


def list_secrets(home: Path) -> dict[str, bytes]:
    """Every line of every file that only the owner reads, and the words of the private key; by file and number."""
    files = [path for name in ("secrets", "keys") for path in (home / name).rglob("*") if path.is_file()]
    private = [path for path in files if path.stat().st_mode & 0o077 == 0]
    return {
        f"{path.name}:{number}": line
        for path in private
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if len(line) > 7 and b"-----" not in line
    }


def test_every_record_of_a_run_is_of_the_published_form_and_its_configuration_lies_beside_it(
    finished_home: Path,
) -> None:
    records = finished_home / "records"
    validator = Draft202012Validator(SCHEMA)
    assert [list(validator.iter_errors(one)) for one in read_statements(records) if not validator.is_valid(one)] == []
    verdict = verify_folder(records)
    named = [
        {one.run.configuration.site, one.run.configuration.profile, one.run.configuration.appset}
        for one in verdict.records
    ]
    kept = {path.stem for path in (records / "configuration").iterdir()}
    assert (verdict.faults, set().union(*named)) == ((), kept)


def test_the_evidence_of_one_tablet_is_verified_alone_and_has_no_secret(finished_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "A-0001.zip"
    words = ["export", "A-0001", "--home", str(finished_home), "-o", str(out), "--language", "en"]
    done = CliRunner().invoke(command, words)
    assert (done.exit_code, done.output.splitlines()[0]) == (
        0,
        f"{out}: the only record of this bench with the number A-0001",
    )
    secrets = list_secrets(finished_home)
    assert secrets
    data = out.read_bytes()
    assert find_leaks(secrets, [(out.name, data)]) == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "unpacked")
    key = verify_folder(finished_home / "records").fingerprint
    assert verify_record.main([str(tmp_path / "unpacked/records"), "--extract", "--key", key]) == 0
    again = CliRunner().invoke(command, words)
    assert again.exit_code == 2
    assert out.read_bytes() == data
