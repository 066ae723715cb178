"""A home made of a backup: whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from provision.backup.archive import Opened
from provision.errors import HomeError
from provision.files import make_folder, sync_folder, write_atomically

PRIVATE_FOLDERS = ("keys", "secrets")
FOLDERS = ("records", "state", "logs")


def restore_home(opened: Opened, folder: Path) -> None:
    """Write the home in a new folder, for its owner alone: filled beside it, synced and renamed.

    Raises:
        HomeError: the folder is there and not empty, or cannot be written; nothing is left then.
    """
    folder = folder.absolute()
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise HomeError(f"{folder}: exists and is not an empty folder; a backup is restored in a new one only")
    if Path.cwd().is_relative_to(folder.resolve()):
        raise HomeError(f"{folder}: this is the current folder; restore from the one above, by its name")
    try:
        make_folder(folder.parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
        try:
            _fill(opened, draft)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        sync_folder(folder.parent)
    except OSError as error:
        raise HomeError(f"{folder}: the backup cannot be restored there: {error.strerror or error}") from error


def _fill(opened: Opened, draft: Path) -> None:
    for name in FOLDERS:
        make_folder(draft / name)
    for name in PRIVATE_FOLDERS:
        make_folder(draft / name, mode=0o700)
    for path, entry in opened.files.items():
        file = draft / path
        make_folder(file.parent, mode=0o700 if entry.private else 0o755)
        write_atomically(file, entry.content, mode=0o600 if entry.private else 0o644)
