"""Writing files so that a crash leaves the old bytes or the new ones, never a mixture; reading them back.

The only place of the product that calls fsync. Every function that writes either returns with the bytes on
disk or raises `OSError` with the file as it was before.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from provision.plain_json import parse_json

TEMPORARY_SUFFIX = ".unfinished"
MAX_STATE_BYTES = 16 * 1024 * 1024
"""No file of a bench's state comes near; a larger one is damaged."""
CLOCK_GRAIN = 2.0
"""Seconds by which a disk's times may be coarser than the computer's."""
MAX_ENTRIES = 200_000
"""Of a folder: more than a bench makes in its life, and read in a second."""


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644, replace: bool = True) -> None:
    """Put `data` at `path`: temporary file, fsync, rename, fsync of the folder.

    Args:
        path: the final name; its folder exists. One writer a path at a time.
        data: the whole content.
        mode: permissions from the first byte on, less the umask; 0o600 for secrets.
        replace: False refuses to touch an existing file.

    Raises:
        FileExistsError: `path` exists and `replace` is False.
        OSError: the bytes are not on disk; `path` is as it was.
    """
    if not replace and path.exists():
        raise FileExistsError(f"{path}: exists, and is never overwritten")
    temporary = path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")
    temporary.unlink(missing_ok=True)
    try:
        with _naming(path):
            _write_new(temporary, data, mode)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move_durably(source: Path, target: Path) -> None:
    """Give a file or folder another name on the same disk; its bytes are on disk before the name is.

    Raises:
        OSError: it is as it was, or, where only the last sync failed, moved.
    """
    if source.is_file():
        handle = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    source.rename(target)
    for folder in {source.parent, target.parent}:
        sync_folder(folder)


