"""A home made of a backup: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from provision.backup.archive import Opened
from provision.files import make_folder, write_atomically
from provision.home.new_folder import make_new_folder

PRIVATE_FOLDERS = ("keys", "secrets")
FOLDERS = ("records", "state", "logs")


def restore_home(opened: Opened, folder: Path) -> None:
    """Write the home in a new folder, for its owner alone: filled beside it, synced and renamed.

    Raises:
        HomeError: the folder is there and not empty, or cannot be written; nothing is left then.
    """
    with make_new_folder(folder.absolute(), "the backup cannot be restored there") as draft:
        _fill(opened, draft)


def _fill(opened: Opened, draft: Path) -> None:
    for name in FOLDERS:
        make_folder(draft / name)
    for name in PRIVATE_FOLDERS:
        make_folder(draft / name, mode=0o700)
    for path, entry in opened.files.items():
        file = draft / path
        make_folder(file.parent, mode=0o700 if entry.private else 0o755)
        write_atomically(file, entry.content, mode=0o600 if entry.private else 0o644)
