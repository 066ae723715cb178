"""Strict reading of what an agent prints: canonical base64, JSON without duplicates or fractions (contract 8)."""

from __future__ import annotations

import base64
import binascii
import json

from provision.plain_json import parse_json

DEEPEST = 16


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
        ValueError: as `parse_json`, or too many levels.
    """
    value: object = parse_json(text)
    if _depth_exceeds(value):
        raise ValueError(f"more than {DEEPEST} levels")
    return value


def _depth_exceeds(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [one for one in level if isinstance(one, dict | list)]
        if not containers:
            return False
        level = [item for one in containers for item in (one.values() if isinstance(one, dict) else one)]
    return True
