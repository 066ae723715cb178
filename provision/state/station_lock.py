"""The lock that keeps every other station out of a home, of this version or an earlier one.

A station, and every command that works on a tablet, holds `state/station.lock` as long as it runs.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.errors import HomeError

LOCK_NAME = "station.lock"


@contextmanager
def keep_stations_out(home: Path) -> Iterator[None]:
    """Let no station of another process work in a home until the block ends; this process may hold the lock already.

    A home without the file has never had a station; none is made.

    Raises:
        HomeError: a station works there.
    """
    file = home / "state" / LOCK_NAME
    try:
        handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise HomeError(f"{file}: the lock cannot be opened: {error.strerror}") from error
    try:
        if not try_lock(handle) and read_holder(handle) != str(os.getpid()):
            raise HomeError(
                f"{home}: its state is of an earlier version, whose files a station in work still writes (process "
                f"{read_holder(handle)}); end that station, then try again: the files are taken over then"
            )
        yield
    finally:
        os.close(handle)


@contextmanager
def try_to_lock(home: Path) -> Iterator[bool]:
    """Keep stations out of a home until the block ends, where none works there now; True where that is so.

    A home without the file has never had a station, and one that cannot be written cannot have one.
    """
    try:
        handle = os.open(home / "state" / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield True
        return
    try:
        yield try_lock(handle)
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Take the lock and note whose it is; False where somebody has it. It ends with the handle or the process."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return True


def read_holder(handle: int) -> str:
    """Return the process id that whoever has the lock wrote."""
    return os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
