"""One transcript: its head, the calls in their order, and how it ended (`FORMAT.md`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

TYPE = "provision-transcript"
VERSION = 1


class How(StrEnum):
    """By which service of adb a call was made."""

    ROUND = "round"  # one command of a round of questions, streams merged
    SHELL = "shell"
    FEED = "feed"  # bytes on standard input
    PUSH = "push"
    PULL = "pull"


@dataclass(frozen=True)
class Call:
    """One command and its answer.

    Attributes:
        number: from 1, in the order in which the calls ended.
        step: what the run was doing.
        line: the command line, or the remote path of a push or pull.
        status: exit status; None where it is unknown or none came.
        out, err: the answer as far as it may leave the bench; `err` is empty where the streams were merged.
        left_out: lines of the answer that may not leave the bench.
        began, seconds: since the pilot's start, and how long it took.
        size: bytes that were sent or pulled, None for a command without any.
        ended: class of the transport's error, empty for an answer.
        agent: members of the agent's answer that may leave the bench, None where it is none.
    """

    number: int
    step: str
    how: How
    line: str
    status: int | None
    out: str
    err: str
    left_out: int
    began: float
    seconds: float
    size: int | None = None
    ended: str = ""
    agent: Mapping[str, Any] | None = None

    @property
    def text(self) -> str:
        """Both streams, output first."""
        return self.out + self.err


@dataclass(frozen=True)
class Head:
    """Knowledge before the first step.

    Attributes:
        virtual: a virtual tablet: what it answers confirms nothing about Android.
        started: UTC, ISO 8601. toolkit, adb: versions; `adb` is the protocol version of its server.
        transport: `usb` or `server`, and the features of the connection.
        model, build, api, patch: of the tablet.
        props: properties of its model, by the rules of captures.
        features, packages, screen: as in a capture.
        serial: the serial number's form.
        google: versions and switches that Google's gates depend on; None where the tablet has none or does not say.
        wants: what the bench wanted, as `describe_wants` says it.
    """

    virtual: bool
    started: str
    toolkit: str
    adb: str
    transport: str
    connection: tuple[str, ...]
    model: str
    build: str
    api: int
    patch: str
    serial: str
    props: Mapping[str, str]
    features: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    screen: Mapping[str, int] | None = None
    google: Mapping[str, str | None] = field(default_factory=dict)
    wants: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerMark:
    """A line between the calls: a step began, an answer was unknown, a variant of the model was recognised.

    Attributes:
        event: `step`, `unknown` or `variant`. after: number of the last call before it.
        says: members of the event, texts.
    """

    event: str
    after: int
    says: Mapping[str, str]


@dataclass(frozen=True)
class TranscriptEnd:
    """How the pilot ended: outcome and reason as in records, and the number of the call that was not known."""

    outcome: str
    reason: str | None
    detail: str
    unknown: int | None


@dataclass(frozen=True)
class Transcript:
    """A whole file; `end` None where the pilot was killed before it could write one."""

    head: Head
    calls: tuple[Call, ...]
    marks: tuple[AnswerMark, ...]
    end: TranscriptEnd | None


def write_line(event: str, members: Mapping[str, Any]) -> bytes:
    """One line of the file."""
    return json.dumps({"event": event, **members}, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def write_head(head: Head) -> bytes:
    """The first line, which names the format."""
    return write_line("head", {"type": TYPE, "version": VERSION, **asdict(head)})


def write_call(call: Call) -> bytes:
    """One call; members that say nothing are left out."""
    members = asdict(call)
    optional = {"size": None, "ended": "", "agent": None, "err": "", "left_out": 0}
    for name, nothing in optional.items():
        if members[name] == nothing:
            del members[name]
    return write_line("call", members)
