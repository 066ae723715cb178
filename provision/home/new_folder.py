"""A home's folder, made whole or not at all."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provision.errors import HomeError
from provision.files import make_folder, sync_folder


@contextmanager
def make_new_folder(path: Path, fault: str) -> Iterator[Path]:
    """Give a folder beside `path` to the block, for its owner alone; it gets the name when the block ends well.

    Args:
        path: absolute; a new or empty folder.
        fault: what to call a failure, as `the home cannot be made`.

    Raises:
        HomeError: `path` exists and is not an empty folder, or cannot be written; nothing is left then.
    """
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise HomeError(f"{path}: exists and is not an empty folder; a home is made in a new one only")
    if Path.cwd().is_relative_to(path.resolve()):  # it is made beside and renamed: the folder would go from under them
        raise HomeError(f"{path}: this is the current folder; make the home from the one above, by its name")
    try:
        make_folder(path.parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.new-", dir=path.parent))
        try:
            yield draft
            draft.rename(path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        sync_folder(path.parent)
    except OSError as error:
        if error.errno in (errno.EBUSY, errno.EXDEV):  # a folder is made and renamed, and a mounted disk has no name
            raise HomeError(
                f"{path}: a disk is mounted there; make the home in a folder on it, as {path / 'ward'}"
            ) from error
        raise HomeError(f"{path}: {fault}: {error.strerror or error}") from error
