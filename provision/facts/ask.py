"""Asking a tablet: one shell line a round, each command followed by an unguessable mark.

The mark carries each command's status, so that one road serves Android 5 to 17. Where both ends speak shell v2 the
streams come apart: the mark is printed on both, so that what a command said on standard error is known to be its own.
Older releases merge the streams in order. A mark that is missing means the connection ended in the middle of the
answer; an answer that is there and broke off is asked for again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from provision.errors import AnswerCut, AnswerError, TabletGone
from provision.facts.printed import find_foreign
from provision.facts.query import MISSING_SERVICE, CommandOutput, Outputs, Query
from provision.texts.message import message
from provision.transport import Transport

LINE_BYTES = 3500
ASKED = 3
"""How often one question is asked whose answer breaks off."""

Read = TypeVar("Read")


class NotBooted(AnswerError):
    """A system service is not up yet: the tablet is still booting."""


def ask(transport: Transport, questions: Sequence[Query], parse: Callable[[Outputs], Read], *, seconds: float) -> Read:
    """Ask until the answers are whole, `ASKED` times at most.

    Raises:
        NotBooted: at once; whoever waits for services asks again.
        AnswerError: what the last answer lacks (`AnswerCut`), or that it is in no known form.
        TransportError: the way to the tablet failed.
    """
    return ask_again(run_batch(transport, questions, seconds=seconds), transport, questions, parse, seconds=seconds)


def ask_again(
    outputs: Outputs,
    transport: Transport,
    questions: Sequence[Query],
    parse: Callable[[Outputs], Read],
    *,
    seconds: float,
) -> Read:
    """As `ask`, where the first answers are here already."""
    for _ in range(ASKED - 1):
        try:
            return parse(outputs)
        except AnswerCut:
            outputs = {**outputs, **run_batch(transport, questions, seconds=seconds)}
    return parse(outputs)


def ask_alone(transport: Transport, question: Query, *, seconds: float) -> CommandOutput:
    """One question by itself, without a mark; its status counts only where the release tells it."""
    answer = transport.shell(question.line, seconds=seconds)
    return CommandOutput(question.line, answer.out, answer.status or 0, answer.err or None)


def run_batch(transport: Transport, questions: Sequence[Query], *, seconds: float) -> Outputs:
    """Query all questions in as few shell calls as the line limit of old releases allows.

    Raises:
        NotBooted: a service does not answer yet.
        TabletGone: the answer ended before its last mark.
        TransportError: the way to the tablet failed.
    """
    mark = secrets.token_hex(8)
    apart = "shell_v2" in transport.features
    outputs: dict[str, CommandOutput] = {}
    for batch in _batches(questions, mark, apart=apart):
        line = "; ".join(f"{query.line}; {_mark(mark, apart=apart)}" for query in batch)
        answer = transport.shell(line, seconds=seconds, merged=not apart)
        outputs.update(_split(answer.out, answer.err if apart else None, batch, mark))
    return outputs


def _mark(mark: str, *, apart: bool) -> str:
    """Prints status and mark; the copy for standard error names a descriptor and no file."""
    return f"echo {mark}:$?; echo {mark} >&2" if apart else f"echo {mark}:$?"


def _batches(questions: Sequence[Query], mark: str, *, apart: bool) -> Iterator[list[Query]]:
    batch: list[Query] = []
    used = 0
    for query in questions:
        cost = len(query.line.encode()) + len(_mark(mark, apart=apart)) + 4
        if batch and used + cost > LINE_BYTES:
            yield batch
            batch, used = [], 0
        batch.append(query)
        used += cost
    if batch:
        yield batch


def _split(out: str, err: str | None, batch: Sequence[Query], mark: str) -> Mapping[str, CommandOutput]:
    parts = re.split(rf"{mark}:(\d+)\r*\n", out)
    texts, statuses = parts[0::2], parts[1::2]
    said: list[str | None] = [None] * len(batch) if err is None else [*re.split(rf"{mark}\r*\n?", err)]
    if len(statuses) < len(batch):
        _raise_if_booting(CommandOutput(batch[len(statuses)].line, parts[-1], 0))
        raise TabletGone(message("answer-ended", command=batch[len(statuses)].line))
    said += [""] * (len(batch) - len(said))
    foreign = find_foreign((query.words[0], text) for query, text in zip(batch, texts, strict=False))
    outputs = {
        query.name: CommandOutput(query.line, body, int(status), words, foreign)
        for query, body, status, words in zip(batch, texts, statuses, said, strict=False)
    }
    for output in outputs.values():
        _raise_if_booting(output)
    return outputs


def _raise_if_booting(output: CommandOutput) -> None:
    for text in (output.said, output.text):
        missing = MISSING_SERVICE.match(text.strip())
        if missing is not None:
            raise NotBooted(output.command, "an answer of a booted Android", missing[0])
