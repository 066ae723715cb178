"""Processes told apart by their start time, and ended for certain."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provision.polling import poll

ASK_SECONDS = 3.0
KILL_SECONDS = 2.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Process:
    """One process; a later one with the same number is another.

    Attributes:
        started: clock ticks since boot (field 22 of /proc/PID/stat).
    """

    pid: int
    started: float

    def is_alive(self) -> bool:
        """Tell whether it still runs; one that ended and waits for its parent (a zombie) does not."""
        return find_process(self.pid) == self

    def end(self, ask_seconds: float = ASK_SECONDS) -> bool:
        """SIGTERM, and SIGKILL when it has not ended in time.

        Returns:
            False when even that did not end it within `KILL_SECONDS` (stuck in the kernel).
        """
        return self._end_by(signal.SIGTERM, ask_seconds) or self._end_by(signal.SIGKILL, KILL_SECONDS)

    def await_end(self, seconds: float) -> bool:
        """Tell whether it ended by itself within so many seconds."""
        return not poll(self.is_alive, lambda alive: not alive, seconds=seconds, every=POLL_SECONDS)

    def _end_by(self, number: signal.Signals, seconds: float) -> bool:
        if not self.is_alive():
            return True
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, number)
        return self.await_end(seconds)


def find_process(pid: int) -> Process | None:
    """The process that has this number now; None when there is none, or only its parent's news of it (a zombie).

    A main thread that ended before the others looks like a zombie, but files and sockets are still held.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, threads, started = fields[0], int(fields[17]), float(fields[19])
    return None if state in ("Z", "X") and threads <= 1 else Process(pid, started)
