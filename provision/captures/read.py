"""Reading captures: our own file, a JSON object of properties, or the text of `getprop`.

Nothing in such a file is trusted: sizes are bounded, and what is wrong is one fault with file, line and key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from provision.captures.model import TYPE, VERSION, Capture, Screen
from provision.captures.pasted import clean_pasted, decode_pasted, join_wrapped
from provision.config.nodes import plain
from provision.errors import AnswerError, ConfigurationError, ConfigurationFault
from provision.facts import props
from provision.facts.query import CommandOutput

MAX_BYTES = 4 * 1024 * 1024
MOST_PROPS = 5000
_MEMBERS = frozenset({"type", "version", "source", "serial", "screen", "features", "packages", "props"})
_FENCED = re.compile(r"\A\s*```\w*\s*\n(\{.*\})\s*```\s*\Z", re.DOTALL)  # JSON as pages of Markdown show it
_NO_VALUES = (
    (re.compile(r"string|bool|u?int|double|size|enum( \S+)*"), "types of the properties (`getprop -T`), no values"),
    (re.compile(r"u:object_r:\w+:s0"), "SELinux contexts of the properties (`getprop -Z`), no values"),
)
"""What an option of `getprop` prints in the place of each value (toybox, Android 8 on)."""
_MARKED = re.compile(r"\{[a-z]+(?::[^{}\n]*)?\}")


def read_capture(file: Path) -> Capture:
    """One file.

    Raises:
        ConfigurationError: it is no capture, no JSON object of properties and no text of `getprop`.
    """
    try:
        if not file.is_file():
            raise _fault(file, None, "", "a file", "no file" if not file.exists() else "not a regular file")
        with file.open("rb") as source:
            return read_stream(source, file)
    except OSError as error:
        raise _fault(file, None, "", "a readable file", error.strerror or "an error") from None


def read_stream(source: BinaryIO, name: Path) -> Capture:
    """As `read_capture`, from an open stream; `name` stands in messages.

    Raises:
        ConfigurationError: as `read_capture`.
    """
    raw = source.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _fault(name, None, "", f"at most {MAX_BYTES // 1024} kB", "a larger file")
    text = _FENCED.sub(r"\1", decode_pasted(raw))
    return _read_json(text, name) if _is_json(text.lstrip()) else _read_getprop(text, name)


def _is_json(text: str) -> bool:
    """Tell whether it is meant as JSON; `[key]: [value]` is a line of getprop, `["..."]` a JSON list, `{code}` none."""
    return (text.startswith("{") and not _MARKED.match(text)) or (
        text.startswith("[") and text[1:].lstrip()[:1] in {'"', "{", "[", "]"}
    )


def _read_getprop(text: str, name: Path) -> Capture:
    try:
        found = props.parse(CommandOutput("getprop", clean_pasted(text) + "\n", 0))
    except AnswerError as error:
        if error.expected == props.ONCE:
            raise _fault(name, None, "", props.ONCE, "one of them with two values") from None
        first = next((line for line in text.splitlines() if line.strip()), "nothing")
        raise _fault(name, 1, "", "`[key]: [value]` lines of getprop, or JSON", f"'{plain(first)}'") from None
    told = next((what for form, what in _NO_VALUES if all(map(form.fullmatch, found.values.values()))), None)
    if told is not None:
        raise _fault(name, None, "", "what `getprop` prints alone", told)
    values = {key: join_wrapped(key, value) for key, value in found.values.items()}
    return Capture(values, source=name.name)


def _read_json(text: str, name: Path) -> Capture:
    try:
        document = json.loads(text, object_pairs_hook=_read_pairs)
    except RecursionError:
        raise _fault(name, 1, "", "a JSON object", "lists without end") from None
    except _TwiceError as twice:
        raise _fault(name, None, plain(str(twice), 60), "each key once", "it again, with another value") from None
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise _fault(name, line, "", "valid JSON", getattr(error, "msg", "something else")) from None
    if not isinstance(document, dict):
        raise _fault(name, 1, "", "a JSON object", "a list")
    if document.get("type") == TYPE:
        return _read_own(document, text, name)
    inner = document.get("props", document)
    return Capture(_read_props(inner, text, name), source=name.name)


class _TwiceError(Exception):
    """A key that an object has twice, with two values."""


def _read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            raise _TwiceError(key)
    return found


def _read_own(document: Mapping[str, Any], text: str, name: Path) -> Capture:
    unknown = sorted(set(document) - _MEMBERS)
    if unknown:
        expected = f"one of {', '.join(sorted(_MEMBERS))}"
        raise _fault(name, _line(text, unknown[0]), plain(unknown[0], 40), expected, "an unknown key")
    if document.get("version") != VERSION:
        raise _fault(name, _line(text, "version"), "version", str(VERSION), repr(document.get("version"))[:40])
    return Capture(
        props=_read_props(document.get("props"), text, name),
        features=_read_names(document, "features", text, name),
        screen=_read_screen(document.get("screen"), text, name),
        packages=_read_names(document, "packages", text, name),
        serial=str(document.get("serial") or "")[:64],
        source=str(document.get("source") or name.name)[:300],
    )


def _read_props(found: object, text: str, name: Path) -> dict[str, str]:
    if not isinstance(found, dict) or not found or len(found) > MOST_PROPS:
        expected = f"an object with 1 to {MOST_PROPS} properties"
        raise _fault(name, _line(text, "props"), "props", expected, "none" if not found else "something else")
    for key, value in found.items():
        if not isinstance(value, str):
            raise _fault(name, _line(text, key), plain(key, 60), "text", type(value).__name__)
    return found


def _read_names(document: Mapping[str, Any], key: str, text: str, name: Path) -> tuple[str, ...]:
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each.isprintable() for each in found):
        raise _fault(name, _line(text, key), key, "a list of names", "something else")
    return tuple(found)


def _read_screen(found: object, text: str, name: Path) -> Screen | None:
    if found is None:
        return None
    values = [found.get(key) for key in ("width", "height", "density")] if isinstance(found, dict) else []
    sides = [value for value in values if type(value) is int and 0 < value < 100_000]
    if len(sides) != 3:
        raise _fault(
            name, _line(text, "screen"), "screen", "width, height and density as whole numbers", "something else"
        )
    return Screen(*sides)


def _line(text: str, key: str) -> int | None:
    """The first line that names a key."""
    at = text.find(json.dumps(key))
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _fault(file: Path, line: int | None, key: str, expected: str, got: str) -> ConfigurationError:
    return ConfigurationError(ConfigurationFault(file, line, key, expected, got))
