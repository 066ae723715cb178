"""Changing a YAML file that a person wrote: single values, so that every comment and every other byte stays.

Places come from the parsed nodes, not from a pattern: values on one line (`{file: a.apk, size: 1}`) and in
blocks are changed alike. What comes out must be parsed again before it is trusted; this module judges nothing.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml

from provision.config.nodes import KeyPath, read_nodes
from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import write_atomically

Scalar: TypeAlias = "str | int"
Item: TypeAlias = "Mapping[str, Scalar | Sequence[Mapping[str, Scalar]]]"
"""A mapping to be written: scalars, and lists of plain mappings."""
Read = TypeVar("Read")

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for YAML 1.1, and a comment with it."""


class Edit:
    """Changes of one file, gathered and made together; paths are those of the file as it was read.

    Raises:
        ConfigurationError: the file cannot be read, or is no YAML mapping.
    """

    def __init__(self, file: Path) -> None:
        self._before, self._root = read_nodes(file)
        self._mark = "\ufeff" if file.read_bytes().startswith(BOM_UTF8) else ""
        self._break = next((each for each in ("\r\n", "\n", "\r") if each in self._before), "\n")
        self._splices: list[tuple[int, int, str]] = []

    @property
    def text(self) -> str:
        """The text with every change; changes at one place stand in the order they were asked for."""
        parts, at = [], 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            parts += [self._before[at:start], new]
            at = max(at, end)
        return "".join((self._mark, *parts, self._before[at:]))

    def is_in_line(self, path: KeyPath) -> bool:
        """Tell whether a list or mapping stands in brackets."""
        return bool(getattr(self._find(path), "flow_style", False))

    def replace(self, path: KeyPath, value: Scalar) -> None:
        """Another value in place of a scalar."""
        node = self._find(path)
        self._splices.append((node.start_mark.index, self._find_end(node), write_scalar(value)))

    def add_key(self, path: KeyPath, key: str, value: Scalar | Sequence[Mapping[str, Scalar]]) -> None:
        """A further key behind the last one of a mapping."""
        node = self._find(path)
        end = self._find_end(node.value[-1][1])
        if node.flow_style:
            self._insert(end, f", {key}: {_write_in_line(value)}")
            return
        self._insert_lines(self._line_end(end), write_block({key: value}, _column(node)))

    def append(self, path: KeyPath, item: Item) -> None:
        """A further mapping behind the last item of a list that has one, in that item's form."""
        node = self._find(path)
        end = self._find_end(node.value[-1])
        if node.flow_style:
            self._insert(end, f", {_write_in_line(item)}")
            return
        column = int(node.start_mark.column)
        rows = [_write_in_line(item)] if node.value[-1].flow_style else write_block(item, 0)
        self._insert_lines(self._line_end(end), _write_item(rows, column))

    def fill(self, path: KeyPath, item: Item) -> None:
        """A first mapping in a list without items, on a line of its own."""
        node = self._find(path)
        start, end = int(node.start_mark.index), self._find_end(node)
        self._splices.append((len(self._before[:start].rstrip(" ")), end, ""))
        self._insert_lines(end, _write_item([_write_in_line(item)], 2))

    def append_last(self, path: KeyPath, rows: Sequence[str]) -> None:
        """A further item of the list that ends the file, as lines of a block; comments behind the list stay before."""
        node, end = self._find(path), int(self._root.end_mark.index)
        column = int(node.start_mark.column) if isinstance(node, yaml.SequenceNode) else 2
        at = len(self._before[:end].rstrip("\r\n"))
        self._splices.append((at, end, ""))
        self._insert_lines(end, (*_write_item(rows, column), ""))

    def remove(self, path: KeyPath) -> None:
        """One item of a list, or one key of a mapping, with the comment on its own lines; never the last one left."""
        parent, name = self._find(path[:-1]), path[-1]
        pairs = [(each[0], each[1]) if isinstance(each, tuple) else (each, each) for each in parent.value]
        number = name if isinstance(name, int) else [key.value for key, _ in pairs].index(name)
        start, end = pairs[number][0].start_mark.index, self._find_end(pairs[number][1])
        if not parent.flow_style:
            start = self._line_start(len(self._before[:start].rstrip()) - 1 if isinstance(name, int) else start)
            end = self._line_end(end, whole=True)
        elif number:
            start = self._find_end(pairs[number - 1][1])
        else:
            end = pairs[1][0].start_mark.index
        self._splices.append((start, min(end, len(self._before)), ""))

    def _insert(self, at: int, new: str) -> None:
        self._splices.append((at, at, new))

    def _insert_lines(self, at: int, lines: Sequence[str]) -> None:
        self._insert(at, "".join(self._break + line for line in lines))

    def _line_start(self, at: int) -> int:
        return max((found.end() for found in _LINE_BREAK.finditer(self._before, 0, at)), default=0)

    def _line_end(self, at: int, *, whole: bool = False) -> int:
        """The end of the line that a place is on, before its break or behind; comments behind values stay with them."""
        found = _LINE_BREAK.search(self._before, at)
        if found is None:
            return len(self._before)
        return found.end() if whole else found.start()

    def _find_end(self, node: Any) -> int:  # noqa: ANN401 # as below
        """Where a node's own text ends; a block's mark stands behind the comments, a text block's behind the break."""
        if not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._find_end(last[1] if isinstance(last, tuple) else last)
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return start + len(self._before[start:end].rstrip())

    def _find(self, path: KeyPath) -> Any:  # noqa: ANN401 # a node; the stubs keep the style of collections to themselves
        node: Any = self._root
        for part in path:
            if isinstance(part, int):
                node = node.value[part]
            else:
                node = next(value for key, value in node.value if key.value == part)
        return node


