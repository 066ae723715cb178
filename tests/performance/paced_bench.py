"""A training bench as slow as real hubs and tablets are, behind a real adb server: what installation is measured on.

Figures of the reference (adb host side, section 4): six apps of 400 MB together, a hub carries 35 MB/s, a commit takes
4 s + 0.08 s/MB. The reference ran them at 1/10 of size and time. Here time is 1/10, too, and sizes 1/40, with links as
much slower: the order of work is what takes the time then, and not the two cores that play 24 tablets.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from provision.bench.adb import AdbHost, ServerAddress, TransportRow
from provision.bench.link import AdbTransport
from provision.virtual.android.model import load_model
from provision.virtual.control import BenchClient
from provision.virtual.pace import FILE
from tests.conftest import AdbServer
from tests.model_captures import capture_of
from tests.performance.training_bench import listed, running
from tests.waiting import wait_until

LINK, COMMIT, COMMIT_PER_MEGABYTE = 35e6, 4.0, 0.08
JOIN = 0.4
HASH_PER_MEGABYTE = 0.01
"""Nobody measured it on a tablet: 100 MB/s, between what their storage reads and what the oldest processors hash."""
MEGABYTES = (20, 40, 50, 70, 100, 120)
MODELS = ("samsung-sm-t510", "lenovo-tb328fu", "samsung-sm-p615", "samsung-sm-x216b")
"""Tablets that take sessions, and that no maker's gate stops: Android 11, 13 and 16."""


def commit_seconds(megabytes: float) -> float:
    """How long a tablet works on one app."""
    return COMMIT + COMMIT_PER_MEGABYTE * megabytes


@dataclass(frozen=True)
class Figures:
    """What one bench is made of.

    Attributes:
        hubs: tablets are dealt to them in turn.
        tablets: how many there are.
        time: real seconds for a second of the figures.
        size: real bytes for a byte of the figures.
    """

    hubs: int
    tablets: int = 24
    time: float = 0.1
    size: float = 0.025

    @property
    def bound(self) -> float:
        """Seconds, as in the figures, that no order of work stays below (reference, "Lower bound per hub")."""
        commits = [commit_seconds(size) for size in MEGABYTES]
        by_link = -(-self.tablets // self.hubs) * sum(MEGABYTES) * 1e6 / LINK + min(commits)
        return max(by_link, sum(commits) + min(MEGABYTES) * 1e6 / LINK)

    @property
    def whole_bound(self) -> float:
        """The bound of a whole run: the agent is an app more, whose few bytes count for nothing."""
        return self.bound + COMMIT

    @property
    def sizes(self) -> tuple[float, ...]:
        """Real megabytes of each app."""
        return tuple(size * self.size for size in MEGABYTES)

    def write(self, home: Path) -> None:
        """The pace of a new home, and a capture a tablet, so that all its tablets are these models."""
        pace = {
            "hubs": self.hubs,
            "bytes_per_second": LINK * self.size / self.time,
            "commit": COMMIT * self.time,
            "commit_per_megabyte": COMMIT_PER_MEGABYTE * self.time / self.size,
            "hash_per_megabyte": HASH_PER_MEGABYTE * self.time / self.size,
            "join": JOIN * self.time,
        }
        (home / FILE).parent.mkdir(exist_ok=True)
        (home / FILE).write_text(yaml.safe_dump(pace), "utf-8")
        (home / "captures").mkdir(exist_ok=True)
        for number in range(self.tablets):
            text = capture_of(load_model(MODELS[number // self.hubs % len(MODELS)])).to_json()
            (home / "captures" / f"{number:02}.json").write_text(text, "utf-8")


@dataclass(frozen=True)
class PacedTablet:
    """One tablet of a paced bench, reached without the bench's front: its bytes go through the adb server alone."""

    slot: str
    row: TransportRow
    host: AdbHost

    def open(self) -> AdbTransport:
        """A transport of the product."""
        return AdbTransport(self.host, self.row)


@dataclass(frozen=True)
class PacedBench:
    """A running bench.

    Attributes:
        figures: what it is made of.
        server: the real adb server.
        client: to change tablets by.
        tablets: in the order of their slots.
    """

    figures: Figures
    server: AdbServer
    client: BenchClient
    tablets: tuple[PacedTablet, ...]


def find_memory(size: int) -> Path | None:
    """A folder in memory with so much room, where there is one: disks are no part of what is measured."""
    folder = Path("/dev/shm")  # noqa: S108 # a folder of its own is made in it
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > size else None


@contextmanager
def undisturbed() -> Iterator[None]:
    """This thread, and all it starts, go before what else the computer does, where that is permitted (root)."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


@contextmanager
def paced(figures: Figures) -> Iterator[PacedBench]:
    """A bench of these figures in a new home, all its tablets ready."""
    memory = find_memory(int(2e6 * figures.tablets * sum(figures.sizes)))
    with running(figures.tablets, figures.write, memory) as bench:
        server, client = bench.server, bench.client
        wait_until(lambda: listed(client) == figures.tablets, "all tablets are ready", 60)
        host = AdbHost(ServerAddress(server.host, server.port))
        ports = {slot["port"]: int(slot["slot"]) for slot in client.status()["slots"]}
        shown = AdbHost(ServerAddress(*client.front)).list_transports()
        slots = {row.transport_id: ports[row.port] for row in shown if row.port}
        rows = sorted((slots[row.transport_id], row) for row in host.list_transports())
        yield PacedBench(figures, server, client, tuple(PacedTablet(str(slot), row, host) for slot, row in rows))
