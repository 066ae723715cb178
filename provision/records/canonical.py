"""The one byte form of every JSON value that is signed, hashed or stored in a records folder.

Members sorted, no spaces, UTF-8 without needless escapes, integers only. With ASCII member names and
integers below 2**53 (both enforced) these are the bytes of RFC 8785 (JCS), so any tool can make them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from provision.errors import RecordError
from provision.plain_json import parse_json

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64
"""Levels of lists and mappings; every reader takes as many and no more."""
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_SCALARS = frozenset({str, bool, type(None)})


def canonical_json(value: object, source: str = "value") -> bytes:
    """Return the canonical bytes of `value`.

    Args:
        value: mappings with ASCII names, lists or tuples, strings, integers, booleans, None.
        source: what `value` is, for the message.

    Raises:
        RecordError: a float, an integer beyond 2**53, another type, a lone surrogate.
    """
    try:
        plain = value if _is_plain(value, 0) else _plain(value, source, 0)
        return _ENCODER.encode(plain).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise RecordError(f"{source}: expected JSON of UTF-8 text, got {type(error).__name__}") from error


def parse_canonical(data: bytes, source: str) -> Any:  # noqa: ANN401 - JSON of a form the caller checks
    """Return the value of canonical bytes; any other spelling of the same value is refused.

    Raises:
        RecordError: not UTF-8, not JSON, a member twice, or not the canonical spelling.
    """
    try:
        value = parse_json(data.decode())
    except ValueError as error:
        raise RecordError(f"{source}: expected canonical JSON, got {error}") from error
    if canonical_json(value, source) != data:
        raise RecordError(
            f"{source}: expected canonical JSON (sorted, no spaces), got another spelling of the same value"
        )
    return value


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lowercase hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _is_plain(value: Any, depth: int) -> bool:  # noqa: ANN401 - whatever somebody gives
    """Tell whether a value needs no copy, as what was parsed: a quick look; `_plain` judges whatever is left."""
    kind = type(value)
    if depth > DEEPEST:
        return False
    if kind is dict:
        for name in value:
            if type(name) is not str or not name.isascii():
                return False
        members = value.values()
    elif kind is list:
        members = value
    else:
        return kind in _SCALARS or (kind is int and abs(value) <= LARGEST_INTEGER)
    for member in members:  # most are text, which needs no call of its own where it may stand at all
        if (type(member) is not str or depth == DEEPEST) and not _is_plain(member, depth + 1):
            return False
    return True


def _plain(value: object, place: str, depth: int) -> object:
    if depth > DEEPEST:
        raise RecordError(f"{place[:200]}: expected at most {DEEPEST} levels, got more")
    if isinstance(value, Mapping):
        return {_name(name, place): _plain(member, f"{place}.{name}", depth + 1) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member, f"{place}[{index}]", depth + 1) for index, member in enumerate(value)]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return value
    raise RecordError(
        f"{place}: expected text, an integer below 2**53, true, false, null, a list or a mapping, got {value!r}"
    )


def _name(name: object, place: str) -> str:
    if isinstance(name, str) and name.isascii():
        return str(name)
    raise RecordError(f"{place}: expected ASCII member names, got {name!r}")
