"""Strict reading of what an agent prints: canonical base64, JSON without duplicates or fractions (contract 8).

Everything wrong is an `AnswerError` that names the command and the place.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import NoReturn

from provision.errors import AnswerError

DEEPEST = 16
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


class _Wrong(ValueError):
    """One thing a strict reader refuses."""


def encode(value: object) -> bytes:
    """The one form in which this station writes JSON: members in order, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def decode_base64(text: str) -> bytes:
    """Bytes of canonical standard base64.

    Raises:
        ValueError: another text of these bytes, or none at all.
    """
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise binascii.Error("not the canonical text")
    return data


def decode_json(text: str) -> object:
    """One JSON value of the contract's subset.

    Raises:
        ValueError: a duplicate member, a fraction, a long number, half of a surrogate pair, too many levels,
            or no JSON at all.
    """
    try:
        value: object = json.loads(
            text, object_pairs_hook=_members, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
        )
        encode(value)
    except RecursionError:
        raise _Wrong("too many levels") from None
    if _depth_exceeds(value):
        raise _Wrong(f"more than {DEEPEST} levels")
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Wrong("a member twice")
    return members


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _Wrong("a number of more than 18 digits")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise _Wrong(f"{text[:20]} is no integer")


def _depth_exceeds(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [one for one in level if isinstance(one, dict | list)]
        if not containers:
            return False
        level = [item for one in containers for item in (one.values() if isinstance(one, dict) else one)]
    return True


class Members:
    """The members of one object, each read with its form; `end` refuses the rest.

    Args:
        value: what should be an object.
        place: its name in messages, `report.rows[3]`.
        command: the command whose answer it is.
    """

    def __init__(self, value: object, place: str, command: str) -> None:
        self._place, self._command = place, command
        if not isinstance(value, dict):
            raise self.unlike("", "an object", value)
        self._left: dict[str, object] = dict(value)

    def text(self, name: str, form: str = r"[^\x00-\x1f]{1,300}") -> str:
        """A string that matches `form` as a whole."""
        value = self._take(name)
        if not isinstance(value, str) or not re.fullmatch(form, value):
            raise self.unlike(name, f"text of the form {form}", value)
        return value

    def text_or_null(self, name: str, most: int = 1000) -> str | None:
        """A string, or null."""
        if name in self._left and self._left[name] is None:
            del self._left[name]
            return None
        return self.text(name, rf"[^\x00-\x1f]{{0,{most}}}")

    def number(self, name: str, least: int = 0, most: int = 10**9) -> int:
        """An integer within bounds."""
        value = self._take(name)
        if type(value) is not int or not least <= value <= most:
            raise self.unlike(name, f"a number from {least} to {most}", value)
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self.unlike(name, "true or false", value)
        return value

    def items(self, name: str) -> list[object]:
        """A list."""
        value = self._take(name)
        if not isinstance(value, list):
            raise self.unlike(name, "a list", value)
        return value

    def child(self, name: str) -> Members:
        """An object."""
        return Members(self._take(name), f"{self._place}.{name}", self._command)

    def mapping(self, name: str) -> Mapping[str, object]:
        """An object whose members are read elsewhere."""
        value = self._take(name)
        if not isinstance(value, dict):
            raise self.unlike(name, "an object", value)
        return value

    def has(self, name: str) -> bool:
        """Whether the member is there and not read yet."""
        return name in self._left

    def end(self) -> None:
        """Refuse members nobody read: the contract says exactly which there are."""
        if self._left:
            raise self.unlike(min(self._left), "no such member", "one")

    def _take(self, name: str) -> object:
        if name not in self._left:
            raise self.unlike(name, "a member", "none")
        return self._left.pop(name)

    def unlike(self, name: str, expected: str, got: object) -> AnswerError:
        """The error for a member that is not as expected; an empty name is the object itself."""
        place = f"{self._place}.{name}" if name else self._place
        return AnswerError(self._command, f"{place}: {expected}", str(got))
