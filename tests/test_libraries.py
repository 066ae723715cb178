"""Other people's libraries are used by what they publish: no private module, name or mangled attribute of theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "provision"
MANGLED = re.compile(r"_[A-Z]\w*__\w+")
"""How Python writes the private attribute of a class outside it."""


def private_uses(tree: ast.AST) -> Iterator[str]:
    """Every private name of a library that a module imports, and every mangled name it says, also in a string."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases if _is_private(alias.name))
            case ast.ImportFrom(module=str(module), names=aliases):
                yield from (name for alias in aliases if _is_private(name := f"{module}.{alias.name}"))
            case ast.Attribute(attr=text) | ast.Constant(value=str(text)) if MANGLED.fullmatch(text):
                yield text


def _is_private(name: str) -> bool:
    first, *parts = name.split(".")
    return first != "provision" and any(part.startswith("_") and part != "__future__" for part in (first, *parts))


def test_no_private_name_of_a_library_is_used() -> None:
    uses = {
        str(file.relative_to(PACKAGE)): found
        for file in PACKAGE.rglob("*.py")
        if (found := list(private_uses(ast.parse(file.read_text()))))
    }
    assert uses == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from adbutils._adb import AdbConnection", ["adbutils._adb.AdbConnection"]),
        ("from adbutils import _adb, AdbError", ["adbutils._adb"]),
        ("import adbutils._adb", ["adbutils._adb"]),
        ('_SOCKET = "_AdbConnection__conn"', ["_AdbConnection__conn"]),
        ("self._AdbConnection__conn = None", ["_AdbConnection__conn"]),
        ("from adbutils import AdbError\nfrom __future__ import annotations\nfrom provision.a import _b", []),
    ],
)
def test_a_private_use_is_found(text: str, names: list[str]) -> None:
    assert list(private_uses(ast.parse(text))) == names
