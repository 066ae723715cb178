"""Messages kept beside the English of a record, so that it can be told in another language.

The signed statement holds English. The observed state, whose digest the statement names, holds the messages that the
English was rendered from (`messages`: `firstError`, `controls`, `deviations`). A reader tells a message only where its
English is the signed text, else the text itself: so a record of a version without messages reads as it was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provision.records.content import RunResult
from provision.texts.message import NOTHING, Message, decode, encode

MEMBER = "messages"


@dataclass(frozen=True)
class Said:
    """The messages of one record.

    Attributes:
        first_error: says nothing where there was none.
        controls: what was wanted and what was observed, in the order of the record.
        deviations: in the order of the record.
    """

    first_error: Message
    controls: tuple[tuple[Message, Message], ...] = ()
    deviations: tuple[Message, ...] = ()


def encode_said(said: Said) -> dict[str, Any]:
    """Return the member of the observed state."""
    return {
        "firstError": encode(said.first_error) if said.first_error else None,
        "controls": [{"wanted": encode(wanted), "observed": encode(observed)} for wanted, observed in said.controls],
        "deviations": list(map(encode, said.deviations)),
    }


def decode_said(run: RunResult) -> Said:
    """Return what a record says; each text without a message of its own is what it is in English."""
    document = _mapping(run.observed.get(MEMBER))
    sides = [_mapping(item) for item in _items(document.get("controls"), len(run.controls))]
    controls = tuple(
        (decode(side.get("wanted"), control.wanted), decode(side.get("observed"), control.observed))
        for control, side in zip(run.controls, sides, strict=True)
    )
    deviations = zip(run.deviations, _items(document.get("deviations"), len(run.deviations)), strict=True)
    first_error = decode(document.get("firstError"), run.first_error) if run.first_error else NOTHING
    return Said(first_error, controls, tuple(decode(item, text) for text, item in deviations))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object, count: int) -> list[object]:
    """As many items as the record has texts, whatever the document holds."""
    found = value if isinstance(value, list) else []
    return [*found, *[None] * count][:count]
