"""Strict reading of what a station sends: JSON, base64, members of objects (contract 8).

Nothing here is shared with the station: two readers of one page find the mistakes of each other.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

DEEPEST = 16
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


class Refused(Exception):
    """The agent will not do what was asked: an error code of the contract and text for a log."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def read_text(data: bytes) -> str:
    """UTF-8 bytes as text.

    Raises:
        Refused: they are not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("envelope-invalid", "not UTF-8") from error


def read_json(text: str) -> object:
    """One value: no duplicate member, no fraction, at most 18 digits, at most 16 levels.

    Raises:
        Refused: anything else.
    """
    try:
        value: object = json.loads(
            text, object_pairs_hook=_members, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
        )
        write_json(value).encode()  # half of a surrogate pair, as an escape, is no text
    except (ValueError, RecursionError) as error:
        raise Refused("envelope-invalid", f"json: {type(error).__name__}") from error
    _check_depth(value)
    return value


def write_json(value: object) -> str:
    """Compact JSON, members in the order of their names."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Refused("envelope-invalid", "json: a member twice")
    return members


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise Refused("envelope-invalid", "json: not an integer of at most 18 digits")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise Refused("envelope-invalid", f"json: {text[:20]} is not an integer")


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [one for one in level if isinstance(one, dict | list)]
        if not containers:
            return
        level = [item for one in containers for item in (one.values() if isinstance(one, dict) else one)]
    raise Refused("envelope-invalid", f"json: more than {DEEPEST} levels")


def read_base64(text: str, *, url: bool = False) -> bytes:
    """Bytes of the canonical text; `url` is RFC 4648 section 5 without padding.

    Raises:
        Refused: another text of the same bytes, or none at all.
    """
    decode = base64.urlsafe_b64decode if url else base64.b64decode
    padded = text + "=" * (-len(text) % 4) if url else text
    try:
        data = decode(padded)
    except (binascii.Error, ValueError) as error:
        raise Refused("envelope-invalid", "base64: no such text") from error
    if write_base64(data, url=url) != text:
        raise Refused("envelope-invalid", "base64: not the canonical form")
    return data


def write_base64(data: bytes, *, url: bool = False) -> str:
    """The canonical text of bytes."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=") if url else base64.b64encode(data).decode()


class Fields:
    """The members of one object, each read with its expected form; what is left over is refused.

    A member that is null counts as absent.
    """

    def __init__(self, value: object, path: str, code: str) -> None:
        if not isinstance(value, dict):
            raise Refused(code, f"{path}: expected an object")
        self._members: dict[str, Any] = value
        self._path, self._code = path, code
        self._read: set[str] = set()

    def has(self, name: str) -> bool:
        """Tell whether the member is there."""
        self._read.add(name)
        return self._members.get(name) is not None

    def text(self, name: str, form: str) -> str:
        """A string that matches a pattern as a whole."""
        value = self._take(name)
        if not isinstance(value, str) or not re.fullmatch(form, value):
            raise self._wrong(name, f"text of the form {form}")
        return value

    def number(self, name: str, least: int, most: int) -> int:
        """An integer within bounds."""
        value = self._take(name)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name, f"a number from {least} to {most}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def texts(self, name: str, form: str, most: int) -> list[str]:
        """Different strings of one form, at most so many."""
        value = self._take(name)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name, f"a list of at most {most}")
        texts = [one for one in value if isinstance(one, str) and re.fullmatch(form, one)]
        if len(texts) < len(value) or len(set(texts)) < len(texts):
            raise self._wrong(name, f"different texts of the form {form}")
        return texts

    def any_texts(self, name: str, form: str, most: int) -> list[str]:
        """Strings of one form, at most so many; the same one may stand twice."""
        value = self._take(name)
        texts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        if not isinstance(value, list) or len(texts) < len(value) or len(texts) > most:
            raise self._wrong(name, f"a list of at most {most} texts")
        if not all(re.fullmatch(form, one) for one in texts):
            raise self._wrong(name, f"texts of the form {form}")
        return texts

    def children(self, name: str, most: int) -> list[Fields]:
        """Objects, at least one."""
        return [Fields(one, f"{self._path}.{name}.{at}", self._code) for at, one in enumerate(self._some(name, most))]

    def base64_list(self, name: str, most: int) -> list[str]:
        """Bytes in canonical standard base64, at least one."""
        texts = self._some(name, most)
        for one in texts:
            try:
                read_base64(one if isinstance(one, str) else "!")
            except Refused:
                raise self._wrong(name, "canonical base64") from None
        return texts

    def _some(self, name: str, most: int) -> list[Any]:
        value = self._take(name)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self._wrong(name, f"a list of 1 to {most}")
        return value

    def names(self, form: str, most: int) -> list[str]:
        """The names of all members, which are data here: at least one, each of one form."""
        if not 1 <= len(self._members) <= most:
            raise Refused(self._code, f"{self._path}: expected 1 to {most} members")
        if not all(re.fullmatch(form, name) for name in self._members):
            raise Refused(self._code, f"{self._path}: expected names of the form {form}")
        return sorted(self._members)

    def value(self, name: str) -> object:
        """A value of any form."""
        return self._take(name)

    def child(self, name: str, code: str | None = None) -> Fields:
        """An object; its own members are refused with `code`, else with this object's."""
        child = Fields(self._take(name), f"{self._path}.{name}", self._code)
        child._code = code or self._code
        return child

    def only(self, name: str) -> Fields:
        """The one object of a list that holds exactly one."""
        value = self._take(name)
        if not isinstance(value, list) or len(value) != 1:
            raise self._wrong(name, "a list of one")
        return Fields(value[0], f"{self._path}.{name}", self._code)

    def data(self, name: str) -> bytes:
        """Bytes in standard base64."""
        value = self._take(name)
        try:
            return read_base64(value if isinstance(value, str) else "*")
        except Refused as error:
            raise self._wrong(name, "canonical base64") from error

    def end(self) -> None:
        """Refuse members nobody asked for: a word this agent does not know must not be ignored."""
        unknown: Sequence[str] = [name for name in self._members if name not in self._read]
        if unknown:
            raise Refused(self._code, f"{self._path}.{unknown[0]}: unknown member")

    def _take(self, name: str) -> object:
        if not self.has(name):
            raise Refused(self._code, f"{self._path}.{name}: missing")
        return self._members[name]

    def _wrong(self, name: str, expected: str) -> Refused:
        return Refused(self._code, f"{self._path}.{name}: expected {expected}")
