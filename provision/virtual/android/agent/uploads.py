"""Documents on their way in, piece by piece; in memory only (contract 3)."""

from __future__ import annotations

import re

from provision.virtual.android.agent.reading import Refused, read_base64

PIECE_CHARACTERS, PIECES, UPLOADS = 1536, 64, 2
"""Characters of a piece, pieces of a document, documents at once."""

_PIECE = re.compile(r"([0-9a-f]{16}):([0-9]{1,4}):([0-9]{1,4}):([A-Za-z0-9_-]+)")


class Uploads:
    """Documents that were put and not yet committed; a third one drops the oldest."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str | None]] = {}

    def put(self, argument: str) -> int:
        """Take `ID:SEQ:TOTAL:TEXT`; how many pieces of that document are here now.

        Raises:
            Refused: `piece-invalid`, `piece-too-large`.
        """
        piece = _PIECE.fullmatch(argument)
        if piece is None:
            raise Refused("piece-invalid", "expected id:seq:total:text")
        seq, total, text = int(piece[2]), int(piece[3]), piece[4]
        if total > PIECES or len(text) > PIECE_CHARACTERS:
            raise Refused("piece-too-large", f"at most {PIECES} pieces of {PIECE_CHARACTERS} characters")
        if seq >= total:
            raise Refused("piece-invalid", f"piece {seq} of {total}")  # before anything is dropped for it
        held = self._held_for(piece[1], total)
        if len(held) != total or held[seq] not in {None, text}:
            raise Refused("piece-invalid", f"piece {seq} of {total} contradicts an earlier one")
        held[seq] = text
        return total - held.count(None)

    def take(self, name: str) -> bytes:
        """The bytes of a whole document, which ends its upload.

        Raises:
            Refused: `upload-incomplete`; `envelope-invalid` for text that is no base64url.
        """
        held = self._pieces.get(name, [None])
        if None in held:
            raise Refused("upload-incomplete", f"{held.count(None)} pieces missing")
        del self._pieces[name]
        return read_base64("".join(one for one in held if one is not None), url=True)

    def _held_for(self, name: str, total: int) -> list[str | None]:
        if name not in self._pieces:
            self._pieces[name] = [None] * total
            while len(self._pieces) > UPLOADS:
                del self._pieces[next(iter(self._pieces))]
        return self._pieces[name]
