"""How many files and sockets a batch takes, which its computer must let it open."""

from __future__ import annotations

_STATION, _TABLET, _VIRTUAL = 64, 4, 16
"""Of a station at rest, for each tablet, and for each virtual one in the training bench's process."""


def count_descriptors(tablets: int, *, virtual: bool = False) -> int:
    """Return what so many tablets at once need."""
    return _STATION + (_VIRTUAL if virtual else _TABLET) * tablets
