"""What signals do to a command before its exit status."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from provision.cli.ending import interrupt_on_stop, on_hang_up


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Handlers of this process as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.getsignal(number)) for number in numbers]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def test_a_terminal_that_is_closed_is_told_once_and_ends_nothing() -> None:
    told: list[str] = []
    interrupt_on_stop()
    with on_hang_up(lambda: told.append("closed")):
        os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGHUP)
    assert told == ["closed"]


def test_under_nohup_a_closed_terminal_is_nothing() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    told: list[str] = []
    interrupt_on_stop()
    with on_hang_up(lambda: told.append("closed")):
        os.kill(os.getpid(), signal.SIGHUP)
    assert told == []
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_ctrl_c_is_an_interrupt() -> None:
    interrupt_on_stop()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
