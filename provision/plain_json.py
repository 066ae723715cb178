"""JSON that every reader reads alike: what the format leaves open is refused."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, NoReturn

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


def parse_json(text: str, *, fractions: bool = False) -> Any:  # noqa: ANN401 - JSON of a form the caller checks
    """Return the value of one JSON text.

    Args:
        text: decoded from UTF-8.
        fractions: whether numbers may be other than integers of at most 18 digits.

    Raises:
        ValueError: no JSON, a member twice, NaN or Infinity, another number than allowed, half of a surrogate pair, or
            lists without end.
    """
    numbers: dict[str, Any] = {} if fractions else {"parse_int": _read_integer, "parse_float": _refuse_number}
    try:
        value = json.loads(text, object_pairs_hook=_read_members, parse_constant=_refuse_constant, **numbers)
        json.dumps(value, ensure_ascii=False).encode()  # an escape may name half of a pair, which no text holds
    except RecursionError:
        raise ValueError("too many levels, lists without end") from None
    return value


def _read_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"member {twice[:40]!r} twice")
    return members


def _read_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"number {text[:20]!r}, not an integer of at most 18 digits")
    return int(text)


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"number {text[:20]!r}, not an integer of at most 18 digits")


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text!r}, which is no integer and no JSON")
