"""How quick the training bench is: `python -m tests.performance.training_bench [--tablets 120]`.

Prints, as one JSON object: seconds until 24 tablets of a new home are listed as `device`; the round trip of one
`getprop NAME` over a bench of many tablets, asked in turn (p50, p95, in milliseconds), and the processor
time of the bench for each; the same for a batch of all properties asked of all tablets at once.
The machine should be idle: the figures are wall-clock time, but for `cpu_ms`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.virtual.control import NOTE, BenchClient
from tests.conftest import AdbServer, bundled_adb, make_server
from tests.virtual.smart_client import ask
from tests.waiting import wait_until

NEW_BENCH = 24
LINE = "getprop ro.build.version.sdk"
ALL = "getprop"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A running bench.

    Attributes:
        process: its own.
        client: its control connection.
        seconds: until all tablets that will be were listed.
        server: the real adb server.
    """

    process: subprocess.Popen[bytes]
    client: BenchClient
    seconds: float
    server: AdbServer


@contextmanager
def running(
    count: int, prepare: Callable[[Path], None] = lambda _home: None, within: Path | None = None
) -> Iterator[Running]:
    """A bench of so many tablets in a new home, which `prepare` is given first; `within` a folder, else a usual one."""
    with tempfile.TemporaryDirectory(dir=within) as folder:
        server = make_server(Path(folder), bundled_adb())
        server.start()
        try:
            home = Path(folder) / "home"
            home.mkdir()
            prepare(home)
            with _bench(home, server, count) as (process, client, began):
                wanted = len(ready_ports(client))
                wait_until(lambda: listed(client) >= wanted, f"{wanted} tablets are ready", 60)
                yield Running(process, client, time.monotonic() - began, server)
        finally:
            server.kill()


@contextmanager
def _bench(home: Path, server: AdbServer, count: int) -> Iterator[tuple[subprocess.Popen[bytes], BenchClient, float]]:
    words = [sys.executable, "-m", "provision.virtual.process", "--home", str(home), "--count", str(count)]
    began = time.monotonic()
    process = subprocess.Popen([*words, "--adb-server", f"127.0.0.1:{server.port}"])
    try:
        wait_until(lambda: (home / NOTE).exists() or process.poll() is not None, "the bench is ready", 60)
        yield process, BenchClient.open(home), began
    finally:
        process.terminate()
        process.wait()


def listed(client: BenchClient) -> int:
    """Tablets that are ready for commands."""
    return ask(client.front[1], "host:devices").count(b"\tdevice\n")


def ready_ports(client: BenchClient) -> list[str]:
    """Ports of the tablets that need no hand; a tablet that waits for Allow for some seconds is left out."""
    return [slot["port"] for slot in client.status()["slots"] if slot["slot"] != "7"]


def round_trip(front: tuple[str, int], port: str, line: str) -> tuple[float, bytes]:
    """One shell line on one tablet: seconds, and what it said."""
    began = time.monotonic()
    with socket.create_connection(front, 30) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _request(sock, f"host:tport:serial:usb:{port}", struct.calcsize("<Q"))
        _request(sock, f"shell:{line}", 0)
        said = b"".join(iter(lambda: sock.recv(1 << 16), b""))
    return time.monotonic() - began, said


def _request(sock: socket.socket, text: str, more: int) -> None:
    sock.sendall(f"{len(text):04x}{text}".encode())
    answer = b""
    while len(answer) < len(b"OKAY") + more:
        piece = sock.recv(len(b"OKAY") + more - len(answer))
        assert piece, f"{text}: closed after {answer!r}"
        answer += piece
    assert answer.startswith(b"OKAY"), answer


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def describe(seconds: Sequence[float], cpu: float) -> dict[str, float]:
    """The figures of one series in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    figures = {"p50_ms": cuts[49], "p95_ms": cuts[94], "p99_ms": cuts[98], "cpu_ms": cpu / len(seconds)}
    return {name: round(value * 1000, 2) for name, value in figures.items()}


def measure_round_trips(tablets: int, rounds: int) -> dict[str, object]:
    """Series over one bench: each tablet in turn, then all at once."""
    with running(tablets) as bench:
        client, process, started = bench.client, bench.process, bench.seconds
        front, ports = client.front, ready_ports(client)
        before = cpu_seconds(process.pid)
        in_turn = [round_trip(front, port, LINE)[0] for _ in range(rounds) for port in ports]
        middle = cpu_seconds(process.pid)
        with ThreadPoolExecutor(len(ports)) as pool:
            began = time.monotonic()
            batch = [seconds for seconds, _ in pool.map(lambda port: round_trip(front, port, ALL), ports * rounds)]
            whole = time.monotonic() - began
        after = cpu_seconds(process.pid)
    return {
        "tablets": tablets,
        "start_s": round(started, 2),
        "in_turn": describe(in_turn, middle - before),
        "all_at_once": describe(batch, after - middle) | {"fleet_s": round(whole / rounds, 3)},
    }


def measure_start(count: int = NEW_BENCH) -> float:
    """Seconds until a new bench of so many tablets is ready."""
    with running(count) as bench:
        return bench.seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tablets", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    figures = {
        "start_24_s": round(min(measure_start() for _ in range(3)), 2),
        **measure_round_trips(given.tablets, given.rounds),
        "load": os.getloadavg()[0],
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
