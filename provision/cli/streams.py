"""The standard streams of a command: whatever becomes of the terminal, pipe or disk behind them, its work goes on.

1. A character that the stream's encoding lacks is replaced (`provision.texts.shapes`).
2. What cannot be written (its reader is gone, the disk full, the terminal closed) is lost. That it was is kept in
   `lost`, for the log and the end of the command; the exit status tells how the work ended.
3. While tablets are in work (`keep_working`), a reader that stands still (Ctrl-S, a pager) holds nothing up: what it
   has not taken waits here, up to `MOST_WAITING` bytes, until the next write or the end of the work.
4. A program that is started with a stream closed reads nothing and speaks to nobody.
"""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import select
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

import click

from provision.files import open_appended
from provision.texts.shapes import replace_unshowable

MOST_WAITING = 1 << 20
_QUIET = frozenset({errno.EPIPE, errno.EBADF})


class StandardStream(io.TextIOBase):
    """A text stream of this process that never raises for what it writes. Any thread may write."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self._descriptor, self._encoding = descriptor, encoding
        self._encoder = codecs.getincrementalencoder(encoding)("replace")
        self._own = _open_without_waiting(descriptor)
        self._waiting = bytearray()
        self._lock = threading.RLock()
        self.lost: OSError | None = None
        self.waits = True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Of what is written."""
        return self._encoding

    @property
    def errors(self) -> str:  # type: ignore[override]
        """Mode for encoders that are not this one."""
        return "replace"

    @property
    def lost_silently(self) -> bool:
        """Tell whether a reader went on purpose (`| head -1`), so that nobody need be told."""
        return self.lost is not None and self.lost.errno in _QUIET

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor that was given."""
        return self._descriptor

    def isatty(self) -> bool:
        """Tell whether a terminal shows it now."""
        return os.isatty(self._descriptor)

    def write(self, text: str, /) -> int:
        """Write the text, or take it to be written later."""
        shown = replace_unshowable(text, self._encoding)
        with self._lock:
            self._waiting += self._encoder.encode(shown)
            self.flush()
            if len(self._waiting) > MOST_WAITING:
                self._lose(OSError(errno.EAGAIN, "its reader stood still"))
        return len(text)

    def flush(self) -> None:
        """Write what waits; all of it where the reader may take as long as it likes."""
        with self._lock:
            self._push()
            while self.waits and self._waiting:
                select.select([], [self._own], [])
                self._push()

    def _push(self) -> None:
        while self._waiting:
            try:
                written = os.write(self._own, self._waiting)
            except BlockingIOError:
                return
            except OSError as error:
                self._lose(error)
                return
            del self._waiting[:written]

    def _lose(self, error: OSError) -> None:
        """Give up what waits; the next text is tried again, since a full disk may have room by then."""
        self._waiting.clear()
        self.lost = error


def _open_without_waiting(descriptor: int) -> int:
    """The same pipe or terminal, opened once more so that writing never waits; this leaves other users' mode alone.

    What cannot be opened so, and files, which never make anybody wait, are written through the given descriptor.
    """
    kind = os.fstat(descriptor).st_mode
    if not (stat.S_ISFIFO(kind) or os.isatty(descriptor)):
        return descriptor
    try:
        return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return descriptor


def open_standard_streams() -> None:
    """Make standard input, output and error of this process such that none of them can end its work."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 # lasts as the program
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for name in ("stdout", "stderr"):
        stream: TextIO = getattr(sys, name)
        with suppress(io.UnsupportedOperation):  # a stream of somebody else's, with no descriptor behind it
            setattr(sys, name, cast("TextIO", StandardStream(stream.fileno(), stream.encoding)))


def list_streams() -> dict[str, StandardStream]:
    """Standard output and error of this process, by name; none where a caller of this library has its own."""
    found = {"stdout": sys.stdout, "stderr": sys.stderr}
    return {name: stream for name, stream in found.items() if isinstance(stream, StandardStream)}


@contextmanager
def keep_working() -> Iterator[None]:
    """Until the block ends no reader is waited for: tablets are in work."""
    for stream in list_streams().values():
        stream.waits = False
    try:
        yield
    finally:
        for stream in list_streams().values():
            stream.waits = True


def log_losses(file: Path) -> None:
    """Append a line of JSON for each stream of which something was lost; where that cannot be written either, none.

    `{"at": "...Z", "event": "output-lost", "stream": "stdout", "why": "Broken pipe"}`
    """
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    lost = {name: stream.lost.strerror for name, stream in list_streams().items() if stream.lost is not None}
    if not lost:
        return
    with suppress(OSError), open_appended(file) as sink:
        for name, why in lost.items():
            line = json.dumps({"at": at, "event": "output-lost", "stream": name, "why": why})
            sink.write(f"{line}\n".encode())


def write_json(document: Any, indent: int | None = None) -> None:  # noqa: ANN401 # whatever JSON can hold
    """JSON on standard output, at once; by escapes where its encoding lacks a character: no value is changed."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    if replace_unshowable(text, sys.stdout.encoding or "ascii") != text:
        text = json.dumps(document, indent=indent)
    click.echo(text)
