"""Carrying out steps. A step that ended without complaint proves nothing: the read-back decides."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from provision.appset.model import App
from provision.errors import AnswerError, StepFailed, TransportError
from provision.facts.ask import EXCEPTION, SECURITY
from provision.facts.wifi import NO_ACCESS
from provision.operations.model import InstallApp, JoinWifi, RunLine, Step
from provision.secret import Secret
from provision.terms import Reason
from provision.transport import Answer, Transport

UPLOAD_FOLDER = "/data/local/tmp"
_SUCCESS = re.compile(r"^Success\b", re.MULTILINE)
_FAILURE = re.compile(r"Failure \[([A-Z_]+|-?\d+)\b.*\]")
_SESSION = re.compile(r"^Success: created install session \[(\d+)\]", re.MULTILINE)
_ERROR = re.compile(r"^Error: (.*)$", re.MULTILINE)
_NO_ROOM = re.compile(r"not enough space|no room|enough free space|no space left", re.IGNORECASE)  # 3.8, 11.6
_RIGHT_TAKEN = re.compile(
    r"^.*(?:android\.permission\.(?:WRITE_SECURE_SETTINGS|GRANT_RUNTIME_PERMISSIONS)).*$", re.MULTILINE
)
_REASONS = {
    "INSTALL_FAILED_USER_RESTRICTED": Reason.OEM_GATE,
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": Reason.STORAGE_LOW,
}


@dataclass(frozen=True)
class Limits:
    """Total deadlines in seconds: one round of facts, one step, one upload or commit, one whole boot."""

    facts: float
    step: float
    package: float
    boot: float


class Performer:
    """Carries out single steps on one tablet."""

    def __init__(self, transport: Transport, limits: Limits, passphrase: Callable[[], Secret | None]) -> None:
        self._transport = transport
        self._limits = limits
        self._passphrase = passphrase

    def perform(self, step: Step) -> None:
        """Carry out one step; returning means only that nothing was refused out loud.

        Raises:
            StepFailed: the tablet refused, in its own words.
            TransportError: the way to the tablet failed; whether the step took effect is unknown.
        """
        match step.action:
            case RunLine(words):
                expect_rights(step, self._run(shlex.join(words)))
            case InstallApp(app, sessions):
                install = self._install_by_session if sessions else self._install_by_push
                install(step, app)
            case JoinWifi(ssid, security):
                self._join(step, ssid, security)

    def _run(self, line: str) -> Answer:
        return self._transport.shell(line, seconds=self._limits.step)

    def _join(self, step: Step, ssid: str, security: str) -> None:
        """Join; text and status are hints only (Wi-Fi document 1.4).

        One refusal is certain, because it is thrown before the verb begins (1.1).

        Raises:
            StepFailed: uid shell has no access to the verb.
        """
        secret = self._passphrase()
        words = ("cmd", "wifi", "connect-network", ssid, security)
        hidden = () if secret is None else (secret.reveal().decode(),)
        answer = self._run(shlex.join((*words, *hidden)))
        if NO_ACCESS in answer.text:
            raise StepFailed(step.name, Reason.WIFI_SHELL_CLOSED, f"the tablet says: uid shell {NO_ACCESS} this verb")

    def _install_by_push(self, step: Step, app: App) -> None:
        """Android 5 and 6: push, then `pm install` (packages document 3.1, 3.4)."""
        remote = f"{UPLOAD_FOLDER}/provision-{app.sha256[:16]}.apk"
        self._push(step, app, remote)
        answer = self._package(shlex.join(("pm", "install", "-r", remote)))
        with suppress(TransportError):  # the next call tells; the first error is the one that counts
            self._run(shlex.join(("rm", remote)))
        expect_success(step, answer)

    def _push(self, step: Step, app: App, remote: str) -> None:
        try:
            with app.path.open("rb") as source:
                self._transport.push(source, app.size, remote, seconds=self._limits.package)
        except AnswerError as error:
            raise StepFailed(step.name, _find_reason(error.got), error.got) from error

    def _install_by_session(self, step: Step, app: App) -> None:
        """Android 7 and later: create, write, commit (packages document 3.3)."""
        create = self._package(shlex.join(("cmd", "package", "install-create", "-r", "-S", str(app.size))))
        session = _SESSION.search(create.text)
        if session is None:
            raise refuse(step, create)
        try:
            self._write(step, app, session[1])
            expect_success(step, self._package(shlex.join(("cmd", "package", "install-commit", session[1]))))
        except StepFailed:
            with suppress(TransportError):  # the refusal is the first error, and the one that counts
                self._package(shlex.join(("cmd", "package", "install-abandon", session[1])))
            raise

    def _write(self, step: Step, app: App, session: str) -> None:
        line = shlex.join(("cmd", "package", "install-write", "-S", str(app.size), session, "base.apk", "-"))
        with app.path.open("rb") as source:
            expect_success(step, self._transport.feed(line, source, app.size, seconds=self._limits.package))

    def _package(self, line: str) -> Answer:
        return self._transport.shell(line, seconds=self._limits.package)


def expect_rights(step: Step, answer: Answer) -> None:
    """Commands that print nothing of use may still be refused: by a firmware that took a right from uid shell.

    Raises:
        StepFailed: the text names a right that AOSP gives to uid shell (packages document 3.11; Wi-Fi document 1.7).
    """
    found = _RIGHT_TAKEN.search(answer.text)
    if found is not None:
        raise StepFailed(step.name, Reason.OEM_GATE, found[0].strip()[:200])


def expect_success(step: Step, answer: Answer) -> None:
    """Only the word `Success` at a line's start counts; exit statuses differ by release (3.5).

    Raises:
        StepFailed: anything else.
    """
    if not _SUCCESS.search(answer.text):
        raise refuse(step, answer)


def refuse(step: Step, answer: Answer) -> StepFailed:
    """The failure in the tablet's words, with the reason a technician can act on (3.7)."""
    failure = _FAILURE.search(answer.text)
    if failure is not None:
        return StepFailed(step.name, _REASONS.get(failure[1], Reason.INSTALL_REFUSED), failure[0][:200])
    words = _find_words(answer.text)
    return StepFailed(step.name, _find_reason(words), words[:200])


def _find_reason(words: str) -> Reason:
    return Reason.STORAGE_LOW if _NO_ROOM.search(words) else Reason.INSTALL_REFUSED


def _find_words(text: str) -> str:
    """The line that says why, by the forms of exceptions and errors (3.6), else the first that says anything."""
    for pattern in (SECURITY, EXCEPTION, _ERROR):
        found = pattern.search(text)
        if found is not None:
            return found[0]
    lines = (line.strip() for line in text.split("\n"))
    return next((line for line in lines if line and not line.startswith("pkg: ")), "no answer")
