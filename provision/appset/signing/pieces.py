"""Values with their length in four bytes before them, as the signing block nests them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from provision.appset.signing.faults import ApkCause, SignatureFault


class Pieces:
    """Reads a run of values from the front; every read past the end is a `SignatureFault`."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    @property
    def left(self) -> bytes:
        """Bytes that were not read yet."""
        return self._data[self._position :]

    def number(self) -> int:
        """The next four bytes, little-endian."""
        return int(struct.unpack("<I", self._take(4))[0])

    def piece(self) -> bytes:
        """The next value, without its length."""
        return self._take(self.number())

    def all(self) -> Iterator[bytes]:
        """Every value that is left."""
        while self._position < len(self._data):
            yield self.piece()

    def _take(self, length: int) -> bytes:
        end = self._position + length
        if end > len(self._data):
            raise SignatureFault("its signature is cut off", ApkCause.DAMAGED)
        taken, self._position = self._data[self._position : end], end
        return taken
