"""Gates of makers: which call of uid shell their firmware refuses, and how, as data.

Files: `provision/virtual/oem_gates/*.yaml`, each a list of gates. A model file names the gates that stand
on its firmware, a fault of the same name shuts one on any unit, and a hand opens one (`edit open-gate`).
Facts the reference does not confirm (mark U) are gates, too: with and without them both answers are played.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from provision.errors import TrainingError
from provision.terms import Outcome, Reason
from provision.virtual.android.argv import without_user
from provision.virtual.android.documents import read_document

FOLDER = Path(__file__).resolve().parent.parent / "oem_gates"
"""Folder of the gate files that come with the product."""

SERVICES = {"pm": "package", "am": "activity", "dpm": "device_policy", "locksettings": "lock_settings"}
"""Command words and the service each of them speaks to."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(_Part):
    """A failed install: its code and detail, in the form of the release."""

    code: str
    detail: str = ""


class Thrown(_Part):
    """An exception, in the form of the release; `$WORD` in the message is the word that matched.

    Attributes:
        message: its text, or texts by the first API level that has them.
    """

    kind: str
    message: str | dict[int, str]

    @property
    def since(self) -> int:
        """The first API level that has a text."""
        return 0 if isinstance(self.message, str) else min(self.message)

    def word(self, api: int, matched: str) -> str:
        """The message of a release that has one."""
        texts = {0: self.message} if isinstance(self.message, str) else self.message
        return texts[max(level for level in texts if level <= api)].replace("$WORD", matched)


class Printed(_Part):
    """Text as it is, on standard output."""

    out: str
    status: int


class End(_Part):
    """The expected outcome of a run that comes before this gate."""

    outcome: Outcome
    reason: Reason


class Gate(_Part):
    """One gate. Exactly one of `fails`, `throws`, `prints`, `silent`, `returns_false` says how it refuses.

    Attributes:
        id: its name, also as a fault.
        what: what it does, a sentence for people.
        ref, mark: place in the reference; R read in source, P reported, U unconfirmed.
        calls: `SERVICE VERB` of the calls it refuses, whichever program they come through.
        words: patterns, of which a later word of the call must match one; empty for every call.
        silent: status 0, no text, no effect.
        returns_false: the service says no, the command words it.
        end: of a run that needs such a call; None where no run does, and for settings that are lost
            silently: their end depends on what the site requires.
    """

    id: str
    what: str
    ref: str
    mark: Literal["R", "P", "U"]
    calls: tuple[str, ...]
    words: tuple[str, ...] = ()
    fails: Failure | None = None
    throws: Thrown | None = None
    prints: Printed | None = None
    silent: bool = False
    returns_false: bool = False
    end: End | None = None

    def stands_on(self, api: int) -> bool:
        """Tell whether it can refuse anything on a release."""
        return self.throws is None or self.throws.since <= api

    @model_validator(mode="after")
    def _has_one_answer(self) -> Self:
        answers = (self.fails, self.throws, self.prints, self.silent or None, self.returns_false or None)
        if sum(answer is not None for answer in answers) != 1:
            raise ValueError(f"{self.id}: expected one of fails, throws, prints, silent, returns_false")
        return self

    def match(self, call: str, words: Sequence[str]) -> str | None:
        """The word for which it refuses a call (empty when for every word), None when it lets it pass."""
        if call not in self.calls:
            return None
        if not self.words:
            return ""
        return next((one for one in words if any(fnmatchcase(one, pattern) for pattern in self.words)), None)


@cache
def gates() -> dict[str, Gate]:
    """Every gate of the files, by id.

    Raises:
        TrainingError: a file does not fit, or two gates have one id.
    """
    found: dict[str, Gate] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for gate in _read(path):
            if gate.id in found:
                raise TrainingError(f"{path.name}: expected an id of its own, got {gate.id!r} twice")
            found[gate.id] = gate
    return found


def _read(path: Path) -> tuple[Gate, ...]:
    try:
        return TypeAdapter(tuple[Gate, ...]).validate_python(read_document(path))
    except (yaml.YAMLError, ValidationError) as error:
        raise TrainingError(f"{path.name}: {error}") from error


def call_of(argv: Sequence[str]) -> tuple[str, list[str]]:
    """`SERVICE VERB` of a call and the words after them: `pm grant X` is `package grant`, as through `cmd`."""
    service, rest = SERVICES.get(argv[0], argv[0]), list(argv[1:])
    if service == "cmd" and rest:
        service = rest.pop(0)
    rest = without_user(rest)
    return f"{service} {rest[0] if rest else ''}", rest[1:]


def shut_gates(api: int, standing: Iterable[str], opened: Iterable[str], faults: Iterable[str]) -> tuple[str, ...]:
    """Ids of the gates that are shut on a unit.

    Args:
        api: its release.
        standing: the model's gates.
        opened: those a hand opened.
        faults: the unit's faults, of which some name gates.
    """
    kept, known = set(opened), gates()
    named = (*(one for one in standing if one not in kept), *faults)
    return tuple(one for one in named if one in known and known[one].stands_on(api))


def find_gate(ids: Iterable[str], call: str, words: Sequence[str] = ()) -> tuple[Gate, str] | None:
    """The first of some gates that refuses a call, and the word it does so for; None when all let it pass."""
    for gate in (gates()[one] for one in ids):
        matched = gate.match(call, words)
        if matched is not None:
            return gate, matched
    return None
