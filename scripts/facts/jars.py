"""Android's own class files, one pinned jar for each API level."""

from __future__ import annotations

import sys
import zipfile
from functools import cache
from pathlib import Path

from classfile import ClassFile, Field

HERE = Path(__file__).resolve().parent
TOOLCHAIN = HERE.parents[1] / "apks" / "agent" / "toolchain"
sys.path.insert(0, str(TOOLCHAIN))

from toolchain import Artifact, BuildError, fetch, read_artifacts, sha256  # noqa: E402 # after the path to it

__all__ = ["Artifact", "BuildError", "Jar", "fetch", "pinned", "sha256"]


def pinned() -> dict[int, Artifact]:
    """The jar of each API level, pinned by its digest, in the order of levels."""
    both = read_artifacts(HERE / "frameworks.txt") | read_artifacts(TOOLCHAIN / "frameworks.txt")
    return {int(level): both[level] for level in sorted(both, key=int)}


class Jar:
    """The jar of one API level; classes are read when they are asked for."""

    def __init__(self, level: int, file: Path) -> None:
        self.level = level
        self._files = zipfile.ZipFile(file)
        self.find = cache(self._find)

    def bytes(self, name: str) -> bytes | None:
        """One file of the jar, None when it has none of that name."""
        try:
            return self._files.read(name)
        except KeyError:
            return None

    def _find(self, name: str) -> ClassFile | None:
        """A class by its dotted name (`$` before an inner one), None when the jar has none of that name."""
        content = self.bytes(name.replace(".", "/") + ".class")
        return None if content is None else ClassFile(content)

    def constants(self, name: str) -> list[Field]:
        """The constants of a class that the compiler inlines; none where the class is missing."""
        found = self.find(name)
        return [] if found is None else [field for field in found.fields if field.constant is not None]
