"""The one seam between the product and a tablet.

Rules every implementation keeps:

1. A call has one total deadline in seconds, counted from its start, not one per read.
2. A call ends with an `Answer` or with one of the `TransportError` family, never with both unclear.
3. `cancel()` from another thread makes every call under way and every later call raise `Cancelled`.
4. Exit status: known from shell v2 (Android 7+), else from a mark printed after the command
   (`ANSWER_MARK`), else `None`; `None` means unknown, never success.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

Sink = Callable[[bytes], object]
"""Takes each piece of a file that is read; what it returns is not looked at."""


@dataclass(frozen=True)
class Answer:
    """A tablet's answer to one shell line.

    Attributes:
        out: standard output; line ends are LF (the CR that Android 5 and 6 add is removed).
            Where the release merges the streams (Android 5 and 6) it holds both, in order.
        err: standard error, empty where the streams are merged.
        status: exit status 0-255, or None when unknown. Android 7.x `cmd` and 7-8 forwarded `pm`
            verbs answer 0 whatever happened (reference, packages document 3.5): read the text.
    """

    out: str
    err: str
    status: int | None

    @property
    def text(self) -> str:
        """Both streams, output first; what parsers of refusals search."""
        return self.out + self.err


class Transport(Protocol):
    """One adb connection to one tablet, addressed by transport id, never by serial."""

    @property
    def address(self) -> str:
        """For messages: `usb:1-1.2`, or the adb serial where there is no USB path."""
        ...

    @property
    def transport_id(self) -> int:
        """The adb server's id of this connection; a re-plug gives a new one."""
        ...

    @property
    def features(self) -> frozenset[str]:
        """Features both ends have (`shell_v2`, `cmd`, `abb_exec` ...); empty on Android 5 and 6."""
        ...

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        """Run one line of POSIX sh on the tablet.

        Args:
            line: built from quoted words, without redirections or absolute program paths.
            seconds: total deadline.
            merged: ask for one stream in order of arrival (old `shell:` service, all releases);
                `status` is then None unless the line prints its own marks.
        """
        ...

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        """Run a line through `exec:` with `size` bytes of `source` on its standard input.

        Streams are merged and the status is None on every release; read the text.

        Raises:
            TabletGone: the connection ended before the line was through, whatever was said until then.
        """
        ...

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        """Write a file on the tablet through the sync service (mode 0644).

        Raises:
            AnswerError: the tablet refused (`FAIL` with its text).
        """
        ...

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        """Read a file of the tablet through the sync service.

        Args:
            sink: gets the file piece by piece, so that an app of 100 MB costs no memory a tablet.

        Raises:
            AnswerError: the tablet refused, for example because the file does not exist.
        """
        ...

    def cancel(self) -> None:
        """Shut every socket of this transport; calls under way raise `Cancelled`."""
        ...
