"""Tablets that were given: what was found at the intake, under a number that stands for the donor.

The donor's name and words are for the bench alone: records have the number, and `forget` empties them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provision.facts.props import Props
from provision.state.confirmations import digest_model
from provision.state.hardware_seen import HardwareSeen, read_seen
from provision.terms import HandWord, HardwarePart, IntakeFinding, IntakeVerdict

LONGEST_WORDS = 200
"""Letters of a donor's name, and of what was said of the condition."""

HAND_SAID_MEMBER = "handSaid"
"""Of what a record observed: words of `IntakeFinding` that a hand said and nobody took back."""

_NUMBER = re.compile(r"don-(?P<prefix>[A-Z]{1,3})-(?P<number>[0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class HardwareTest:
    """A test of the hardware by hand.

    Attributes:
        at: its end, ISO 8601 in UTC.
        words: what a person said of each part.
        wifi_dbm: level of the network the tablet was in, by its own word; None where it was in none.
        seen: what the tablet itself observed, by pages of its agent.
    """

    at: str
    words: Mapping[HardwarePart, HandWord]
    wifi_dbm: int | None = None
    seen: HardwareSeen = field(default_factory=HardwareSeen)

    def describe(self) -> dict[str, object]:
        """Return it as JSON, as the database and records hold it."""
        words = {str(part): str(word) for part, word in self.words.items()}
        seen = {} if self.seen.is_empty else {"byTablet": self.seen.describe()}
        return {"at": self.at, "byHand": words, **seen, "wifiDbm": self.wifi_dbm}


def correct_test(
    test: HardwareTest, broken: Collection[HardwarePart], mended: Collection[HardwarePart]
) -> HardwareTest:
    """Return a test by what a hand said of parts since: broken, or mended and not tried since.

    What the tablet observed of a part that was mended is about the part as it was.
    """
    since = dict.fromkeys(broken, HandWord.NO) | dict.fromkeys(mended, HandWord.SKIP)
    words = {part: since.get(part, word) for part, word in test.words.items()}
    return replace(test, words=words, seen=test.seen.forget(mended))


def read_test(document: Mapping[str, Any]) -> HardwareTest:
    """Return the test that `describe` wrote.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is none.
    """
    level = document["wifiDbm"]
    words = {HardwarePart(part): HandWord(word) for part, word in document["byHand"].items()}
    seen = read_seen(document["byTablet"]) if "byTablet" in document else HardwareSeen()
    return HardwareTest(str(document["at"]), words, None if level is None else int(level), seen)


def read_hand_said(observed: Mapping[str, object]) -> tuple[IntakeFinding, ...]:
    """Return what a hand found wrong, as a record tells it; words of a later version are left out."""
    said = observed.get(HAND_SAID_MEMBER)
    return tuple(one for one in IntakeFinding if isinstance(said, list | tuple) and str(one) in said)


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
        tested: the last test of its hardware; None where nobody made one.
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
    tested: HardwareTest | None = None


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
