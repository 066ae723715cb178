"""Uploads that a run began and did not finish, and the command that takes each back.

Install sessions outlive the connection and the reboot and stay for three days (packages document 11.6); a pushed file
stays for ever (3.4). Each is noted before anything is sent: the next run of the tablet begins by taking back what a
lost one left. A note about a tablet whose number was a guess costs a command that the tablet refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from provision.errors import HomeError

if TYPE_CHECKING:
    from provision.state.sql.pending_upload_store import PendingUploadStore

Words: TypeAlias = "tuple[str, ...]"

_UNDO = re.compile(r"(?:cmd package|pm) install-abandon \d{1,10}|rm /data/local/tmp/provision-[0-9a-f]{16}\.apk")


def keep_undos(found: Iterable[Words]) -> tuple[Words, ...]:
    """Keep only commands this product writes, each once: what was kept cannot make a tablet run another one."""
    return tuple(dict.fromkeys(words for words in found if _UNDO.fullmatch(" ".join(words))))


class PendingUploads:
    """The uploads of one tablet that are under way; of two threads, each ends what it began.

    Args:
        store: where they are kept; None keeps them in memory only.
        asset: the tablet.
    """

    def __init__(self, store: PendingUploadStore | None = None, asset: str = "") -> None:
        self._store, self._asset = store, asset
        self._kept = store.load(asset) if store is not None else ()
        self._left = dict.fromkeys(self._kept)

    @property
    def left(self) -> tuple[Words, ...]:
        """The command that takes back each upload that was begun and did not end, in that order."""
        return tuple(self._left)

    def begin(self, undo: Words) -> None:
        """Note that something is about to be sent that `undo` takes back; on disk before this returns.

        A memory that cannot be written is no failure: Android drops sessions by itself.
        """
        self._left[undo] = None
        self._save()

    def end(self, undo: Words) -> None:
        """Note that it was installed, or taken back."""
        self._left.pop(undo, None)

    def close(self) -> None:
        """Keep what is left; nothing is written where nothing changed."""
        self._save()

    def _save(self) -> None:
        left = self.left
        if self._store is not None and left != self._kept:
            with suppress(HomeError):
                self._store.save(self._asset, left)
                self._kept = left
