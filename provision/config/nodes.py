"""One YAML file as plain data, with the line of every key.

Rules, each with a fault that names the line:

1. A regular file, at most `MAX_BYTES`, UTF-8, one document, not empty.
2. Anchors, aliases, merge keys and tags are refused: they are how a small file becomes a huge or
   an active one, and nothing here is long enough to need them.
3. Keys are plain text, each once in its mapping. `on` and `no` are text, not booleans: only `true`
   and `false` are (YAML 1.2 core schema; YAML 1.1 would turn the key `on` of `site.yaml` into True).
4. Numbers are decimal with at most 18 digits; everything else is text. Dates stay text.

Messages never quote a value, because it may be a secret that somebody wrote by mistake.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml
from yaml.composer import Composer

from provision.errors import ConfigurationError, ConfigurationFault

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
KeyPath: TypeAlias = tuple[str | int, ...]

_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_READERS: Mapping[str, Callable[[str], Value]] = {
    _NULL: lambda _text: None,
    _BOOL: lambda text: text == "true",
    _INT: int,
    _FLOAT: float,
}
_RESOLVED = (
    (_NULL, re.compile(r"(?:~|null)?\Z"), ("~", "n", "")),
    (_BOOL, re.compile(r"(?:true|false)\Z"), ("t", "f")),
    (_INT, re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z"), tuple("-+0123456789")),
    (_FLOAT, re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}\Z"), tuple("-+0123456789")),
)


@dataclass(frozen=True)
class Document:
    """Content of one file.

    Attributes:
        file: where it was read.
        data: mappings, lists and scalars; the top is always a mapping.
        lines: key path -> line of the key (or of the list item), from 1. The empty path is the top.
    """

    file: Path
    data: dict[str, Value]
    lines: dict[KeyPath, int]

    def line_of(self, path: KeyPath) -> int:
        """The line of `path`, or of its nearest parent that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Refused(yaml.MarkedYAMLError):
    """Something YAML allows and these files do not."""


