"""Strict reading of what an agent prints: canonical base64, JSON without duplicates or fractions (contract 8)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import NoReturn

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
