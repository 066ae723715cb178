"""Uploads under way, by tablet."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from provision.state.pending_uploads import PendingUploads, Words, keep_undos
from provision.state.sql.database import Database, replace_rows
from provision.state.sql.schema import PENDING_UPLOAD


class PendingUploadStore:
    """The uploads of every tablet that were begun and not seen to end. One thread a tablet writes.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, asset: str) -> PendingUploads:
        """Return the uploads of one tablet, for one run."""
        return PendingUploads(self, asset)

    def load(self, asset: str) -> tuple[Words, ...]:
        """Return the command that takes back each upload of a tablet, in the order they began.

        A damaged row is forgotten: what it was about ends by itself, or with the tablet's next reset.
        """
        query = select(PENDING_UPLOAD.c.undo).where(PENDING_UPLOAD.c.asset_id == asset)
        ordered = query.order_by(PENDING_UPLOAD.c.position)
        found = self._database.read(lambda connection: connection.execute(ordered).scalars().all())
        return keep_undos(words for undo in found if (words := _read_words(undo)) is not None)

    def save(self, asset: str, left: tuple[Words, ...]) -> None:
        """Keep these in place of what was kept of a tablet."""
        self._database.write(lambda connection: keep_uploads(connection, asset, left))


def keep_uploads(connection: Connection, asset: str, left: tuple[Words, ...]) -> None:
    """Write down the uploads of a tablet in place of earlier ones."""
    rows = [{"asset_id": asset, "position": at, "undo": json.dumps(undo)} for at, undo in enumerate(left)]
    replace_rows(connection, PENDING_UPLOAD, asset, rows)


def _read_words(text: str) -> Words | None:
    try:
        words: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None