def put_in_place(
    file: Path, text: str, read: Callable[[Path], Read], name_fault: Callable[[ConfigurationFault], ConfigurationFault]
) -> Read:
    """Read a new text beside its file, then put it in the file's place; a link to it stays one.

    Args:
        read: what reads the file everywhere else.
        name_fault: the fault of the text as one of the file.

    Raises:
        ConfigurationError: the text is wrong; the file is as it was.
    """
    trial = file.with_name(f".{file.name}.trial.yaml")
    try:
        write_atomically(trial, text.encode())
        content = read(trial)
        write_atomically(file.resolve(), text.encode())
    except ConfigurationError as error:
        raise ConfigurationError(*map(name_fault, error.faults)) from None
    finally:
        trial.unlink(missing_ok=True)
    return content


def _write_item(rows: Sequence[str], column: int) -> list[str]:
    """The lines of one item of a block list."""
    return [f"{' ' * column}{'  ' if number else '- '}{row}" for number, row in enumerate(rows)]


def _column(node: yaml.MappingNode) -> int:
    return int(node.value[0][0].start_mark.column)


def write_scalar(value: Scalar) -> str:
    """A value as YAML that reads back as the same text or number."""
    plainly = isinstance(value, int) or re.fullmatch(r"(?!(?:true|false|null)$)[A-Za-z][\w./-]*|[0-9a-f]{64}", value)
    return str(value) if plainly else json.dumps(value, ensure_ascii=False)


def write_block(item: Item, column: int) -> list[str]:
    """The lines of a block mapping at a column; the items of its lists on a line each."""
    lines = []
    for key, value in item.items():
        if isinstance(value, str | int):
            lines.append(f"{' ' * column}{key}: {write_scalar(value)}")
            continue
        lines.append(f"{' ' * column}{key}:")
        lines += [f"{' ' * column}  - {_write_in_line(each)}" for each in value]
    return lines


def _write_in_line(value: Scalar | Item | Sequence[Mapping[str, Scalar]]) -> str:
    if isinstance(value, str | int):
        return write_scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_write_in_line(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(_write_in_line(each) for each in value) + "]"
