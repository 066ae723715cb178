"""What the tables were made of and what they are, by digest, so that a check needs no jar where nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jars import HERE, pinned
from levels import write
from tables import TABLES

ROOT = HERE.parents[1]
FACTS = ROOT / "provision" / "reference" / "facts"
SCRIPT = ROOT / "scripts" / "android_facts"
STAMP = FACTS / "stamp.json"


def digest_of(*files: Path) -> str:
    """SHA-256 over the names and contents of some files."""
    shape = hashlib.sha256()
    for file in files:
        shape.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return shape.hexdigest()


def stamp() -> str:
    """The digests of script, jars and tables as they are.

    Raises:
        OSError: a table is missing.
    """
    made = {
        "script": digest_of(SCRIPT, *sorted(HERE.glob("*.py"))),
        "jars": {str(level): artifact.sha256 for level, artifact in pinned().items()},
        "tables": {name: digest_of(FACTS / f"{name}.json") for name in (*TABLES, "evidence")},
    }
    return write(made) + "\n"


def is_current() -> bool:
    """Tell whether script, jars and tables are those of the last writing."""
    try:
        return STAMP.read_text() == stamp()
    except OSError:
        return False