def open_appended(path: Path) -> io.FileIO:
    """Open a regular file, or a new one, to write at its end; what is none is not opened: a pipe waits for a reader.

    Raises:
        OSError: it cannot be written, or is no regular file.
    """
    handle = _open_if_regular(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    return io.FileIO(handle, "a")


def append_durably(path: Path, data: bytes) -> None:
    """Append `data` and fsync; a write that fails half-way is taken back before the error leaves.

    Raises:
        OSError: nothing was appended, unless taking it back failed as well (the disk is gone); or no regular file.
    """
    handle = _open_if_regular(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        before = os.fstat(handle).st_size
        try:
            with _naming(path):
                _write_all(handle, data)
                os.fsync(handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    if before == 0:
        sync_folder(path.parent)


def truncate_durably(path: Path, size: int) -> None:
    """Cut `path` to its first `size` bytes and fsync; used on half-written last lines only."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.ftruncate(handle, size)
        os.fsync(handle)
    finally:
        os.close(handle)


def complete_lines(data: bytes) -> tuple[list[bytes], int]:
    """Return the lines of an appended file that were written whole, and how many bytes they take.

    An append that was killed leaves a last line without its newline, or, after a power cut on some
    filesystems, zero bytes in it; both are left out.
    """
    end = data.rfind(b"\n") + 1
    lines = data[:end].split(b"\n")[:-1]
    if lines and b"\0" in lines[-1]:
        end -= len(lines.pop()) + 1
    return lines, end


def open_regular(path: Path) -> io.BufferedReader:
    """Open a regular file for reading; what is none is not even opened, since a pipe waits and some devices act on it.

    Raises:
        OSError: missing, unreadable, or no regular file.
    """
    return io.BufferedReader(_open_raw(path))


def _open_raw(path: Path) -> io.FileIO:
    return io.FileIO(_open_if_regular(path, os.O_RDONLY))


def _open_if_regular(path: Path, flags: int) -> int:
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)  # it may be another one by now
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return handle


class HashedFile(io.BufferedReader):
    """A regular file that is read once from its start, with the digest of all that was read; nothing can hang here.

    Raises:
        OSError: missing, unreadable, or no regular file.
    """

    def __init__(self, path: Path) -> None:
        """Open it."""
        super().__init__(_open_raw(path))
        self._digest = hashlib.sha256()

    def read(self, size: int | None = -1, /) -> bytes:
        """As every file, and noted."""
        data = super().read(size)
        self._digest.update(data)
        return data

    @property
    def size(self) -> int:
        """Bytes of the file, as it is now."""
        return os.fstat(self.fileno()).st_size

    @property
    def sha256(self) -> str:
        """Of all that was read so far, in lower-case hexadecimal."""
        return self._digest.hexdigest()


def read_file(path: Path, most: int = MAX_STATE_BYTES) -> bytes:
    """Return the bytes of a regular file, at most so many; nothing can hang or grow without end here.

    Raises:
        OSError: missing, unreadable, no regular file, or larger.
    """
    with open_regular(path) as file:
        fits = os.fstat(file.fileno()).st_size <= most  # what does not is not read: it may be more than memory
        data = file.read(most + 1) if fits else b""
    if not fits or len(data) > most:
        raise OSError(errno.EFBIG, f"larger than {most} bytes", str(path))
    return data


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a regular file in lower-case hexadecimal."""
    with open_regular(path) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def list_folder(folder: Path, suffix: str = "", most: int = MAX_ENTRIES) -> list[Path]:
    """Return the entries of a folder whose names end in `suffix`, by name.

    Raises:
        OSError: missing, unreadable, or with more than `most` entries of any name.
    """
    names = []
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number == most:
                raise OSError(errno.EFBIG, f"more than {most} entries", str(folder))
            if entry.name.endswith(suffix):
                names.append(entry.name)
    return [folder / name for name in sorted(names)]


def read_json(path: Path) -> object:
    """Read a JSON file of this program's own; only a regular file is opened, so that nothing can hang here.

    Raises:
        OSError: missing, unreadable, or no regular file.
        ValueError: no JSON in UTF-8, a member twice, nested without end, or too large.
    """
    with open_regular(path) as file:
        raw = file.read(MAX_STATE_BYTES + 1)
    if len(raw) > MAX_STATE_BYTES:
        raise ValueError("too large")
    document: object = parse_json(raw.decode("utf-8"), fractions=True)
    return document


def sync_folder(folder: Path) -> None:
    """Make names created, renamed or removed in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, *, mode: int = 0o755) -> None:
    """Create `folder` and its missing parents, each one durably; an existing one is left as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=mode)
    sync_folder(folder.parent)


def give_to_owner(made: Path, folder: Path) -> None:
    """Give what root just made to the owner of a folder: `sudo` once must not lock a home's own user out."""
    if os.geteuid() == 0:
        owner = folder.stat()
        with suppress(OSError):  # a disk that has no owners
            os.chown(made, owner.st_uid, owner.st_gid)


def give_all_to_owner(folder: Path, since: float) -> None:
    """Give what root made below a folder since a time (`time.time`) to its owner; links and second names stay."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for _path, folders, files, place in os.fwalk(folder):
        for name in (*folders, *files):
            with suppress(OSError):  # a link, or gone by now
                _give(name, place, owner, since)


def _give(name: str, place: int, owner: os.stat_result, since: float) -> None:
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    try:
        made = os.fstat(handle)
        # A second name may be one outside, that somebody linked here to be given what is not theirs.
        alone = stat.S_ISDIR(made.st_mode) or (stat.S_ISREG(made.st_mode) and made.st_nlink == 1)
        if made.st_uid == 0 and alone and made.st_ctime >= since - CLOCK_GRAIN:
            os.fchown(handle, owner.st_uid, owner.st_gid)
    finally:
        os.close(handle)


def remove_unfinished(folder: Path) -> None:
    """Remove what `write_atomically` left in `folder` when it was killed half-way."""
    for leftover in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        if leftover.is_file() or leftover.is_symlink():
            leftover.unlink(missing_ok=True)  # another process may do the same


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say of an error which file could not be written: the system names none where it writes into an open one."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def _write_new(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
