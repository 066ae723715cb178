"""The seam between the wire (adb device side) and the model of Android behind it.

The wire owns sockets, authorisation packets, streams, `sh` and the sync service. The model owns
every answer and all state. The wire never interprets a command; the model never sees a socket.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Effect(StrEnum):
    """Effect on the wire after a reply was delivered."""

    NONE = "none"
    DROP = "drop"  # cut the adb connection without a word
    REBOOT = "reboot"  # cut it, and come back after the model's boot time


@dataclass(frozen=True)
class Reply:
    """The answer of one Android command.

    Attributes:
        out, err: text with LF line ends; the wire adds CR where the release does.
        status: exit status as the program itself ends; the wire hides it where adb does.
        said: beginning of `out` that appears at once, before any delay.
        delay: seconds before the answer appears; `float("inf")` hangs for ever.
        effect: what happens to the connection afterwards.
    """

    out: str = ""
    err: str = ""
    status: int = 0
    delay: float = 0.0
    effect: Effect = Effect.NONE
    said: str = ""


@dataclass(frozen=True)
class Banner:
    """Account that adbd gives of itself (reference, adb host side, section 1)."""

    api: int
    version: int
    max_payload: int
    features: tuple[str, ...]
    product: str
    model: str
    device: str
    serial: str
    secure: bool  # ro.adb.secure: RSA authorisation required


class SyncRefused(Exception):
    """The sync service answers FAIL with this text."""


ReadInput = Callable[[int], bytes]
"""Reads up to n bytes of the command's standard input; b"" at its end."""


class Tablet(Protocol):
    """One virtual tablet: state on disk, answers by release."""

    @property
    def banner(self) -> Banner:
        """Give adbd's account of itself."""
        ...

    @property
    def words(self) -> frozenset[str]:
        """Every command word this release knows; any other word is `not found`, status 127."""
        ...

    def call(self, argv: Sequence[str], read_input: ReadInput) -> Reply:
        """Run one Android command. Mutating calls are written to the journal before they act."""
        ...

    def read_file(self, remote: str) -> bytes | None:
        """Content of a file the shell may read, None when there is none."""
        ...

    def stat_file(self, remote: str) -> tuple[int, int, int] | None:
        """Mode, size, mtime; None when there is none."""
        ...

    def list_folder(self, remote: str) -> list[tuple[str, int, int, int]] | None:
        """Entries as (name, mode, size, mtime); None when there is no such folder."""
        ...

    def write_file(self, remote: str, content: bytes, mode: int) -> None:
        """Store a pushed file (journalled).

        Raises:
            SyncRefused: no space left, or no permission for that place.
        """
        ...

    def knows_key(self, public_key: str) -> bool:
        """Tell whether this adb public key (base64 Android form, without the comment) passes silently now."""
        ...

    def offer_key(self, public_key: str) -> float | None:
        """Show the Allow dialog for a key; seconds until the model's hand taps it, None if nobody will."""
        ...

    def accept_key(self, public_key: str) -> None:
        """Somebody tapped Allow with "always allow from this computer"."""
        ...

    def wire_fault(self) -> str | None:
        """A fault the wire itself plays, None when the link is good.

        `mute` (connected, never answers anything), `refuse-connect`, `drop-mid-upload`, `slow-link`.
        """
        ...

    def reboot(self, mode: str) -> float:
        """Reboot (`""`, `recovery`, `bootloader`); returns seconds until adbd answers again."""
        ...
