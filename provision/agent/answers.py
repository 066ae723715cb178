"""Read what the agent prints: one value of `content call`, or rows of `content query` (contract 1, 2).

Exit status means nothing; only the printed line counts (reference, packages document 7.4, 11.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, RootModel

from provision.agent.contract import Code
from provision.agent.forms import Form, Hex32, Line, read_form, unlike
from provision.agent.strict_json import decode_base64, decode_json
from provision.errors import AnswerError
from provision.facts.printed import read_printed
from provision.transport import Answer

_RESULT = re.compile(r"^Result: Bundle\[\{a=([A-Za-z0-9+/=]+)\}\]$", re.MULTILINE)
_ROW = re.compile(r"^Row: (\d+) id=([0-9a-f]{16}), seq=(\d+), body=([A-Za-z0-9+/=]+)$", re.MULTILINE)
_FAILURE = re.compile(r"^Error while accessing provider:\S*\n(.*)$", re.MULTILINE)


class AgentDied(AnswerError):
    """A process ended in the middle of the call, the agent's or the tool's; one repetition is safe (11.5)."""


class AgentAbsent(AnswerError):
    """There is no provider of that name: the agent is not installed, or disabled."""


class AgentClosed(AnswerError):
    """A provider is there and does not let the shell in: it is not our agent."""


_KINDS: tuple[tuple[str, type[AnswerError]], ...] = (
    ("android.os.DeadObjectException", AgentDied),
    ("Could not find provider", AgentAbsent),
    ("SecurityException", AgentClosed),
)


class ReplyStatus(StrEnum):
    """How a call ended."""

    DONE = "done"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class OrderRefusal:
    """Why the agent did nothing: a code of the contract, and English text for a log, never a secret."""

    code: Code
    detail: str


@dataclass(frozen=True)
class Reply:
    """One answer of the agent.

    Attributes:
        result: members of the result when `done`.
        refusal: set exactly when `refused`.
        order: id of the committed document, None for other calls.
        next_nonce: nonce of the next order, once a verified order has ended.
    """

    status: ReplyStatus
    result: Mapping[str, object] | None = None
    refusal: OrderRefusal | None = None
    order: str | None = None
    next_nonce: str | None = None

    def require_result(self, asked: str) -> Mapping[str, object]:
        """Return the result.

        Args:
            asked: what was asked, for the error.

        Raises:
            AnswerError: the call was refused, or only accepted.
        """
        if self.result is None:
            raise AnswerError(asked, "an answer with a result", self.status)
        return self.result


def read_call(answer: Answer, command: str) -> Reply:
    """The reply in what `content call` printed.

    Raises:
        AgentDied, AgentAbsent, AgentClosed: the tool's own error text says so.
        AnswerError: anything else that is not exactly one reply of the contract.
    """
    found = _RESULT.findall(answer.out)
    if len(found) != 1:
        raise _failure(answer, command)
    return _read_reply(found[0], command)


def read_rows(answer: Answer, order: str, command: str) -> Reply | None:
    """The reply in what `content query` printed; None for no rows.

    Raises:
        AgentDied, AgentAbsent, AgentClosed, AnswerError: as for `read_call`; rows of another id or out of order.
    """
    if re.search(r"^No result found\.$", answer.out, re.MULTILINE):
        return None
    rows = _ROW.findall(answer.out)
    if not rows:
        raise _failure(answer, command)
    if any(row[1] != order or row[0] != str(place) or row[2] != str(place) for place, row in enumerate(rows)):
        raise AnswerError(command, f"rows of {order} in the order of seq", answer.out)
    return _read_reply("".join(row[3] for row in rows), command)


def _failure(answer: Answer, command: str) -> AnswerError:
    """The error for text that holds no reply; lines of other programs are no part of it.

    A tool that ended before it printed one is asked again, as after the death of the agent's own process.
    """
    said = read_printed(f"{answer.text}\n")
    told = _FAILURE.search(said.body)
    words = told[1] if told else said.words.strip()
    unknown = AgentDied if said.broken else AnswerError
    kind = next((kind for mark, kind in _KINDS if told and mark in words), unknown)
    return kind(command, "one line `Result: Bundle[{a=...}]`", words or "(nothing)")


class _Told(Form):
    """Members that every answer may have; an empty `id` or `next` is one that is missing."""

    protocol: Annotated[int, Field(ge=1, le=1)]
    ok: bool
    id: Annotated[str, Field(pattern="^[0-9a-f]{16}$")] = ""
    next: Hex32 = ""


class _Done(_Told):
    status: Literal["done"]
    result: dict[str, object]


class _Accepted(_Told):
    status: Literal["accepted"]


class _Error(Form):
    code: Code
    detail: Line


class _Refused(_Told):
    status: Literal["refused"]
    error: _Error


class _Answer(RootModel[Annotated[_Done | _Accepted | _Refused, Field(discriminator="status")]]):
    """One answer of the agent, of the form that its status names."""


def _read_reply(text: str, command: str) -> Reply:
    try:
        value = decode_json(decode_base64(text).decode("utf-8"))
    except ValueError as error:
        raise AnswerError(command, "base64 of strict JSON", f"{error} in {text[:80]}") from error
    told = read_form(_Answer, value, "answer", command).root
    if told.ok == isinstance(told, _Refused):
        raise unlike("answer.ok", "false exactly when refused", told.ok, command)
    return Reply(
        ReplyStatus(told.status),
        told.result if isinstance(told, _Done) else None,
        OrderRefusal(told.error.code, told.error.detail) if isinstance(told, _Refused) else None,
        told.id or None,
        told.next or None,
    )
