"""One run in a thread of its own: signals and the overall deadline end it, and never lock it up."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from provision.cli.once import Leash
from provision.cli.stopping import on_stop
from provision.terms import Reason
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
    leash = Leash(work.cancel)
    with on_stop(lambda: leash.pull(Reason.STOPPED_BY_OPERATOR)):
        assert leash.hold(work.signal_while_locked, SECONDS)
    assert leash.cause is Reason.STOPPED_BY_OPERATOR


def test_a_run_that_never_ends_is_ended_as_hung() -> None:
    work = Work()
    leash = Leash(work.cancel)
    assert leash.hold(lambda: work.cancelled.wait(SECONDS), 0.05)
    assert leash.cause is Reason.TABLET_HUNG


def test_the_first_reason_counts() -> None:
    work = Work()
    leash = Leash(work.cancel)
    leash.pull(Reason.STOPPED_BY_OPERATOR)
    leash.pull(Reason.TABLET_HUNG)
    assert leash.cause is Reason.STOPPED_BY_OPERATOR


def test_the_work_has_a_thread_of_its_own_and_its_error_comes_through() -> None:
    def fail() -> None:
        raise ValueError(threading.current_thread() is threading.main_thread())

    with pytest.raises(ValueError, match="False"):
        Leash(lambda: None).hold(fail, SECONDS)
