"""Tablets that were given: what was found at the intake, under a number that stands for the donor.

The donor's name and words are for the bench alone: records have the number, and `forget` empties them.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from provision.facts.props import Props
from provision.state.confirmations import digest_model
from provision.terms import IntakeVerdict

LONGEST_WORDS = 200
"""Letters of a donor's name, and of what was said of the condition."""

_NUMBER = re.compile(r"don-(?P<prefix>[A-Z]{1,3})-(?P<number>[0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class Donation:
    """One tablet that was given, as it was seen last.

    Attributes:
        number: of this bench; 0 before it has one.
        hardware: of `digest_hardware`.
        installation: digest of what was installed then; None where the tablet did not tell.
        at: ISO 8601 in UTC.
        model: maker and model, as the tablet wrote them. release, patch: of Android, and its security patch.
        battery, health: percent, and the number of `facts.battery`; None where the tablet has or tells none.
        grounds: words of `Reason` and `IntakeFinding`, the weightiest first.
        condition, donor: a person's words; personal data.
    """

    hardware: str
    installation: str | None
    at: str
    slot: str
    serial: str
    model: str
    release: str
    patch: str
    battery: int | None
    health: int | None
    free_bytes: int
    verdict: IntakeVerdict
    grounds: tuple[str, ...]
    condition: str = ""
    donor: str = ""
    number: int = 0


def digest_hardware(props: Props) -> str:
    """Digest what a tablet keeps over every reset: its serial number and its model."""
    return hashlib.sha256(json.dumps([props.serial, digest_model(props)]).encode()).hexdigest()


def write_donation(prefix: str, number: int) -> str:
    """Write the number of a donation, `don-A-0007`, with the bench by the first part of its asset ids."""
    return f"don-{prefix}-{number:04d}"


def read_donation(prefix: str, text: str) -> int | None:
    """Read a number of this bench, however many zeros it was given; None for any other text."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found["number"]) if found is not None and found["prefix"].upper() == prefix else None
