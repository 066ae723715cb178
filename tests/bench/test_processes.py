"""Processes by number and start time, ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.bench.processes import Process, find_process
from tests.waiting import wait_until

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
HEEDING = "import time; print(flush=True); time.sleep(60)"
HALF_ENDED = (
    "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start(); "
    "print(flush=True); ctypes.CDLL(None).pthread_exit(None)"
)


@pytest.fixture
def child(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A program under way; it has said its first line."""
    with subprocess.Popen([sys.executable, "-c", request.param], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running
        running.kill()


def found(child: subprocess.Popen[bytes]) -> Process:
    """The process of a child."""
    process = find_process(child.pid)
    assert process is not None
    return process


@pytest.mark.parametrize(("child", "number"), [(HEEDING, signal.SIGTERM), (DEAF, signal.SIGKILL)], indirect=["child"])
def test_a_process_is_asked_first_and_killed_only_when_it_is_deaf(
    child: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    process = found(child)
    assert process.end(0.2)
    assert not process.is_alive()
    assert child.wait() == -number


@pytest.mark.parametrize("child", [HEEDING], indirect=True)
def test_another_process_with_the_same_number_is_not_touched(child: subprocess.Popen[bytes]) -> None:
    earlier = Process(child.pid, found(child).started - 1)
    assert not earlier.is_alive()
    assert earlier.end(0.2)
    assert found(child).is_alive()


@pytest.mark.parametrize("child", [HEEDING], indirect=True)
def test_a_process_that_ended_but_was_not_waited_for_is_over(child: subprocess.Popen[bytes]) -> None:
    process = found(child)
    os.kill(child.pid, signal.SIGKILL)
    assert process.await_end(5)
    assert Path(f"/proc/{child.pid}").exists(), "a zombie: nobody has waited for it"


@pytest.mark.parametrize("child", [HALF_ENDED], indirect=True)
def test_a_process_whose_main_thread_alone_ended_is_still_there(child: subprocess.Popen[bytes]) -> None:
    process, stat = found(child), Path(f"/proc/{child.pid}/stat")
    wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z", "the main thread ended")
    assert not process.await_end(0.2)
    assert process.end(0.2)


def test_a_number_that_nobody_has_is_no_process() -> None:
    assert find_process(2**22 + 1) is None
