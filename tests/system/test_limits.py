"""A computer with little: memory, descriptors; and tablets and servers that would take all of it."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests import program
from tests.system.bench_runs import RUN_SECONDS, Ended, assert_records_right, by_hand, environment, make_home

MEMORY = 600_000
"""Kilobytes of addresses, as `ulimit -v` counts them."""


def run_limited(home: Path, limits: dict[int, int], *words: str) -> Ended:
    """Run a command on a home in a shell with such limits."""
    names = {resource.RLIMIT_AS: "v", resource.RLIMIT_NOFILE: "n"}
    line = "; ".join(f"ulimit -{names[which]} {most}" for which, most in limits.items())
    command = ["bash", "-c", f'{line}; exec "$@"', "bash", *program.PROGRAM, *words]
    env = {**environment(home), "PROVISION_HOME": str(home)}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
    events = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    return Ended(ended.returncode, tuple(events), ended.stderr)


@pytest.mark.later
def test_two_hostile_tablets_cost_the_eight_others_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 10)
    by_hand(home, "8", "mend", "hang:dumpsys")
    for slot, fault in (("6", "flood:dumpsys"), ("8", "flood:df")):
        by_hand(home, slot, "break", fault)
    words = ("station", "--virtual", "10", "--once", "--json")
    ended = run_limited(home, {resource.RLIMIT_AS: MEMORY}, *words)
    outcomes = {slot: tablet["outcome"] for slot, tablet in ended.tablets.items()}
    assert {slot for slot, outcome in outcomes.items() if outcome == "done"} == set("1234579") | {"10"}, ended.errors
    assert all("8388608 bytes" in ended.tablets[slot]["detail"] for slot in ("6", "8"))
    assert_records_right(home)


@contextmanager
def lying(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """An adb server that answers every request in its own way, for as long as somebody listens."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.recv(4096)
            say(peer)

    def serve() -> None:
        with suppress(OSError):
            while True:
                peer, _ = listener.accept()
                threading.Thread(target=talk, args=(peer,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def say_for_ever(words: bytes) -> Callable[[socket.socket], None]:
    def say(peer: socket.socket) -> None:
        peer.sendall(b"OKAY")
        while True:
            peer.sendall(words)

    return say


LIES = {
    "bytes": say_for_ever(bytes(65536)),
    "lengths": say_for_ever(b"ffff"),
    "negative lengths": say_for_ever(b"-001"),
    "digits": say_for_ever(b"fff0" + b"9" * 0xFFF0),
    "rows": say_for_ever(b"%04x" % 3000 + b"S device usb:1-1 transport_id:9999999999\n" * 71 + b"S" * 89),
}


@pytest.mark.later
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lying_adb_server_is_told_within_bounds(lie: Callable[[socket.socket], None], tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 2)
    with lying(lie) as address:
        words = ("plan", "--adb-server", address, "--slot", "1")
        ended = run_limited(home, {resource.RLIMIT_AS: MEMORY}, *words)
    assert ended.status in {1, 2}
    assert "Traceback" not in ended.errors
    assert "adb server" in ended.errors
    assert len(ended.errors) < 2000


@pytest.mark.later
@pytest.mark.parametrize("memory", [150_000, 180_000, 220_000, 300_000, 400_000])
def test_too_little_memory_is_a_sentence(memory: int, tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 8)
    words = ("station", "--virtual", "8", "--once", "--json")
    ended = run_limited(home, {resource.RLIMIT_AS: memory}, *words)
    assert "Traceback" not in ended.errors


def test_too_few_descriptors_are_named_before_work_begins(tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 8)
    words = ("station", "--virtual", "8", "--once", "--json")
    ended = run_limited(home, {resource.RLIMIT_NOFILE: 64}, *words)
    assert ended.status == 2
    assert "open 64 files and sockets, and 8 tablets at once need 192" in ended.errors
    assert not (home / "state" / "runs.jsonl").exists() or not (home / "state" / "runs.jsonl").read_text()


def test_a_soft_limit_is_raised_and_no_core_file_is_left(tmp_path: Path) -> None:
    """The limits of a living process, as the kernel shows them."""
    script = (
        "from provision.cli.process_limits import bound_process; bound_process(); "
        "print(open('/proc/self/limits').read()); import ctypes; "
        "print('dumpable', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    line = 'ulimit -Sn 256; ulimit -Sc unlimited 2>/dev/null; exec "$@"'
    command = ["bash", "-c", line, "bash", program.PROGRAM[0], "-c", script]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    rows = {row[:25].strip(): row[25:].split() for row in said.splitlines()}
    assert rows["Max core file size"][:2] == ["0", "0"]
    assert rows["Max open files"][0] == rows["Max open files"][1]
    assert "dumpable 0" in said
