"""Going through a pilot: what each step is to do, the question whether to go on, and what to do after a stop."""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click

from provision.records.run_end import RunEnd
from provision.runs.job import Progress
from provision.terms import Outcome, Phase, Reason
from provision.texts.catalogue import printable, say
from provision.texts.language import Language
from provision.texts.message import tell
from provision.transcripts.record import Recorder

POLL_SECONDS = 0.2
_READS = ("boot", "facts", "debugging", "word")
"""Steps that are no change of a plan; each has its sentence."""


class Walk:
    """Tells each step and asks to go on.

    Args:
        recorder: notes the steps in the transcript.
        yes: goes on without asking.
    """

    def __init__(self, language: Language, recorder: Recorder, *, yes: bool) -> None:
        self._language, self._recorder, self._yes = language, recorder, yes
        self._number, self._last = 0, ""

    def step(self, progress: Progress, is_over: Callable[[], bool]) -> bool:
        """Tell one step and wait for the answer; False for a person who wants to stop.

        Args:
            progress: what the run is about to do. A step that is told again is not asked about again.
            is_over: whether the run was told to end meanwhile.
        """
        if progress.step == self._last or progress.phase is Phase.SIGN:  # nothing is asked of the tablet for its record
            return True
        self._number, self._last = self._number + 1, progress.step
        lines = list(self._describe(progress))
        self._recorder.step(progress.step, phase=str(progress.phase or ""), expects=_say_expected(progress))
        for line in lines:
            click.echo(line)
        return self._yes or progress.asks or self._ask(is_over)

    def _describe(self, progress: Progress) -> Iterator[str]:
        language, planned = self._language, progress.planned
        phase = say(language, f"phase.{progress.phase}" if progress.phase else "pilot.starting")
        yield say(language, "pilot.step", number=self._number, phase=phase, step=progress.step)
        if planned is None:
            if progress.step in _READS:
                yield say(language, f"pilot.expects.{progress.step}")
            return
        yield say(language, "pilot.sends", action=tell(language, planned.action.describe()))
        if progress.wanted:
            control, wanted = say(language, f"control.{planned.control}"), tell(language, progress.wanted)
            yield say(language, "pilot.expects", control=control, wanted=wanted)
        yield say(language, "pilot.because", reference=planned.reference)
        yield say(language, "pilot.undo", undo=tell(language, planned.undo))

    def _ask(self, is_over: Callable[[], bool]) -> bool:
        """Wait for a line that is a yes or a no; the end of the input is a no."""
        question = "pilot.go-on"
        while not is_over():
            click.echo(say(self._language, question), nl=False)
            sys.stdout.flush()
            line = _wait_for_line(is_over)
            goes_on = read_word(line) if line else False
            if goes_on is not None:
                return goes_on
            question = "pilot.go-on.again"
        return False


def _wait_for_line(is_over: Callable[[], bool]) -> str:
    """A line with its end; empty at the end of the input, of a terminal that was closed, and once the run is over."""
    with suppress(OSError):
        while not is_over():
            ready, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
            if ready:
                return sys.stdin.readline()
    return ""


def read_word(line: str) -> bool | None:
    """Tell whether somebody who typed this wants to go on: an empty line or a yes, of any language; None: unclear.

    A no or a word for stopping counts wherever it stands.
    """
    said = re.findall(r"\w+", line.casefold())
    yes, no = ({say(each, key) for each in Language} for key in ("answer.yes", "answer.no"))
    stops = {word for each in Language for word in say(each, "pilot.stop-words").split()}
    if set(said) & (no | {word[0] for word in no} | stops):
        return False
    alone = not line.strip() or (len(said) == 1 and said[0] in yes | {word[0] for word in yes})
    return True if alone else None


def _say_expected(progress: Progress) -> str:
    """Say what stands in the transcript: the control and what it is to read back as."""
    return f"{progress.planned.control}: {progress.wanted}" if progress.planned else "answers in a known form"


_KNOWN_ENDS = frozenset({Outcome.DONE, Outcome.DONE_WITH_WARNINGS, Outcome.REFUSED})
_NOBODYS_FAULT = frozenset(
    {Reason.STOPPED_BY_OPERATOR, Reason.TABLET_GONE, Reason.ADB_SERVER_GONE, Reason.BENCH_BROKEN}
)


def tell_stop(language: Language, recorder: Recorder, file: Path, end: RunEnd, release: str) -> Iterator[str]:
    """Tell what was asked, expected and answered where a pilot stopped, and what to do now.

    Args:
        release: the command that takes the owner away again.
    """
    stop = recorder.stopped
    if stop is None and end.outcome in _KNOWN_ENDS:
        yield say(language, "pilot.end", calls=recorder.calls, file=file)
        return
    if stop is None and end.reason in _NOBODYS_FAULT:
        yield say(language, "pilot.cut", calls=recorder.calls, file=file)
        return
    if stop is not None:
        yield say(language, "pilot.stop.title")
        yield say(language, "pilot.stop.asked", line=stop.line)
        yield say(language, "pilot.stop.expected", expected=stop.expected)
        yield say(language, "pilot.stop.came", came=_show(language, stop.came))
    else:
        yield say(language, "pilot.stop.other", title=say(language, f"reason.{end.reason}.title"))
        yield say(language, "pilot.stop.found", detail=tell(language, end.detail))
    yield from _tell_now(language, file, end, release)


def _tell_now(language: Language, file: Path, end: RunEnd, release: str) -> Iterator[str]:
    yield say(language, "pilot.now.title")
    yield say(language, "pilot.now.keep", file=file)
    yield say(language, "pilot.now.send")
    yield say(language, "pilot.now.undo", command=release) if end.changes else say(language, "pilot.now.untouched")


def _show(language: Language, came: str) -> str:
    """The first line of an answer, at most 200 characters of it."""
    first = next((line for line in came.splitlines() if line.strip()), "")
    return printable(first[:200]) or say(language, "pilot.stop.nothing")
