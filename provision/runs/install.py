"""Installing apps on one tablet: the next one is uploaded while the one before is committed.

Only the word `Success` counts, and after it only the read-back. A failure that the table says may pass
(`appset.failures`) is tried once more, with a whole new upload.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from provision.appset.failures import Failure, judge_failure
from provision.appset.model import App
from provision.controls.model import InstallApp, Step
from provision.errors import AnswerError, DeadlinePassed, StepFailed, TransportError
from provision.facts.printed import read_printed
from provision.facts.thrown import find_thrown
from provision.files import HashedFile
from provision.state.pending_uploads import PendingUploads
from provision.terms import Reason
from provision.texts.message import Message, message
from provision.transport import Answer, Transport

UPLOAD_FOLDER = "/data/local/tmp"
ABANDON_SECONDS = 20.0
"""A session is given up in a moment; a service that hung in its commit may hang in this, too."""
PROBE_SECONDS = 10.0
LONGEST_WORDS = 8192
"""Characters at the beginning and at the end of an answer in which a refusal is looked for."""
_SUCCESS = re.compile(r"^Success\b", re.MULTILINE)
_FAILURE = re.compile(
    r"Failure:? ?\[ ?([A-Z][A-Z0-9_]+|-?\d+)\b.*|^.*\b(INSTALL_(?:PARSE_)?FAILED_[A-Z0-9_]+).*", re.MULTILINE
)
"""To the line's end, as a message may go on on the next one; a code in another frame than Android's counts, too."""
_SESSION = re.compile(r"^Success: created install session \[(\d+)\]", re.MULTILINE)
_ERROR = re.compile(r"^(?:Error: |cmd: |Failed to add file\(s\), reason: ).*$", re.MULTILINE)


class InstallFailed(StepFailed):
    """An installation that was refused; `retried` says whether trying again can help."""

    def __init__(self, step: str, failure: Failure, detail: Message | str) -> None:
        super().__init__(step, failure.reason, detail)
        self.retried = failure.retried


class FileChanged(StepFailed):
    """An APK of the app set is not the file any more that was checked when the station started."""

    def __init__(self, step: Step, path: Path, got: str) -> None:
        hint = "put the pinned file back, or run `provision apps check`, then start again"
        super().__init__(
            step.name, Reason.BENCH_FILE_WRONG, f"{path}: expected the file that was checked, got {got}; {hint}"
        )


@dataclass(frozen=True)
class _Pending:
    """A commit under way."""

    commit: Future[None]
    again: Callable[[], None]


class Installer:
    """Installs apps on one tablet; at most one commit is under way while the next app is uploaded.

    Args:
        transport: to the tablet; its calls may come from two threads.
        seconds: total deadline of one upload or commit.
        uploads: remembers what a lost run leaves on the tablet.
    """

    def __init__(self, transport: Transport, seconds: float, uploads: PendingUploads | None = None) -> None:
        self._transport, self._seconds = transport, seconds
        self._uploads = uploads or PendingUploads()
        self._pending: _Pending | None = None
        self._commits: ThreadPoolExecutor | None = None

    def tidy(self) -> None:
        """Take back what an earlier run sent and did not finish; what is gone already is refused, which is as good.

        Raises:
            TransportError: the way to the tablet failed.
        """
        for undo in self._uploads.left:
            self._transport.shell(shlex.join(undo), seconds=self._seconds)
            self._uploads.end(undo)

    def install(self, step: Step, action: InstallApp) -> None:
        """Install one app; with sessions its commit may still be under way when this returns.

        Raises:
            StepFailed: this app or the one before it was refused, in the tablet's own words.
            TransportError: the way to the tablet failed.
        """
        if not action.sessions:
            self._repeat_once(lambda: self._install_by_push(step, action.app))
            return
        program = ("cmd", "package") if action.has_cmd else ("pm",)
        session = _Session(self._transport, step, action.app, program, self._seconds, self._uploads)
        self._repeat_once(session.upload)
        try:
            self.finish()
        except StepFailed:
            session.abandon()
            raise
        self._pending = _Pending(self._start(session.commit), session.repeat)

    def finish(self) -> None:
        """Wait for the commit under way.

        Raises:
            StepFailed, TransportError: how it ended.
        """
        pending, self._pending = self._pending, None
        if pending is None:
            return
        try:
            pending.commit.result()
        except InstallFailed as failure:
            if not failure.retried:
                raise
            pending.again()

    def close(self) -> None:
        """Leave no thread behind; whatever a commit still says, another error came first."""
        if self._commits is not None:
            self._commits.shutdown()  # its calls end at their deadline, or with the transport
            self._commits = None
        self._pending = None
        self._uploads.close()

    def _start(self, commit: Callable[[], None]) -> Future[None]:
        if self._commits is None:
            self._commits = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        return self._commits.submit(commit)

    def _repeat_once(self, work: Callable[[], None]) -> None:
        try:
            work()
        except InstallFailed as failure:
            if not failure.retried:
                raise
            work()

    def _install_by_push(self, step: Step, app: App) -> None:
        """Android 5 and 6: push, then `pm install` (packages document 3.1, 3.4)."""
        remote = f"{UPLOAD_FOLDER}/provision-{app.sha256[:16]}.apk"
        self._uploads.begin(("rm", remote))
        try:
            self._push(step, app, remote)
        except FileChanged:
            self._remove(remote)
            raise
        words = ("pm", "install", "-r", remote)
        with _telling_hangs(self._transport, step, words, self._seconds):
            answer = self._transport.shell(shlex.join(words), seconds=self._seconds)
        self._remove(remote)
        expect_success(step, answer)

    def _remove(self, remote: str) -> None:
        with suppress(TransportError, AnswerError):  # the next call tells; the first error is the one that counts
            self._transport.shell(shlex.join(("rm", remote)), seconds=self._seconds)
            self._uploads.end(("rm", remote))

    def _push(self, step: Step, app: App, remote: str) -> None:
        try:
            with _open_pinned(step, app.path, app.size) as source:
                self._transport.push(source, app.size, remote, seconds=self._seconds)
                _expect_pinned(step, source, app.path, app.sha256)
        except AnswerError as error:
            raise InstallFailed(step.name, judge_failure(None, error.got), error.got) from error


class _Session:
    """One install session of one app: create, write each file, commit (packages document 3.3)."""

    def __init__(
        self,
        transport: Transport,
        step: Step,
        app: App,
        program: tuple[str, ...],
        seconds: float,
        uploads: PendingUploads,
    ) -> None:
        self._transport, self._step, self._app = transport, step, app
        self._program, self._seconds, self._uploads = program, seconds, uploads
        self._number = ""

    def upload(self) -> None:
        """Create a session and write every file into it; a refused one is abandoned."""
        create = self._say("install-create", "-r", "-S", str(self._app.total))
        found = _SESSION.search(create.text)
        if found is None:
            raise refuse(self._step, create)
        self._number = found[1]
        self._uploads.begin(self._undo)
        try:
            for name, file in self._app.files:
                words = (*self._program, "install-write", "-S", str(file.size), self._number, name, "-")
                with _open_pinned(self._step, file.path, file.size) as source, self._telling_hangs(words):
                    answer = self._transport.exec_with_stdin(
                        shlex.join(words), source, file.size, seconds=self._seconds
                    )
                expect_success(self._step, answer)
                _expect_pinned(self._step, source, file.path, file.sha256)
        except StepFailed:
            self.abandon()
            raise

    def commit(self) -> None:
        """Commit it; a refused one is abandoned."""
        try:
            expect_success(self._step, self._say("install-commit", self._number))
            self._uploads.end(self._undo)
        except StepFailed:
            self.abandon()
            raise

    def repeat(self) -> None:
        """All of it once more."""
        self.upload()
        self.commit()

    def abandon(self) -> None:
        """Sessions outlive the connection (11.6); the refusal is the first error, and the one that counts."""
        with suppress(TransportError, AnswerError):
            self._transport.shell(shlex.join(self._undo), seconds=min(ABANDON_SECONDS, self._seconds))
            self._uploads.end(self._undo)

    @property
    def _undo(self) -> tuple[str, ...]:
        return (*self._program, "install-abandon", self._number)

    def _say(self, *words: str) -> Answer:
        line = (*self._program, *words)
        with self._telling_hangs(line):
            return self._transport.shell(shlex.join(line), seconds=self._seconds)

    def _telling_hangs(self, words: tuple[str, ...]) -> AbstractContextManager[None]:
        return _telling_hangs(self._transport, self._step, words, self._seconds)


@contextmanager
def _telling_hangs(transport: Transport, step: Step, words: tuple[str, ...], seconds: float) -> Iterator[None]:
    """Tell an installation that hangs, as one that waits for a tap on the screen (3.11), from a tablet that does.

    Raises:
        InstallFailed: the deadline passed, and the tablet answers other lines.
        TransportError: it does not, or went away meanwhile.
    """
    try:
        yield
    except DeadlinePassed as error:
        try:
            transport.shell("echo", seconds=PROBE_SECONDS)
        except DeadlinePassed:
            raise error from None
        verb = " ".join(words[: 3 if words[0] == "cmd" else 2])
        told = message("install-hung", verb=verb, seconds=f"{seconds:g}")
        raise InstallFailed(step.name, Failure(Reason.INSTALL_HUNG), told) from error


@contextmanager
def _open_pinned(step: Step, path: Path, size: int) -> Iterator[HashedFile]:
    """An APK as it is now, which need not be as it was when the app set was checked.

    Raises:
        FileChanged: it is gone, or of another size.
    """
    try:
        with HashedFile(path) as source:
            if source.size != size:  # before the first byte, so that a short file is not taken for a lost tablet
                raise FileChanged(step, path, f"{source.size} bytes")
            yield source
    except OSError as error:
        raise FileChanged(step, path, error.strerror or "an error") from error


def _expect_pinned(step: Step, source: HashedFile, path: Path, sha256: str) -> None:
    """Nothing is committed but the bytes that were pinned and checked.

    Raises:
        FileChanged: other bytes were sent.
    """
    if source.sha256 != sha256:
        raise FileChanged(step, path, "another file")


def expect_success(step: Step, answer: Answer) -> None:
    """Only the word `Success` at a line's start counts; exit statuses differ by release (3.5).

    Raises:
        StepFailed: anything else.
    """
    if not _SUCCESS.search(answer.text):
        raise refuse(step, answer)


def refuse(step: Step, answer: Answer) -> InstallFailed:
    """The failure in the tablet's words, with the reason a technician can act on (3.7, 3.8).

    Lines of other programs are none of them.
    """
    said = read_printed(f"{answer.text}\n").words
    text = said if len(said) <= 2 * LONGEST_WORDS else f"{said[:LONGEST_WORDS]}\n{said[-LONGEST_WORDS:]}"
    failure = _FAILURE.search(text)
    code = None if failure is None else failure[1] or failure[2]
    words = _find_words(text) if failure is None else failure[0].strip()
    return InstallFailed(step.name, judge_failure(code, text), words[:200])


def _find_words(text: str) -> str:
    """The line that says why, by the forms of exceptions and errors (3.6), else the first that says anything."""
    thrown = find_thrown(text)
    if thrown is not None:
        return thrown.line
    error = _ERROR.search(text)
    if error is not None:
        return error[0]
    lines = (line.strip() for line in text.split("\n"))
    return next((line for line in lines if line and not line.startswith("pkg: ")), "no answer")