class _Strict(Composer):
    """PyYAML's node tree without aliases, tags and bottomless nesting, over the scanner it is mixed with."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's name and form
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse, before it is built, what rule 2 names."""
        event = self.peek_event()  # type: ignore[attr-defined] # of the scanner
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(problem="an anchor or alias (& or *)", problem_mark=event.start_mark)
        if getattr(event, "tag", None) is not None:
            raise _Refused(problem="a tag (!)", problem_mark=event.start_mark)
        if self.depth >= MAX_DEPTH:
            raise _Refused(problem=f"more than {MAX_DEPTH} levels", problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


for _tag, _pattern, _first in _RESOLVED:
    for _letter in _first:
        _Strict.yaml_implicit_resolvers.setdefault(_letter, []).append((_tag, _pattern))


class _Loader(_Strict, yaml.SafeLoader):
    """PyYAML's own scanner: messages are made of its errors."""


class _FastLoader(_Strict, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # one of two classes
    """The scanner of libyaml, where PyYAML has it: profiles are read in a fifth of the time."""

    def __init__(self, text: str) -> None:
        super(_Strict, self).__init__()  # what the other base leaves to its own node tree
        super(Composer, self).__init__(text)


_SCANNED_OTHERWISE = re.compile(r"[\t?\x85\u2028\u2029\ufeff]|[|>][-+0-9]*#")
"""What libyaml takes more lightly than PyYAML's own scanner; texts without it both read alike."""


def parse(file: Path) -> Document:
    """Read and parse one file.

    Raises:
        ConfigurationError: with every fault that could be found; after a syntax error that is one.
    """
    _, root = read_nodes(file)
    build = _Build(file)
    data = build.mapping(root, ())
    if build.faults:
        raise ConfigurationError(*build.faults)
    return Document(file, data, build.lines)


def read_nodes(file: Path) -> tuple[str, yaml.MappingNode]:
    """The text of one file and its nodes, whose marks are places in that text; for `edit`.

    Raises:
        ConfigurationError: as `parse`, but keys are not looked at yet.
    """
    text = _read_text(file)
    root = _compose(file, text)
    if root is None:
        raise _error(file, 1, "a mapping (`key: value` lines)", "an empty file")
    if not isinstance(root, yaml.MappingNode):
        raise _error(file, 1, "a mapping (`key: value` lines)", kind_of_node(root))
    return text, root


def kind_of_node(node: yaml.Node) -> str:
    """Name the kind of a node in a reader's words, without its content."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else "text"


def _error(file: Path, line: int | None, expected: str, got: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError(ConfigurationFault(file, line, "", expected, got, hint))


def _read_text(file: Path) -> str:
    try:
        if not file.is_file():  # also keeps a FIFO from blocking the command
            raise _error(file, None, "a file", "no file" if not file.exists() else "not a regular file")
        with file.open("rb") as source:
            raw = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise _error(file, None, "a readable file", error.strerror or "an error") from None
    if len(raw) > MAX_BYTES:
        raise _error(file, None, f"at most {MAX_BYTES // 1024} kB", "a larger file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "text in UTF-8", f"byte 0x{raw[error.start]:02x}") from None


def _compose(file: Path, text: str) -> yaml.Node | None:
    """The node tree; a MarkedYAMLError or ReaderError becomes one fault without quoted content."""
    if not _SCANNED_OTHERWISE.search(text):
        with contextlib.suppress(yaml.YAMLError):  # read again below, for the words of the message
            return _FastLoader(text).get_single_node()
    try:
        return _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        fault = _error(file, line, *_wording(problem, text.splitlines()[line - 1 : line]))
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        fault = _error(file, line, "printable text", f"character U+{int(problem.character):04X}")
    raise fault


def _wording(problem: yaml.MarkedYAMLError, line: list[str]) -> tuple[str, str, str]:
    """Expected, got and hint of one syntax error."""
    what = re.sub(r"'(?!<)[^']{2,}'", "'…'", str(problem.problem or problem.context))
    if isinstance(problem, _Refused):
        return "plain YAML", what, "put a value that starts with &, * or ! in quotes, or write it out"
    if "\t" in "".join(line):
        return "valid YAML", "a tab", "indent with spaces"
    if re.search("expected ',' or '[]}]'|unexpected end of stream", str(problem.problem)):
        return (
            "valid YAML",
            "a bracket or quote that is not closed, or a comma left out",
            "look here and in the lines above",
        )
    if "mapping values are not allowed" in what:
        return "valid YAML", what, "put a value that contains `: ` in quotes, or check the indentation"
    return "valid YAML", what, ""


class _Build:
    """Node tree to plain data; collects lines and faults on the way."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[KeyPath, int] = {(): 1}
        self.faults: list[ConfigurationFault] = []

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Value]:
        """One mapping, each key once."""
        data: dict[str, Value] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, path, "a key that is text", kind_of_node(key_node))
                continue
            key = str(key_node.value)
            inner = (*path, key)
            if key in data:
                self._fault(line, inner, "each key once", f"it again (first on line {self.lines[inner]})")
                continue
            self.lines[inner] = line
            data[key] = self._value(value_node, inner)
        return data

    def _value(self, node: yaml.Node, path: KeyPath) -> Value:
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, path)
        return self._scalar(node, path)

    def _sequence(self, node: yaml.SequenceNode, path: KeyPath) -> list[Value]:
        items: list[Value] = []
        for index, item in enumerate(node.value):
            self.lines[(*path, index)] = item.start_mark.line + 1
            items.append(self._value(item, (*path, index)))
        return items

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Value:
        text = str(node.value)
        if node.tag in _READERS:
            return _READERS[node.tag](text)
        got = _name_no_text(text)
        if got is None:
            return text
        self._fault(node.start_mark.line + 1, path, "whole Unicode characters, none of them U+0000", got)
        return ""

    def _fault(self, line: int, path: KeyPath, expected: str, got: str) -> None:
        self.faults.append(ConfigurationFault(self.file, line, key_text(path), expected, got))


def _name_no_text(text: str) -> str | None:
    """Name what an escape in quotes put into a text that no file, tablet or paper can take; None for a text."""
    if "\0" in text:
        return "the character U+0000"
    return "half of a surrogate pair" if any("\ud800" <= each <= "\udfff" for each in text) else None


def key_text(path: KeyPath) -> str:
    """A key path as people write it, `apps[2].signer`, on one line and at most 120 characters long."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{plain(part, 40)}" for part in path]
    return plain("".join(parts).removeprefix("."), 120)


def plain(text: str, limit: int = 60) -> str:
    """`text` on one line: control characters escaped, the middle of long texts left out."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"
