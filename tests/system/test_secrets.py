"""What a whole batch must not say: passphrase, maintenance secrets and private keys, in any form, anywhere else."""

from __future__ import annotations

import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from state_file import FILE

from provision.home.create import TRAINING_PASSPHRASE
from provision.state.opening import open_bench_state
from tests.program import PROGRAM
from tests.searching import find_leaks
from tests.system.bench_runs import RUN_SECONDS, assert_records_right, environment, outcomes

pytestmark = pytest.mark.front
WORDS = ("station", "--seed", "1", "--once", "--json", "--virtual")


class sampling_processes:  # noqa: N801 # reads as a verb in `with`
    """Collect arguments and environment of every process of this machine, again and again, until the block ends."""

    def __init__(self, lines: set[bytes]) -> None:
        self._lines = lines
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(0.01):
            self._lines.update(self._read())

    @staticmethod
    def _read() -> Iterator[bytes]:
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and int(process.name) != os.getpid():
                try:
                    yield (process / "cmdline").read_bytes()
                    yield (process / "environ").read_bytes()
                except OSError:
                    continue


@pytest.mark.parametrize("count", [1, pytest.param(4, marks=pytest.mark.later)], ids=["11", "11, 6 and 14"])
def test_a_batch_tells_nobody_a_secret(count: int, tmp_path: Path) -> None:
    home, temporary = tmp_path / "training", tmp_path / "temporary"
    temporary.mkdir()
    seen: set[bytes] = set()
    variables = {**environment(home), "PROVISION_HOME": str(home), "TMPDIR": str(temporary)}
    with sampling_processes(seen):
        ended = subprocess.run(
            [*PROGRAM, *WORDS, str(count)], env=variables, capture_output=True, timeout=RUN_SECONDS, check=False
        )
    assert ended.returncode == 0, ended.stderr
    assert any(b"provision.virtual.process" in line for line in seen), "the tablets' own process was seen too"
    assert_records_right(home)
    secrets, places = secrets_of(home)
    assert len(secrets) == 3 + count
    own = {file for files in places.values() for file in files}
    kept = [(str(file), file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file() and file not in own]
    said = [("standard output", ended.stdout), ("standard error", ended.stderr)]
    sampled = [("a process", line) for line in seen]
    assert find_leaks(secrets, [*kept, *said, *sampled]) == []
    assert_each_stands_in_its_private_places_only(home, secrets, places)


def secrets_of(home: Path) -> tuple[dict[str, bytes], dict[str, set[Path]]]:
    """Every secret of a home by name, and the files that may hold it."""
    keys = home / "keys"
    site = load_pem_private_key((keys / "site-key.pem").read_bytes(), None)
    record = load_pem_private_key((keys / "record-key.pem").read_bytes(), None)
    assert isinstance(site, EllipticCurvePrivateKey)
    assert isinstance(record, Ed25519PrivateKey)
    secrets = {
        "passphrase": TRAINING_PASSPHRASE.encode(),
        "site key": site.private_numbers().private_value.to_bytes(32, "big"),
        "record key": record.private_bytes_raw(),
    }
    places = {
        "passphrase": {home / "secrets" / "wifi"},
        "site key": {keys / "site-key.pem"},
        "record key": {keys / "record-key.pem"},
    }
    tablets = set((home / "bench" / "tablets").glob("*/state.json"))
    for asset in outcomes(home):
        with open_bench_state(home) as state:
            issued = state.agent_secrets.find(asset)
        assert issued is not None
        secrets[asset] = issued.secret.reveal()
        places[asset] = {home / FILE, *tablets}
    return secrets, places


def assert_each_stands_in_its_private_places_only(
    home: Path, secrets: dict[str, bytes], places: dict[str, set[Path]]
) -> None:
    """The search finds each secret where it belongs (so it would find a leak), and nobody else may read there."""
    for name, secret in secrets.items():
        holders = {
            file for files in places.values() for file in files if find_leaks({name: secret}, [("", file.read_bytes())])
        }
        assert holders, f"{name} is found in its own place"
        assert holders <= places[name]
        bench = [file for file in holders if home / "bench" in file.parents]
        assert len(bench) == name.startswith("A-"), "a tablet holds its own secret only"
        for file in holders:
            assert file == home / FILE or stat.S_IMODE(file.parent.stat().st_mode) == 0o700, file.parent
            assert file in bench or stat.S_IMODE(file.stat().st_mode) == 0o600, file
