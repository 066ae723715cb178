"""Decisions of an operation: steps for what differs, a reason where nothing is to be done."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from provision.appset.model import App
from provision.proofs.attempts import Attempt
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import NOTHING, Message, message, verbatim


@dataclass(frozen=True)
class RunLine:
    """Run one command that prints nothing of use; only the read-back counts.

    `tolerant`: a right that the firmware takes away does not end the run, because no control rests on the step.
    """

    words: tuple[str, ...]
    tolerant: bool = False

    def describe(self) -> Message:
        """The command as it stands in plans and logs."""
        return verbatim(shlex.join(self.words))


@dataclass(frozen=True)
class InstallApp:
    """Install or update one app the way this release does it (packages document 3)."""

    app: App
    sessions: bool
    has_cmd: bool = True  # Android 5 and 6 have sessions by `pm` only (3.3)

    def describe(self) -> Message:
        """Describe what is installed, and by which road."""
        splits = "".join(f" + {split.name}" for split in self.app.splits)
        what = f"{self.app.package} {self.app.version_code}{splits}"
        return message("install", what=what) if self.sessions else message("push", what=what)


@dataclass(frozen=True)
class JoinWifi:
    """Join a network with the site's passphrase, which is read only when the step runs.

    Attributes:
        security: `open`, `wpa2` or `wpa3`.
        secret: place of its passphrase among the site's secrets; None for an open network.
        hidden: whether it must be asked for by name.
    """

    ssid: str
    security: str
    secret: str | None = None
    hidden: bool = False

    def make_words(self, passphrase: str | None) -> tuple[str, ...]:
        """The command; hidden names are an option from API 31 on (Wi-Fi and kiosk document 1.3)."""
        words = ("cmd", "wifi", "connect-network", self.ssid, self.security)
        return (*words, *(() if passphrase is None else (passphrase,)), *(("-h",) if self.hidden else ()))

    def describe(self) -> Message:
        """The command, three stars in place of its secret."""
        words = self.make_words(None if self.secret is None else "***")
        return verbatim(" ".join(word if word == "***" else shlex.quote(word) for word in words))


@dataclass(frozen=True)
class BecomeOwner:
    """Make the installed agent device owner, and read it back by another road (packages document 6)."""

    agent: App

    def describe(self) -> Message:
        """The command; its words differ by release."""
        return verbatim(f"dpm set-device-owner {self.agent.package}")


@dataclass(frozen=True)
class Rekey:
    """Make a tablet that obeys a former site key of the site obey the one of now."""

    def describe(self) -> Message:
        """The order in a few words."""
        return message("rekey")


@dataclass(frozen=True)
class ApplyPolicy:
    """Give the agent the site's policy, signed, its secrets sealed."""

    parts: tuple[Control, ...]

    def describe(self) -> Message:
        """Describe the subject of the policy."""
        return message("apply", names=", ".join(self.parts))


@dataclass(frozen=True)
class MakeKey:
    """Have a tablet make a key of its own, where it has none; its policy stays as it is."""

    def describe(self) -> Message:
        """The order in a few words."""
        return message("make-key")


@dataclass(frozen=True)
class Drill:
    """Open the kiosk by a maintenance code, see it open, lock it again, see it locked."""

    def describe(self) -> Message:
        """The steps in a few words."""
        return message("drill")


@dataclass(frozen=True)
class TryUnlocked:
    """Positive controls: each attempt once while nothing is locked; what it changes is put back."""

    attempts: tuple[Attempt, ...]

    def describe(self) -> Message:
        """The names of the attempts."""
        return message("try-unlocked", names=_name(self.attempts))


@dataclass(frozen=True)
class TryLocked:
    """Proofs: the same attempts on the locked tablet."""

    attempts: tuple[Attempt, ...]

    def describe(self) -> Message:
        """The names of the attempts."""
        return message("try-locked", names=_name(self.attempts))


def _name(attempts: tuple[Attempt, ...]) -> str:
    return ", ".join(one.name for one in attempts)


Action = RunLine | InstallApp | JoinWifi | BecomeOwner | Rekey | ApplyPolicy | MakeKey | Drill | TryUnlocked | TryLocked


@dataclass(frozen=True)
class Step:
    """One change.

    Attributes:
        name: unique in a plan, `location.on/providers`.
        undo: how a technician takes it back.
        reference: the Android fact that makes it necessary, document and section.
        source: public source of that fact.
        settle_seconds: how long the effect may take; the read-back is repeated until then.
        also: further controls that this one change brings about.
    """

    name: str
    control: Control
    phase: Phase
    action: Action
    undo: Message
    reference: str
    source: str
    settle_seconds: float = 0.0
    also: tuple[Control, ...] = ()

    @property
    def subject(self) -> str:
        """Name what a person is told is being worked on: the app, the network, else nothing."""
        match self.action:
            case InstallApp(app):
                return app.label
            case JoinWifi(ssid):
                return ssid
        return ""


@dataclass(frozen=True)
class Refusal:
    """One reason not to touch a tablet, with what was seen (counts and figures, never names)."""

    reason: Reason
    detail: Message = NOTHING


@dataclass(frozen=True)
class Part:
    """One line of a plan about a part of a control: whom it is about, and a text key with its values."""

    subject: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """Findings and steps of one operation for one control.

    Attributes:
        wanted, observed: the two sides of the comparison, equal exactly when the control holds; no secrets, no
            foreign names.
        holds: the control is so right now.
        steps: what to change; empty when it holds or cannot be reached.
        assurance: what holding means on this road and release (oracle: agent policy table).
        why: text key that says why there is no step, or why there is.
        blocked: why the control cannot be reached here, None when it can.
        detail: what blocks it, in a few words.
        evidence: the lines that were matched, after redaction.
        parts: what a plan says about each part of the control.
        readable: False where this road and release have no way to read it: then it does not hold, and does not differ.
    """

    control: Control
    wanted: Message
    observed: Message
    holds: bool
    assurance: Assurance
    why: str
    steps: tuple[Step, ...] = ()
    blocked: Reason | None = None
    detail: Message = NOTHING
    evidence: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    readable: bool = True

    @property
    def reached(self) -> Assurance:
        """The assurance that stands right now: nothing when the control does not hold."""
        return self.assurance if self.holds else Assurance.UNSUPPORTED
