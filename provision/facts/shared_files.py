"""Folders that all apps share, where a patient's pictures, recordings and downloads lie; whether any is left."""

from __future__ import annotations

from provision.facts.folder import count_names
from provision.facts.query import Outputs, Query

FOLDERS = ("DCIM", "Pictures", "Movies", "Music", "Download", "Documents", "Recordings", "Screenshots")
"""Android's public folders (`Environment.DIRECTORY_*`) that hold what people make; apps' own ones are none of them."""

PATHS = tuple(f"/sdcard/{name}" for name in FOLDERS)
QUERIES = tuple(Query(path, ("ls", path)) for path in PATHS)
CLEAR = ("rm", "-rf", *PATHS)
"""Takes the folders away with all that is in them; Android makes those it needs again."""


def list_left(outputs: Outputs) -> tuple[str, ...]:
    """Folders that still hold something, or of which nobody knows."""
    return tuple(path for path in PATHS if outputs[path].cut or count_names(outputs[path], path) != 0)
