"""Where the newest checkpoint is kept: in the bench's database and, where `bench.yaml` names one, in a second place.

Whoever can write to the home can put records and the bench's own memory of them back to an older state together; a
checkpoint on another disk, out of reach, shows it. Its file is the signed checkpoint as the station prints it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from provision.errors import HomeError, RecordError
from provision.files import write_atomically
from provision.home.folder import Home
from provision.records.keys import HomeKeys, read_bytes
from provision.records.note import open_checkpoint
from provision.records.verify_record import mend_checkpoint

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState


def read_kept(home: Home, keys: HomeKeys, state: BenchState) -> dict[str, bytes]:
    """Return the checkpoints that are kept, by who remembers them.

    Raises:
        HomeError: the second place is not there, what lies there is no checkpoint, or the database is damaged.
    """
    found, second = state.checkpoints.find(keys.origin), _read_second_place(home, keys)
    kept = {} if found is None else {"this bench's database": found.encode()}
    return kept if second is None else {**kept, "the second place": second}


def is_second_place_new(home: Home, keys: HomeKeys) -> bool:
    """Tell whether `bench.yaml` names a second place in which nothing of this home lies: new, or another disk's."""
    folder = home.bench.second_place
    return folder is not None and not name_kept_file(folder, keys).exists()


def keep_checkpoint(home: Home, keys: HomeKeys, state: BenchState, checkpoint: str) -> None:
    """Keep a checkpoint in both.

    Raises:
        HomeError: one cannot be written.
    """
    state.checkpoints.keep(keys.origin, checkpoint)
    _write_second_place(home, keys, checkpoint)


def _read_second_place(home: Home, keys: HomeKeys) -> bytes | None:
    """Return the checkpoint that is kept there; None where `bench.yaml` names no place, or nothing is kept yet.

    Raises:
        HomeError: the place is not there, or what lies there is no checkpoint of this home.
    """
    folder = home.bench.second_place
    if folder is None:
        return None
    if not folder.is_dir():
        raise HomeError(
            f"{home.path / 'bench.yaml'}: second_place: {folder} is not there; connect the disk it lies on, make the "
            "folder where the bench is new, or take the line away"
        )
    file = name_kept_file(folder, keys)
    return _read_checkpoint(file, keys) if file.exists() else None


def _read_checkpoint(file: Path, keys: HomeKeys) -> bytes:
    """Return the checkpoint of a file, in whatever form an editor or another system left it."""
    try:
        data = read_bytes(file)
        note = mend_checkpoint(data) or data
        open_checkpoint(note, keys.origin, keys.public, "checkpoint")
    except RecordError as error:
        raise HomeError(
            f"{file}: it is to hold a checkpoint of this bench, and does not ({error}). Put its newest copy back; "
            "without one, move the file away: what was taken from the records until now is then not seen by it"
        ) from error
    return note


def _write_second_place(home: Home, keys: HomeKeys, checkpoint: str) -> None:
    """Keep a checkpoint there, where `bench.yaml` names a place.

    Raises:
        HomeError: it cannot be written.
    """
    folder = home.bench.second_place
    if folder is None:
        return
    try:
        write_atomically(name_kept_file(folder, keys), checkpoint.encode())
    except OSError as error:
        raise HomeError(
            f"{folder}: the newest checkpoint cannot be kept there ({error.strerror or error}); the records are right. "
            "Connect the disk, and let this account write there: the next start keeps it"
        ) from error


def name_kept_file(folder: Path, keys: HomeKeys) -> Path:
    """Return the file of this home: several benches may share a place."""
    return folder / f"{keys.fingerprint[:16]}.checkpoint"
