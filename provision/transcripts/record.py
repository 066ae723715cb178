"""Recording one tablet's calls at the transport's edge: each is on disk, blanked, before anybody acts on its answer."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from provision.errors import ProvisionError, RecordError
from provision.files import append_durably, write_atomically
from provision.transcripts.blank import Blanker, Kept
from provision.transcripts.judge import Judgement, UnknownAnswer
from provision.transcripts.model import AnswerMark, Call, Head, How, TranscriptEnd, write_call, write_head, write_line
from provision.transcripts.rounds import split_answer
from provision.transport import Answer, Sink, Transport

Judge = Callable[[str, str, int | None, bytes | None], Judgement]
"""Told the line, the text, the status and the bytes on standard input of each call, in their order."""

_REFUSED = re.compile(r"`(?P<line>.*?)`: expected (?P<expected>.*), got (?P<got>.*)", re.DOTALL)
MEMORY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Stop:
    """The answer a pilot stopped at, for the screen: as the tablet gave it, not blanked."""

    line: str
    expected: str
    came: str
    number: int


@dataclass(frozen=True)
class _Noted:
    """One call as it is judged; `fed`: the bytes on standard input."""

    number: int
    line: str
    answer: Answer
    kept: Kept
    fed: bytes | None


def _know_everything(_line: str, _text: str, _status: int | None, _fed: bytes | None) -> Judgement:
    return Judgement()


class Recorder:
    """Writes one transcript; from any thread.

    Calls before `open` are kept and written behind the head. Each line is fsynced; a crash leaves whole lines and at
    most one without its end, which readers leave out.
    """

    def __init__(self, blanker: Blanker) -> None:
        self._blanker = blanker
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._waiting: list[bytes] = []
        self._began = time.monotonic()
        self._number, self._step = 0, "head"
        self._last: dict[str, tuple[int, str]] = {}
        self._judge: Judge = _know_everything
        self._before: list[_Noted] = []
        self._refused: UnknownAnswer | None = None
        self._broken: RecordError | None = None
        self.stopped: Stop | None = None

    @property
    def calls(self) -> int:
        """How many there are so far."""
        return self._number

    def open(self, file: Path, head: Head) -> None:
        """Begin the file.

        Raises:
            FileExistsError: it is there already; a transcript is never written over.
            OSError: it cannot be written.
        """
        with self._lock:
            write_atomically(file, write_head(head) + b"".join(self._waiting), replace=False)
            self._file, self._waiting = file, []

    def judge_by(self, judge: Judge) -> None:
        """Judge every call from now on, and those that were noted before; see `check`."""
        with self._lock:
            self._judge = judge
            for noted in self._before:
                try:
                    self._weigh(noted)
                except UnknownAnswer as error:
                    self._refused = error
                    break
            self._before.clear()

    def check(self) -> None:
        """Nothing more is sent where a call from before the judge was answered in an unknown way.

        Raises:
            UnknownAnswer: it was.
        """
        if self._refused is not None:
            raise self._refused

    def step(self, name: str, **says: str) -> None:
        """From now on calls belong to this step; `says`: what it is to do."""
        with self._lock:
            self._step = name
            self._mark("step", step=name, **says)

    def refuse(self, detail: str) -> None:
        """A reader of the product did not know an answer; `detail` as its `AnswerError` says it."""
        found = _REFUSED.fullmatch(detail)
        with self._lock:
            if self.stopped is not None or found is None:
                return
            number, came = self._last.get(found["line"], (self._number, found["got"]))
            self.stopped = Stop(self._blanker.replace(found["line"]), found["expected"], came.strip(), number)
            self._mark("unknown", line=found["line"], expected=found["expected"])

    def end(self, outcome: str, reason: str | None, detail: str) -> None:
        """The pilot is over."""
        number = None if self.stopped is None else self.stopped.number
        with self._lock:
            self._write(
                write_line("end", asdict(TranscriptEnd(outcome, reason, self._blanker.replace(detail), number)))
            )

    def note(self, how: How, line: str, answer: Answer, began: float, *, seconds: float, **more: object) -> None:
        """One call with its answer; then it is judged.

        Raises:
            RecordError: it could not be written.
            UnknownAnswer: neither the product nor a model of that release knows it.
        """
        with self._lock:
            kept = self._blanker.clean(line, answer.out, answer.err)
            self._add(how, kept, answer.status, began, seconds, **more)
            self._last[line] = self._number, answer.text
            fed = more.get("fed")
            noted = _Noted(self._number, line, answer, kept, fed if isinstance(fed, bytes) else None)
            if self._judge is _know_everything:
                self._before.append(noted)
            else:
                self._weigh(noted)

    def lose(self, how: How, line: str, began: float, error: ProvisionError) -> None:
        """One call without an answer."""
        with self._lock:
            kept = self._blanker.clean(line, "", "")
            self._add(how, kept, None, began, time.monotonic() - self._began - began, ended=type(error).__name__)

    def _weigh(self, noted: _Noted) -> None:
        answer, kept = noted.answer, noted.kept
        found = self._judge(noted.line, answer.text, answer.status, noted.fed)
        if found.variant:
            self._mark("variant", variant=found.variant)
        if not found.expected:
            return
        came = answer.text.strip()
        self.stopped = self.stopped or Stop(kept.line, found.expected, came, noted.number)
        self._mark("unknown", line=kept.line, expected=self._blanker.replace(found.expected))
        shown = (kept.out + kept.err).strip() or f"{len(came)} characters that are not shown"
        raise UnknownAnswer(kept.line, f"as the model of this release, {found.expected}", shown)

    def _mark(self, event: str, **says: str) -> None:
        told = {name: self._blanker.replace(text) for name, text in says.items()}
        self._write(write_line(event, asdict(AnswerMark(event, self._number, told))))

    def _add(self, how: How, kept: Kept, status: int | None, began: float, seconds: float, **more: object) -> None:
        self._number += 1
        size, ended = more.get("size"), more.get("ended", "")
        call = Call(
            number=self._number,
            step=self._step,
            how=how,
            line=kept.line,
            status=status,
            out=kept.out,
            err=kept.err,
            left_out=kept.left_out,
            began=round(began, 3),
            seconds=round(seconds, 3),
            size=size if isinstance(size, int) else None,
            ended=str(ended),
            agent=kept.agent,
        )
        self._write(write_call(call))

    def _write(self, line: bytes) -> None:
        """Put a line on disk; after one that could not be put there, none is: the file ends where the disk did.

        Raises:
            RecordError: it is not on disk.
        """
        if self._file is None:
            self._waiting.append(line)
            return
        if self._broken is None:
            try:
                append_durably(self._file, line)
            except OSError as error:
                why = error.strerror or type(error).__name__
                self._broken = RecordError(
                    f"{self._file}: the transcript cannot be written ({why}); make room on its disk"
                )
                raise self._broken from error
        else:
            raise self._broken

    def clock(self) -> float:
        """Seconds since the pilot began."""
        return time.monotonic() - self._began


class RecordingTransport:
    """A transport that notes every call of another one; rounds of questions as the single commands they are."""

    def __init__(self, inner: Transport, recorder: Recorder) -> None:
        self._inner, self._recorder = inner, recorder

    @property
    def address(self) -> str:
        """See `Transport.address`."""
        return self._inner.address

    @property
    def transport_id(self) -> int:
        """See `Transport.transport_id`."""
        return self._inner.transport_id

    @property
    def features(self) -> frozenset[str]:
        """See `Transport.features`."""
        return self._inner.features

    def cancel(self) -> None:
        """See `Transport.cancel`."""
        self._inner.cancel()

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        """See `Transport.shell`."""
        self._recorder.check()
        began = self._recorder.clock()
        try:
            answer = self._inner.shell(line, seconds=seconds, merged=merged)
        except ProvisionError as error:
            parts = split_answer(line, "") or ()
            for one in [part.line for part in parts] or [line]:
                self._recorder.lose(How.ROUND if parts else How.SHELL, one, began, error)
            raise
        took = self._recorder.clock() - began
        rounds = split_answer(line, answer.out, answer.err)
        if rounds is None:
            self._recorder.note(How.SHELL, line, answer, began, seconds=took)
        for part in rounds or ():
            single = Answer(part.text or "", part.err, part.status)
            self._recorder.note(How.ROUND, part.line, single, began, seconds=took)
        return answer

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        """See `Transport.exec_with_stdin`."""
        self._recorder.check()
        began = self._recorder.clock()
        with _Tee(source) as tee:
            try:
                answer = self._inner.exec_with_stdin(line, tee, size, seconds=seconds)  # type: ignore[arg-type] # reads only
            except ProvisionError as error:
                self._recorder.lose(How.FEED, line, began, error)
                raise
            took = self._recorder.clock() - began
            self._recorder.note(How.FEED, line, answer, began, seconds=took, size=size, fed=tee.read_back())
        return answer

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        """See `Transport.push`."""
        self._recorder.check()
        began = self._recorder.clock()
        with _Tee(source) as tee:
            try:
                self._inner.push(tee, size, remote, seconds=seconds)  # type: ignore[arg-type] # reads only
            except ProvisionError as error:
                self._recorder.lose(How.PUSH, f"push {remote}", began, error)
                raise
            took = self._recorder.clock() - began
            done = Answer("", "", None)
            fed = tee.read_back()
            self._recorder.note(How.PUSH, f"push {remote}", done, began, seconds=took, size=size, fed=fed)

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        """See `Transport.pull`."""
        self._recorder.check()
        began, pulled = self._recorder.clock(), 0

        def count(piece: bytes) -> None:
            nonlocal pulled
            pulled += len(piece)
            sink(piece)

        try:
            self._inner.pull(remote, count, seconds=seconds)
        except ProvisionError as error:
            self._recorder.lose(How.PULL, f"pull {remote}", began, error)
            raise
        took = self._recorder.clock() - began
        self._recorder.note(How.PULL, f"pull {remote}", Answer("", "", None), began, seconds=took, size=pulled)


class _Tee:
    """A source that keeps what was read of it, for the model beside the tablet."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._kept = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 # closed by leaving the block

    def __enter__(self) -> _Tee:
        return self

    def __exit__(self, *_error: object) -> None:
        self._kept.close()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._kept.write(data)
        return data

    def read_back(self) -> bytes:
        self._kept.seek(0)
        return bytes(self._kept.read())
