"""Opening a bench's database: made whole or not at all, of this program's revision or refused.

1. A database is made under another name, with everything that JSON files of the home say, and gets its own name once
   it is on disk. A kill before that leaves the home as it was.
2. The files it took are set aside afterwards, into `before-migration` where they lay. A kill before that leaves them
   there; the database knows their digests, and the next opening finishes. Files that are others than it took are an
   error: a program without a database has worked in the home since, and neither side knows everything.
   Neither is done while a station works: one of an earlier version goes on with the files.
3. A database of an older revision is copied beside itself (`earlier_copies`), then brought to this one by alembic, in
   one transaction. One of a revision that is not known here is of a newer program, and is refused untouched; the error
   names the copy of this program's own revision where there is one.
4. In a home that cannot be written nothing is made, moved or locked, and nobody else writes; it can be read.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, insert, select

from provision.errors import HomeError
from provision.files import give_to_owner, make_folder, move_durably
from provision.state.sql.agent_secret_store import keep_issued
from provision.state.sql.asset_registry import keep_assets
from provision.state.sql.audit_log import keep_event
from provision.state.sql.confirmation_store import keep_confirmation
from provision.state.sql.database import WAY_OUT, Database
from provision.state.sql.earlier_copies import keep_copy, tell_way_back
from provision.state.sql.json_files import PLACES, JsonState, digest_place, read_json_state
from provision.state.sql.pending_upload_store import keep_uploads
from provision.state.sql.schema import METADATA, REVISION, TAKEN_FILE, VERSION
from provision.state.sql.verified_install_store import keep_installs
from provision.state.station_lock import keep_stations_out

NAME = "state.sqlite"
ASIDE = "before-migration"
_PRIVATE = 0o600
_TAILS = ("-wal", "-shm", "-journal")


def open_database(home: Path) -> Database:
    """Open the database of a home, made where it has none.

    Raises:
        HomeError: the database, or a file it is to take over, is damaged, of a newer version, or cannot be written.
    """
    file = home / "state" / NAME
    if file.parent.is_dir() and not os.access(file.parent, os.W_OK, effective_ids=True):
        return _open_frozen(home, file)
    try:
        if not file.parent.is_dir():
            with suppress(FileExistsError):  # another process made it in this moment
                make_folder(file.parent)
            give_to_owner(file.parent, home)
        with _hold(file.parent):
            return _open(home, file)
    except OSError as error:
        raise HomeError(f"{file}: cannot be made: {error.strerror or error}") from error


def _open(home: Path, file: Path) -> Database:
    if not file.exists():
        with keep_stations_out(home):
            _make(home, file)
    elif file.stat().st_size == 0:  # SQLite would take it for a new one, and every secret for never issued
        raise HomeError(f"{file}: damaged (empty); {WAY_OUT}")
    _make_private(file)
    database = Database(file)
    try:
        _bring_up_to_date(database)
        if any((home / place).exists() for place in PLACES):  # hardly ever, but at the first opening
            with keep_stations_out(home):
                _set_aside(home, database)
    except BaseException:
        database.close()
        raise
    return database


def _open_frozen(home: Path, file: Path) -> Database:
    """Open a home that this user cannot write, as a backup on a disk that was mounted to be read."""
    copied = "copy the whole home to a place that can be written, and use that copy"
    if not file.exists():
        raise HomeError(f"{file}: missing, and {file.parent} cannot be written, so that none can be made; {copied}")
    for tail in _TAILS[::2]:
        log = file.with_name(file.name + tail)
        if log.exists() and log.stat().st_size > 0:
            raise HomeError(f"{file}: what was written last is still in {log.name}, which cannot be written; {copied}")
    database = Database(file, "FROZEN")
    try:
        older = _is_older(database)
        _list_taken(home, database)
    except BaseException:
        database.close()
        raise
    if older:
        database.close()
        raise HomeError(f"{file}: of an earlier version, and cannot be written, so that it stays one; {copied}")
    return database


def _make(home: Path, file: Path) -> None:
    for tail in _TAILS:
        if file.with_name(file.name + tail).exists():  # SQLite would play another database's log into the new one
            raise HomeError(f"{file}: missing, while its {file.name}{tail} is there; put both back, or move both away")
    _refuse_lost(home, file)
    state = read_json_state(home)
    taken = {str(place): digest_place(home / place) for place in PLACES if (home / place).exists()}
    made = file.with_name(f"{file.name}.new")
    _remove(made)  # of an opening that was killed
    try:
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
        give_to_owner(made, file.parent)  # SQLite gives its log to the same
        database = Database(made, "DELETE")  # a log would not go with it to its own name
        try:
            database.write(lambda connection: _fill(connection, state, taken))
        finally:
            database.close()
        move_durably(made, file)
    except BaseException:
        _remove(made)
        raise


def _make_private(file: Path) -> None:
    """A backup that was put back, and its log, may be for all to read; whoever does not own it finds it as it is."""
    for name in (file, *(file.with_name(file.name + tail) for tail in _TAILS)):
        with suppress(FileNotFoundError, PermissionError):
            if stat.S_IMODE(name.stat().st_mode) & ~_PRIVATE:
                name.chmod(_PRIVATE)


def _remove(database: Path) -> None:
    for name in (database.name, *(database.name + tail for tail in _TAILS)):
        database.with_name(name).unlink(missing_ok=True)


def _refuse_lost(home: Path, file: Path) -> None:
    """A home that had a database gets no empty one in silence: every secret would be for never issued."""
    if file.is_symlink():
        raise HomeError(f"{file}: a link to {file.readlink()}, which is not there; bring that back, or {WAY_OUT}")
    aside = [folder for folder in sorted(file.parent.glob(f"{ASIDE}*")) if folder.is_dir()]
    if aside and not any((home / place).exists() for place in PLACES):
        raise HomeError(
            f"{file}: missing, while {aside[-1].name} shows that this home had one; put its backup back. Without a "
            f"backup, put what {' and '.join(folder.name for folder in aside)} (in state and in logs) has back into "
            "the folder above: tablets met since are then unknown, and get another maintenance code at their next run. "
            "To begin with nothing, move those folders away"
        )


def _fill(connection: Connection, state: JsonState, taken: dict[str, str]) -> None:
    METADATA.create_all(connection)
    connection.execute(insert(VERSION).values(version_num=REVISION))
    keep_assets(connection, state.assets)
    for confirmation in state.confirmations:
        keep_confirmation(connection, confirmation)
    for asset, issued in state.issued.items():
        keep_issued(connection, asset, issued)
    for asset, memory in state.installs.items():
        keep_installs(connection, asset, memory)
    for asset, left in state.uploads.items():
        keep_uploads(connection, asset, left)
    for event in state.events:
        keep_event(connection, event)
    if taken:
        connection.execute(insert(TAKEN_FILE), [{"name": name, "sha256": digest} for name, digest in taken.items()])


def _bring_up_to_date(database: Database) -> None:
    if _is_older(database):
        from provision.state.sql.migrations.run import STEPS  # noqa: PLC0415 # see `_is_older`

        keep_copy(database.file, _read_revision(database) or "")
        database.write(STEPS.upgrade)


def _is_older(database: Database) -> bool:
    """Tell whether it is of an older revision that this program brings to its own.

    Raises:
        HomeError: it has none, or one of a newer program.
    """
    revision = _read_revision(database)
    if revision == REVISION:
        return False
    if revision is None:
        raise HomeError(f"{database.file}: damaged (no revision); {WAY_OUT}")
    # alembic takes 0.1 s to import, and is needed once in the life of a revision
    from provision.state.sql.migrations.run import STEPS  # noqa: PLC0415

    if not STEPS.is_known(revision):
        raise HomeError(
            f"{database.file}: made by a newer version of provision (revision {revision}, {REVISION} is the newest "
            f"known here); {tell_way_back(database.file, REVISION)}"
        )
    return True


def _read_revision(database: Database) -> str | None:
    revision = database.read(lambda connection: connection.execute(select(VERSION.c.version_num)).scalar())
    return None if revision is None else str(revision)


def _set_aside(home: Path, database: Database) -> None:
    """Move away what the database took over."""
    try:
        for place in _list_taken(home, database):
            _move_aside(home / place)
    except OSError as error:
        raise HomeError(f"{database.file.parent}: its files cannot be set aside: {error.strerror or error}") from error


def _list_taken(home: Path, database: Database) -> list[Path]:
    """List the files that are still where they lay, and are those that the database took over."""
    there = [place for place in PLACES if (home / place).exists()]
    query = select(TAKEN_FILE.c.name, TAKEN_FILE.c.sha256)
    taken = dict(database.read(lambda connection: connection.execute(query).all())) if there else {}
    for place in there:
        if digest_place(home / place) != taken.get(str(place)):
            raise HomeError(_tell_stranger(home / place, database.file))
    return there


def _move_aside(place: Path) -> None:
    """Move it within its own folder, which may be on another disk than the rest of the home."""
    aside, number = place.with_name(ASIDE), 1
    while (aside / place.name).exists():  # of a database that was lost since
        number += 1
        aside = aside.with_name(f"{ASIDE}-{number}")
    make_folder(aside, mode=0o700)
    give_to_owner(aside, place.parent)
    move_durably(place, aside / place.name)


def _tell_stranger(place: Path, file: Path) -> str:
    return (
        f"{place}: expected no such file beside {file.name}, which holds its content since it was made; a version of "
        f"provision without that database has worked here since, or the file was put back. Copy the whole home first: "
        f"a maintenance code that only one of both knows is lost with it. Then keep one: move "
        f"{place.name} away; or move {file.name} (with its -wal and -shm) away and put back from {ASIDE}, file by file "
        f"and within its folders too, what is not there now"
    )


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """The folder's own lock: station and `answer` may both be the first to open a home."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
