"""All errors of the product.

    ProvisionError
    ├── ConfigurationError      a file a person wrote is wrong: file, line, key, expected, got
    ├── HomeError               a bench home is missing, of the wrong kind, or in use by another station
    ├── TransportError          the way to one tablet failed; never says anything about its state
    │   ├── TabletGone          unplugged, rebooted, or the connection was lost
    │   ├── DeadlinePassed      connected but silent for longer than the total deadline
    │   ├── ServerGone          the adb server died or cannot be reached
    │   └── Cancelled           the station shut this transport on purpose
    ├── AdbServerError          the adb server cannot be started or is not what was expected
    ├── PortSourceError         this PC cannot tell which USB ports are in use (no udev)
    ├── AnswerError             a tablet's answer is not in a form the reference knows
    │   └── AnswerCut           it broke off before what was asked for; nothing missing from it is known to be absent
    ├── BackupError             a backup cannot be opened, is damaged, or is of a newer version
    ├── PaperError              a paper (label, sheet, report) cannot be set from its data
    ├── StepFailed              a step was refused by the tablet or its read-back differs
    ├── RecordError             a record or ledger cannot be written, read or trusted
    │   ├── RecordLater         it is in order as far as this version can read it, and has words of a later one
    │   └── RecordTooLarge      what it would say is more than any reader takes; nothing was written
    └── TrainingError           a command for the training bench cannot be carried out

Messages say what, where and what to do now; secrets never enter them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.terms import Reason
from provision.texts.message import Message, verbatim


class ProvisionError(Exception):
    """Base of every error this product raises on purpose."""


@dataclass(frozen=True)
class ConfigurationFault:
    """One thing wrong in one file. `line` counts from 1, None when the file cannot be read at all."""

    file: Path
    line: int | None
    key: str
    expected: str
    got: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {key}expected {self.expected}, got {self.got}{hint}"


class ConfigurationError(ProvisionError):
    """One or more faults in files that a person wrote; the command ends with status 2."""

    def __init__(self, *faults: ConfigurationFault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class HomeError(ProvisionError):
    """A bench home is missing, damaged, of the wrong kind, or held by another station."""


class HomeInUse(HomeError):
    """Another process holds the home, and ends or goes on with it."""


class TransportError(ProvisionError):
    """The way to one tablet failed; what the tablet did with the last command is unknown."""

    reason = Reason.TABLET_GONE

    def __init__(self, said: Message | str = "") -> None:
        """Keep what is said as a message; a plain text is the same in every language."""
        self.said = verbatim(said) if isinstance(said, str) else said
        super().__init__(str(self.said))


class TabletGone(TransportError):
    """The tablet was unplugged, rebooted, or its connection ended in the middle of an answer."""


class DeadlinePassed(TransportError):
    """The tablet is connected but did not finish its answer within the total deadline."""

    reason = Reason.TABLET_HUNG


class ServerGone(TransportError):
    """The adb server closed the connection or refuses new ones."""

    reason = Reason.ADB_SERVER_GONE


class Cancelled(TransportError):
    """The station shut this transport on purpose (stop, unplug seen by USB, deadline of the run)."""

    reason = Reason.STOPPED_BY_OPERATOR


class AdbServerError(ProvisionError):
    """The adb server cannot be found, started, or speaks another protocol version."""


class PortSourceError(ProvisionError):
    """udev is not there or broke off: plugs and unplugs can no longer be seen."""


class PortHeldError(PortSourceError):
    """Another program of this computer works on what hangs on a port."""


class BackupError(ProvisionError):
    """A backup cannot be opened by this passphrase or key, is damaged, or was written by a newer version."""


class PaperError(ProvisionError):
    """A paper cannot be set: its template is missing, its data do not fit, or a text is too long for its place."""


class AnswerError(ProvisionError):
    """A tablet answered in a form the reference does not know.

    Attributes:
        command: the shell words that were sent, without secrets.
        expected: the form that was expected.
        got: the first 200 characters of the answer, control characters escaped.
    """

    def __init__(self, command: str, expected: str, got: str) -> None:
        self.command, self.expected, self.got = command, expected, got[:200]
        super().__init__(f"`{command}`: expected {expected}, got {self.got!r}")


class AnswerCut(AnswerError):
    """An answer broke off (a dump's own watchdog, a killed program, a lost end) before it said what was asked for."""


class StepFailed(ProvisionError):
    """One step did not take effect: refused by the tablet, or silently without effect."""

    def __init__(self, step: str, reason: Reason, detail: Message | str) -> None:
        """Keep what is said of it as a message; a plain text is the same in every language."""
        self.step, self.reason = step, reason
        self.detail = verbatim(detail) if isinstance(detail, str) else detail
        super().__init__(f"{step}: {reason}: {detail}")


class RecordError(ProvisionError):
    """A record or the ledger cannot be written, read, or trusted."""


class RecordLater(RecordError):
    """A record is in order as far as it can be read here, and has words that only a later version knows."""


class RecordTooLarge(RecordError):
    """A record would be larger than any reader takes; nothing of it was written."""


class TrainingError(ProvisionError):
    """A training-bench command cannot be carried out (no such slot, no bench, ward home)."""
