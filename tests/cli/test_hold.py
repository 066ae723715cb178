"""One run in a thread of its own: signals and the overall deadline end it, and never lock it up."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from provision.cli.ending import on_stop
from provision.cli.once import hold
from tests.waiting import SECONDS


class Work:
    """Waits until cancelled; its cancel takes a lock that is not re-entrant, as a transport's does."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.cancelled = threading.Event()

    def cancel(self) -> None:
        """From any thread."""
        with self.lock:
            self.cancelled.set()

    def signal_while_locked(self) -> bool:
        """The signal arrives at the worst moment: the work holds the lock that `cancel` needs."""
        with self.lock:
            os.kill(os.getpid(), signal.SIGINT)
        return self.cancelled.wait(SECONDS)


def test_a_signal_while_the_run_holds_its_lock_ends_the_run() -> None:
    work = Work()
    with on_stop(work.cancel):
        assert hold(work.signal_while_locked, SECONDS, lambda: None)


def test_work_that_never_ends_is_ended() -> None:
    work = Work()
    assert hold(lambda: work.cancelled.wait(SECONDS), 0.05, work.cancel)


def test_the_work_has_a_thread_of_its_own_and_its_error_comes_through() -> None:
    def fail() -> None:
        raise ValueError(threading.current_thread() is threading.main_thread())

    with pytest.raises(ValueError, match="False"):
        hold(fail, SECONDS, lambda: None)
