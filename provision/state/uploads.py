"""What a run sent to a tablet and did not finish, and the command that takes each back.

Install sessions outlive the connection and the reboot and stay for three days (packages document 11.6); a pushed file
stays for ever (3.4). One file a tablet, `state/uploads/<asset>.json`, mode 0600, written before anything is sent: the
next run of the tablet begins by taking back what a lost one left. A damaged file, or one of another tablet, costs a
command that the tablet refuses.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias, cast

from provision.files import make_folder, read_json, write_atomically

Words: TypeAlias = "tuple[str, ...]"

_UNDO = re.compile(r"(?:cmd package|pm) install-abandon \d{1,10}|rm /data/local/tmp/provision-[0-9a-f]{16}\.apk")


class Uploads:
    """The uploads of one tablet that are under way; of two threads, each ends what it began.

    Args:
        file: where they are kept; None keeps them in memory only.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._left = _load(file) if file is not None else {}

    @property
    def left(self) -> tuple[Words, ...]:
        """The command that takes back each upload that was begun and did not end, in that order."""
        return tuple(self._left)

    def begin(self, undo: Words) -> None:
        """Something is about to be sent that `undo` takes back; on disk before this returns.

        A memory that cannot be written is no failure: Android drops sessions by itself.
        """
        self._left[undo] = None
        if self._file is not None:
            with suppress(OSError):
                make_folder(self._file.parent, mode=0o700)
                self._save(self._file)

    def end(self, undo: Words) -> None:
        """It was installed, or taken back."""
        self._left.pop(undo, None)

    def close(self) -> None:
        """Keep what is left; nothing is written where nothing was begun."""
        if self._file is not None and self._file.exists():
            with suppress(OSError):
                self._save(self._file)

    def _save(self, file: Path) -> None:
        write_atomically(file, json.dumps({"left": list(self._left)}).encode(), mode=0o600)


def _load(file: Path) -> dict[Words, None]:
    """Only commands this product writes; the file cannot make a tablet run another one."""
    try:
        document = cast(Any, read_json(file))  # whatever a damaged file holds
        found = [tuple(map(str, words)) for words in document["left"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {words: None for words in found if _UNDO.fullmatch(" ".join(words))}
