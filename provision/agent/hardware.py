"""The agent's pages that test the hardware of a tablet without owner, and what it observed on them (contract 16)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from provision.agent.answers import read_call
from provision.agent.contract import Code, call_line, reason_of
from provision.agent.forms import Form, read_form
from provision.errors import AnswerError, StepFailed
from provision.transport import Transport

COLOURS = 5
"""Full screens of one colour that are shown one after the other."""

LONGEST_SECONDS = 600
END = "end"


class Page(StrEnum):
    """One page of the test."""

    COLOURS = "colours"
    TOUCH = "touch"
    SOUND = "sound"
    BUTTONS = "buttons"


class VolumeKey(StrEnum):
    """A side of the volume button."""

    UP = "up"
    DOWN = "down"


class TabletOwned(StepFailed):
    """The agent is device owner: the screen is a ward's."""


@dataclass(frozen=True)
class PageState:
    """One answer.

    Attributes:
        step: the page that is wanted, None for none.
        shown: whether it is in front of everything.
        colours: how many were shown since that page began.
        squares: a text a row from the top, `1` for each square in which a finger was felt; empty before it was drawn.
        keys: sides of the volume button that were felt.
    """

    step: Page | None
    shown: bool
    colours: int
    squares: tuple[str, ...]
    keys: frozenset[VolumeKey]


class _Told(Form):
    """The result of `hardware`."""

    step: Page | None
    shown: bool
    colours: Annotated[int, Field(ge=0, le=COLOURS)]
    squares: Annotated[tuple[Annotated[str, Field(pattern="^[01]{1,40}$")], ...], Field(max_length=40)]
    keys: Annotated[tuple[VolumeKey, ...], Field(max_length=2)]


def ask_hardware(transport: Transport, argument: str | None, *, seconds: float) -> PageState:
    """Begin a page (`begin_page`), end the test (`END`), or ask what was observed (None).

    Raises:
        TabletOwned: the tablet is a ward's.
        StepFailed: the agent refuses; one before 0.6.0 knows no such call.
        AnswerError: there is no agent, or its answer is in no known form.
        TransportError: the way to the tablet failed.
    """
    line = call_line("hardware", argument)
    reply = read_call(transport.shell(line, seconds=seconds), line)
    refusal = reply.refusal
    if refusal is not None:
        kind = TabletOwned if refusal.code is Code.OWNED else StepFailed
        raise kind("agent.hardware", reason_of(refusal.code), f"{refusal.code}: {refusal.detail}")
    told = read_form(_Told, reply.require_result(line), "hardware", line)
    if len({len(row) for row in told.squares}) > 1:
        raise AnswerError(line, "rows of squares of one length", " ".join(told.squares))
    return PageState(told.step, told.shown, told.colours, told.squares, frozenset(told.keys))


def begin_page(page: Page, language: str) -> str:
    """The argument that begins a page, which ends by itself after the longest time."""
    return f"{page}:{language}:{LONGEST_SECONDS}"
