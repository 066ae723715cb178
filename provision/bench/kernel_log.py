"""The kernel's own messages, as they come: from `/dev/kmsg`, or from the journal where only that may be read."""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from provision.bench.kernel_words import KernelWord, parse_journal, parse_kmsg
from provision.errors import PortSourceError

KMSG = Path("/dev/kmsg")
JOURNALS = (Path("/run/log/journal"), Path("/var/log/journal"))
FOLLOW = ("journalctl", "--dmesg", "--follow", "--lines=0", "--output=json", "--no-pager")
_RECORD = 8192
"""Bytes that hold the longest record (CONSOLE_EXT_LOG_MAX, kernel/printk/printk.c)."""
_LONGEST_LINE = 65536


class KernelWords(Protocol):
    """A source of what the kernel says of ports."""

    def events(self) -> Iterator[KernelWord]:
        """Yield each complaint from now on; blocks in between. To be called once; ends after `close()`."""
        ...

    def close(self) -> None:
        """End the iterator; may be called from any thread, any number of times."""
        ...


class KmsgWords:
    """Complaints out of `/dev/kmsg`, which needs the right to read the kernel's log.

    Raises:
        PortSourceError: it may not be read.
    """

    def __init__(self, file: Path = KMSG) -> None:
        try:
            self._log = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise PortSourceError(f"{file}: {error.strerror or error}") from error
        with suppress(OSError):
            os.lseek(self._log, 0, os.SEEK_END)
        self._stopped, self._stop = os.pipe()

    def events(self) -> Iterator[KernelWord]:
        """See `KernelWords`."""
        waiting = select.poll()
        waiting.register(self._log, select.POLLIN)
        waiting.register(self._stopped, select.POLLIN)
        try:
            while self._stopped not in dict(waiting.poll()):
                yield from self._read()
        finally:
            os.close(self._log)
            os.close(self._stopped)

    def close(self) -> None:
        """See `KernelWords`."""
        if self._stop >= 0:
            os.close(self._stop)
            self._stop = -1

    def _read(self) -> Iterator[KernelWord]:
        try:
            record = os.read(self._log, _RECORD)
        except OSError as error:
            if error.errno not in {errno.EPIPE, errno.EAGAIN, errno.EINVAL}:  # overwritten, taken, or too long
                raise PortSourceError(f"the kernel's log broke off: {error.strerror or error}") from error
            return
        if not record:
            raise PortSourceError("the kernel's log ended")
        word = parse_kmsg(record)
        if word is not None:
            yield word


class JournalWords:
    """Complaints out of the system's journal, by `journalctl` that follows it.

    Raises:
        PortSourceError: it cannot be started.
    """

    def __init__(self, words: tuple[str, ...] = FOLLOW) -> None:
        try:
            self._follower = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise PortSourceError(f"{words[0]}: {error.strerror or error}") from error

    def events(self) -> Iterator[KernelWord]:
        """See `KernelWords`."""
        lines = self._follower.stdout
        if lines is None:
            return
        with self._follower, lines:
            while line := lines.readline(_LONGEST_LINE):
                word = parse_journal(line)
                if word is not None:
                    yield word

    def close(self) -> None:
        """See `KernelWords`."""
        self._follower.terminate()


def may_read_journal(folders: tuple[Path, ...] = JOURNALS) -> bool:
    """Tell whether this account reads the system's journal: without that right `journalctl` shows its own part only."""
    if shutil.which(FOLLOW[0]) is None:
        return False
    with suppress(OSError):
        return any(os.access(file, os.R_OK) for folder in folders for file in folder.glob("*/system.journal"))
    return False


def find_kernel_log(kmsg: Path = KMSG, folders: tuple[Path, ...] = JOURNALS) -> Callable[[], KernelWords] | None:
    """Return what opens the log that this account may read; None where it may read none."""
    with suppress(OSError):
        os.close(os.open(kmsg, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
        return lambda: KmsgWords(kmsg)
    return JournalWords if may_read_journal(folders) else None
