"""The second place of a bench: a folder on another disk that holds the newest checkpoint of its ledger.

Whoever can write to the home can put records and the bench's own memory of them back to an older state together; a
checkpoint that is out of reach shows it. The file is the signed checkpoint as the station prints it.
"""

from __future__ import annotations

from pathlib import Path

from provision.errors import HomeError
from provision.files import write_atomically
from provision.home.folder import Home
from provision.records.keys import HomeKeys, read_bytes


def read_second_place(home: Home, keys: HomeKeys) -> bytes | None:
    """Return the checkpoint that is kept there; None where `bench.yaml` names no place, or nothing is kept yet.

    Raises:
        HomeError: the place is not there.
        RecordError: the checkpoint cannot be read.
    """
    folder = home.bench.second_place
    if folder is None:
        return None
    if not folder.is_dir():
        raise HomeError(
            f"{home.path / 'bench.yaml'}: second_place: {folder} is not there; connect the disk it lies on, make the "
            "folder where the bench is new, or take the line away"
        )
    file = _file(folder, keys)
    return read_bytes(file) if file.exists() else None


def write_second_place(home: Home, keys: HomeKeys, checkpoint: str) -> None:
    """Keep a checkpoint there, where `bench.yaml` names a place.

    Raises:
        HomeError: it cannot be written.
    """
    folder = home.bench.second_place
    if folder is None:
        return
    try:
        write_atomically(_file(folder, keys), checkpoint.encode())
    except OSError as error:
        raise HomeError(
            f"{folder}: the newest checkpoint cannot be kept there ({error.strerror or error}); the records are right. "
            "Connect the disk again: the next start keeps it"
        ) from error


def _file(folder: Path, keys: HomeKeys) -> Path:
    """Return the file of this home: several benches may share a place."""
    return folder / f"{keys.fingerprint[:16]}.checkpoint"
