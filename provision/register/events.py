"""What people and benches tell the register: events that are added, and never changed. Pure.

Order: each register of a bench is a writer, counts its events from 1 without a gap (`sequence`), and gives each one a
number above that of every event it knew (`tick`, a Lamport clock). Sorted by tick, then writer, every register that
holds the same events has them in the same order, and what a bench knew when it wrote comes before what it wrote,
whatever its clock said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provision.errors import ProvisionError
from provision.register.moves import Life
from provision.state.wards import Assignment

HOUSE = ""
"""In the place of a tablet's number, for what is told of the house."""
LONGEST_TEXT = 2000
LONGEST_PLACE = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}")


class EventKind(StrEnum):
    """What an event tells."""

    NUMBERED = "numbered"  # a bench gave a tablet its number
    RETIRED = "retired"  # the number became another one, or counts again
    RECORDED = "recorded"  # a signed record of a run is there
    MOVED = "moved"
    CORRECTED = "corrected"  # somebody looked: it is there, whatever was told before
    ASSIGNED = "assigned"  # the ward that its screen names
    WARD = "ward"  # of the house, not of a tablet: what a ward is called, whom it calls, its colour
    NOTED = "noted"
    CALLED = "called"  # somebody telephoned about it
    CODED = "coded"  # a code by telephone was given for it
    LABELLED = "labelled"  # its label was printed and put on
    SEEN = "seen"  # somebody who looked through a ward found it there
    MISSED = "missed"  # somebody who looked through the ward where it is told to be did not find it


class EventRefused(ProvisionError):
    """An event with a value that the register does not take; nothing was written.

    Attributes:
        key: which value. expected: its form, a word of the catalogue (`register.form.WORD`).
    """

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: expected {expected}")
        self.key, self.expected = key, expected


@dataclass(frozen=True, order=True)
class Position:
    """Place of an event in the one order; see the module."""

    tick: int
    writer: str
    sequence: int


@dataclass(frozen=True)
class Told:
    """What is told of one tablet, before the register gives it its place.

    Attributes:
        tablet: its number, or `HOUSE`.
        who: role or pseudonym, never a name.
        why: in words; may be empty for what a program tells.
        body: members by kind: MOVED and CORRECTED `to` (CORRECTED may have none: it is
            where it is told to be), `ward`, `room`, `holder`, `donor`; NOTED and CALLED `text`; RECORDED
            `bench`, `bundle`, `sha256`; NUMBERED digests of `serial` and `installation`; RETIRED `became`, empty where
            the number counts again; CODED `scope`, a name of `agent.maintenance.Scope` in small letters;
            ASSIGNED `ward` (its short name, empty for none), `name`, `said` (when); SEEN and
            MISSED `ward`, `room` where one room was looked through; WARD `ward` (its short name),
            `name`, `hotline`, `colour`, none of these for one that is no more.
    """

    tablet: str
    kind: EventKind
    who: str
    why: str
    body: Mapping[str, str]


@dataclass(frozen=True)
class Event:
    """One event in its place; `at` is what the bench's clock said, ISO 8601 in UTC."""

    position: Position
    at: str
    told: Told


def find_bench(writer: str) -> str:
    """Return the bench that a writer is of, by the writer's name."""
    return writer.rpartition("/")[0]


_FORMS = {
    "ward": "place",
    "room": "place",
    "holder": "pseudonym",
    "donor": "reference",
    "text": "text",
    "why": "text",
    "who": "pseudonym",
}
"""The form of each value that a person types."""


def tell_move(tablet: str, to: Life, who: str, why: str, **where: str) -> Told:
    """Make the event of a move; empty members of `where` are left out.

    Raises:
        EventRefused: a value is not of its form, `deployed` has no ward, or only `deployed` may have one.
    """
    given = {key: text for key, value in where.items() if (text := _tidy(value))}
    if (to is Life.DEPLOYED) != ("ward" in given):
        raise EventRefused("ward", "ward-deployed")
    if to is not Life.DEPLOYED and {"room", "holder"} & given.keys():
        raise EventRefused("room", "ward-deployed")
    return _check(Told(tablet, EventKind.MOVED, who, _tidy(why), {"to": to.value, **given}))


def tell_correction(tablet: str, to: Life | None, who: str, why: str, **where: str) -> Told:
    """Make the event of somebody who looked: the tablet is there, or, with None, right where it is told to be.

    Raises:
        EventRefused: as `tell_move`.
    """
    if to is None:
        return _check(Told(tablet, EventKind.CORRECTED, who, _tidy(why), {}))
    return replace(tell_move(tablet, to, who, why, **where), kind=EventKind.CORRECTED)


def tell_words(tablet: str, kind: EventKind, who: str, text: str) -> Told:
    """Make the event of a note, a call, or a label that was put on.

    Raises:
        EventRefused: a value is not of its form.
    """
    text = _tidy(text)
    body = {} if kind is EventKind.LABELLED and not text else {"text": text}
    return _check(Told(tablet, kind, who, kind.value, body))


def tell_look(tablet: str, kind: EventKind, who: str, ward: str, room: str) -> Told:
    """Make the event of a tablet that was found, or not, when a ward was looked through; `room` empty for all of it.

    Raises:
        EventRefused: a value is not of its form.
    """
    body = {"ward": _tidy(ward)} | ({"room": _tidy(room)} if room else {})
    return _check(Told(tablet, kind, who, kind.value, body))


def tell_code(tablet: str, scope: str, who: str, why: str) -> Told:
    """Make the event of a code that was given by telephone; the code itself is in no event.

    Raises:
        EventRefused: a value is not of its form.
    """
    return _check(Told(tablet, EventKind.CODED, who, _tidy(why), {"scope": scope}))


def tell_assignment(assignment: Assignment, name: str) -> Told:
    """Make the event of a ward that somebody gave a tablet at a bench; `name` is the ward's in site.yaml."""
    body = {"ward": assignment.ward, "name": name, "said": assignment.at}
    return Told(assignment.asset_id, EventKind.ASSIGNED, assignment.role, assignment.why, body)


def _tidy(typed: str) -> str:
    """Write one text in one way: two keyboards spell an accent differently, and a ward would be two.

    A space of any width and a tab, as a word processor sets them before `:` and `!`, are a space.
    """
    spaced = "".join(" " if char == "\t" or unicodedata.category(char) == "Zs" else char for char in typed)
    return unicodedata.normalize("NFC", spaced.strip())


def _check(told: Told) -> Told:
    for key, value in {"who": told.who, "why": told.why, **told.body}.items():
        form = _FORMS.get(key)
        if form is not None and not _is_of_form(form, value):
            raise EventRefused(key, form)
    return told


def _is_of_form(form: str, value: str) -> bool:
    match form:
        case "pseudonym":
            return _NAME.fullmatch(value) is not None
        case "reference":
            return _REFERENCE.fullmatch(value) is not None
        case "place":
            return 0 < len(value) <= LONGEST_PLACE and value.isprintable()
        case _:
            return 0 < len(value) <= LONGEST_TEXT and all(char.isprintable() or char == "\n" for char in value)
