"""`logs/hotline.jsonl`: who opened or gave back which tablet, and when; never a code."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

from provision.errors import HomeError
from provision.files import append_durably, make_folder
from provision.records.content import format_time

NAME = "hotline.jsonl"


def note_use(home: Path, event: str, asset: str) -> None:
    """Write the line and have it on disk.

    Args:
        home: the bench home.
        event: the command's word.
        asset: the tablet's number.

    Raises:
        HomeError: it cannot be written; then nothing may be given out.
    """
    line = {"event": event, "asset": asset, "at": format_time(datetime.now(UTC)), "user": _name_user()}
    file = home / "logs" / NAME
    try:
        make_folder(file.parent)
        append_durably(file, json.dumps(line, sort_keys=True).encode() + b"\n")
    except OSError as error:
        raise HomeError(f"{file}: cannot be written ({error.strerror or error}); nothing is done without it") from error


def _name_user() -> str:
    """The account of this computer; its number where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
