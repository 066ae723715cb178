"""Reading transcripts back; strictly, since they judge the model and the reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from provision.errors import ConfigurationError, ConfigurationFault
from provision.files import complete_lines, read_file
from provision.transcripts.model import TYPE, VERSION, AnswerMark, Call, Head, How, Transcript, TranscriptEnd

MAX_BYTES = 64 * 1024 * 1024
Part = TypeVar("Part")
_NOTHING: Mapping[str, Any] = {"err": "", "left_out": 0}
"""Members of a call that its line leaves out where they say nothing."""

_MARKS = frozenset({"step", "unknown", "variant"})


def read_transcript(file: Path) -> Transcript:
    """One file; a last line without its end, as a killed pilot leaves it, is left out.

    Raises:
        ConfigurationError: no transcript, another version, or a line that is none; with file and line.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise _fault(file, None, f"at most {MAX_BYTES >> 20} MB", "a larger file")
        raw = read_file(file, MAX_BYTES)
    except OSError as error:
        raise _fault(file, None, "a readable file", error.strerror or "an error") from None
    lines, _end = complete_lines(raw)
    found = [_read_line(file, number, line) for number, line in enumerate(lines, start=1)]
    if not found or found[0].get("event") != "head" or found[0].get("type") != TYPE:
        raise _fault(file, 1, f"a head with the type {TYPE}", "something else")
    if type(found[0].get("version")) is not int or found[0]["version"] != VERSION:
        raise _fault(file, 1, f"version {VERSION}", repr(found[0].get("version"))[:40])
    return _assemble(file, found)


def _assemble(file: Path, found: list[dict[str, Any]]) -> Transcript:
    head = {name: value for name, value in found[0].items() if name not in {"type", "version"}}
    calls, marks, end = [], [], None
    for number, line in enumerate(found[1:], start=2):
        if end is not None:
            raise _fault(file, number, "nothing after the end", str(line.get("event")))
        match line.get("event"):
            case "call":
                calls.append(_make(file, number, Call, line))
            case "end":
                end = _make(file, number, TranscriptEnd, line)
            case str(event) if event in _MARKS:
                marks.append(_make(file, number, AnswerMark, line))
            case event:
                raise _fault(file, number, "call, end or a mark", repr(event)[:40])
    _check_numbers(file, calls)
    if end is not None and end.unknown is not None and not 1 <= end.unknown <= len(calls):
        raise _fault(file, len(found), f"`unknown` the number of one of {len(calls)} calls, or null", str(end.unknown))
    return Transcript(_make(file, 1, Head, head), tuple(calls), tuple(marks), end)


def _make(file: Path, number: int, kind: Callable[..., Part], line: Mapping[str, Any]) -> Part:
    """One part from the members of its line, each of which must be known."""
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type] # each is a dataclass
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in line.items()}
    if "event" not in known:
        del given["event"]
    if kind is Call:
        given = {**_NOTHING, **given, "how": _read_how(file, number, given.get("how"))}
    strange = sorted(given.keys() - known.keys())
    absent = sorted({field.name for field in known.values() if _is_needed(field)} - given.keys())
    if strange or absent:
        got = f"{', '.join(strange)} too" if strange else f"no {', '.join(absent)}"
        raise _fault(file, number, f"{', '.join(known)}", got)
    _check_types(file, number, given, kind)
    return kind(**given)


def _check_types(file: Path, number: int, given: Mapping[str, Any], kind: Callable[..., object]) -> None:
    hints = _hints(kind)
    for field in fields(kind):  # type: ignore[arg-type] # each is a dataclass
        if field.name in given and not _is_of(given[field.name], hints[field.name]):
            got = json.dumps(given[field.name], ensure_ascii=False)[:40]
            raise _fault(file, number, f"`{field.name}` of the type {field.type}", got)


@cache
def _hints(kind: Callable[..., object]) -> Mapping[str, object]:
    """The annotated types of a dataclass; read once, as they are evaluated from text each time."""
    return get_type_hints(kind)


def _is_of(value: object, hint: object) -> bool:
    """Tell whether a value is of an annotated type; true and false are no numbers."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is UnionType:
        return any(_is_of(value, one) for one in arguments)
    if origin is tuple:
        return isinstance(value, tuple) and all(_is_of(part, arguments[0]) for part in value)
    if origin is Mapping:
        return isinstance(value, dict) and all(_is_of(part, arguments[1]) for part in value.values())
    if hint is float:
        return type(value) in (int, float)
    return type(value) is hint


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _read_how(file: Path, number: int, text: object) -> How:
    try:
        return How(str(text))
    except ValueError:
        raise _fault(file, number, f"one of {', '.join(How)}", repr(text)[:40]) from None


def _read_line(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise _fault(file, number, "a JSON object", "something else") from None
    if not isinstance(value, dict):
        raise _fault(file, number, "a JSON object", type(value).__name__)
    return value


def _check_numbers(file: Path, calls: list[Call]) -> None:
    if [call.number for call in calls] != list(range(1, len(calls) + 1)):
        raise _fault(file, None, "calls numbered from 1 without a gap", "another order")


def _fault(file: Path, line: int | None, expected: str, got: str) -> ConfigurationError:
    return ConfigurationError(ConfigurationFault(file, line, "", expected, got))
