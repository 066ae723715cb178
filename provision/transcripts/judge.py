"""Which answers a pilot knows: by their form, beside what the model of that release answers to the same command.

The form of an answer is its kind and, for short answers, its words without what differs from unit to unit. An answer
is known when one of these holds, and unknown when none does:

1. The system was still starting, and says so (the run asks again).
2. The product's own tables name it: a code of a failed installation, a refusal of the device owner.
3. It is an answer with content, or silence, to a command that only reads: the product's parser judges that, and an
   answer that no parser reads ends the pilot as an unknown one does.
4. The model gives the same form, as it stands or in one of its variants: where the reference is unconfirmed, models
   answer in several ways, and a maker's gate is one more. The pilot goes on with the variant it recognised.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from provision.agent.owner_command import read_owner_answer
from provision.appset.failures import FAILURES
from provision.errors import AnswerError
from provision.facts.query import MISSING_SERVICE
from provision.terms import Reason
from provision.transport import Answer

SHORT = 6
"""Lines of an answer that are compared word by word; longer ones are dumps."""

_THROWN = re.compile(r"\b(?:[a-z]\w*\.)*([A-Z]\w*(?:Exception|Error))(?::|$)|^(Security exception):", re.MULTILINE)
_FAILURE = re.compile(r"Failure \[([A-Z_]+|-?\d+)\b|^(Failure)\b", re.MULTILINE)
_USAGE = re.compile(
    r"^usage:|^Error: unknown (?:command|option)|^Unknown (?:command|option)", re.MULTILINE | re.IGNORECASE
)
_VOLATILE = re.compile(r"\{[0-9a-f]{4,} |\b[0-9a-f]*\d[0-9a-f]*\b|~~[^/]+==|-[\w-]{22}==", re.IGNORECASE)
NOT_FOUND = 127


class AnswerKind(StrEnum):
    """Kind of an answer."""

    STARTING = "starting"
    SILENT = "silent"
    MISSING = "no such command"
    THROWN = "an exception"
    FAILURE = "a failure"
    USAGE = "a usage text"
    TEXT = "text"


@dataclass(frozen=True)
class Form:
    """Common form of two answers that mean the same; `says` is empty where the kind alone counts."""

    kind: AnswerKind
    says: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.says}" if self.says else str(self.kind)


@dataclass(frozen=True)
class Expected:
    """A model's answer to a command; `writes`: whether the command changes anything."""

    text: str
    status: int
    writes: bool


class Model(Protocol):
    """A model of one release, told every command in the order in which the tablet got it."""

    def expect(self, words: tuple[str, ...], came: str, fed: bytes | None) -> Expected | None:
        """Predict the answer; None for what no model can tell. `came`: the tablet's answer, for numbers it gave out."""
        ...

    def vary(self) -> Iterable[tuple[str, Expected]]:
        """Give the answers of its variants to the last command, each with its name."""
        ...

    def adopt(self, variant: str) -> None:
        """Go on as this variant."""
        ...


class UnknownAnswer(AnswerError):
    """An answer that neither the product nor a model of that release knows."""


@dataclass(frozen=True)
class Judgement:
    """Outcome of comparing: the variant that was recognised, or what was expected of an unknown answer."""

    variant: str = ""
    expected: str = ""


def form_of(text: str, status: int | None) -> Form:
    """The form of one answer."""
    plain = text.strip()
    if MISSING_SERVICE.match(plain):
        return Form(AnswerKind.STARTING)
    if status == NOT_FOUND or re.search(r": not found$", plain):
        return Form(AnswerKind.MISSING)
    if not plain:
        return Form(AnswerKind.SILENT)
    for kind, pattern in ((AnswerKind.THROWN, _THROWN), (AnswerKind.FAILURE, _FAILURE)):
        found = pattern.search(plain)
        if found is not None:
            return Form(kind, found[1] or found[2])
    if _USAGE.search(plain):
        return Form(AnswerKind.USAGE)
    lines = plain.split("\n")
    return Form(AnswerKind.TEXT, mask(plain) if len(lines) <= SHORT else "")


def mask(text: str) -> str:
    """Words without numbers, identities of objects and random folders."""
    return " ".join(_VOLATILE.sub("#", text).split())


def is_explained(line: str, text: str, api: int) -> bool:
    """Tell whether the product's own tables name this answer."""
    if form_of(text, None).kind is AnswerKind.STARTING:
        return True
    words = shlex.split(line)
    if words[:2] == ["dpm", "set-device-owner"]:
        return read_owner_answer(Answer(text, "", None), api).reason is not Reason.ANSWER_NOT_UNDERSTOOD
    found = _FAILURE.search(text)
    return found is not None and found[1] in FAILURES


def judge(model: Model, line: str, text: str, status: int | None, api: int, fed: bytes | None = None) -> Judgement:
    """Compare one answer with the model's; `line` as the tablet got it."""
    words = tuple(shlex.split(line))
    expected = model.expect(words, text, fed)
    if expected is None or is_explained(line, text, api):
        return Judgement()
    if fits(form_of(text, status), expected):
        return Judgement()
    for name, variant in model.vary():
        if fits(form_of(text, status), variant):
            model.adopt(name)
            return Judgement(variant=name)
    return Judgement(expected=describe(expected))


def fits(came: Form, expected: Expected) -> bool:
    """Tell whether an answer is one the model would give; of commands that read, content is the parser's to judge."""
    if came.kind in {AnswerKind.SILENT, AnswerKind.TEXT} and not expected.writes:
        return True
    return came == form_of(expected.text, expected.status)


def describe(expected: Expected) -> str:
    """Describe what was expected, in one line."""
    text = expected.text.strip()
    return f"`{text.splitlines()[0][:200]}`" if text else "no text at all"
