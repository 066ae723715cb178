"""Two benches tell one register without end while something fails under them, again and again."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, Select, select
from waiting import wait_until

from provision.errors import ProvisionError
from provision.register.sql.numbers import reserve
from provision.register.sql.opening import open_shared
from provision.register.sql.schema import EVENT, TABLET
from tests.register.cuttable_link import CuttableLink, make_link
from tests.register.house_bed import Bench, make_bench
from tests.register.postgres_server import PASSWORD, Server, make_server

pytestmark = pytest.mark.later

KILLS = int(os.environ.get("PROVISION_KILLS", "5"))
"""How often each fault comes; 100 when somebody wants to know."""

EACH = int(os.environ.get("PROVISION_NUMBERS", "60"))
"""Tablets of each of two benches that number at once; 500 when somebody wants to know."""

OPENS = """
import sys
from pathlib import Path
from provision.errors import ProvisionError
from provision.records.keys import load_keys
from provision.register.events import EventKind, tell_words
from provision.register.settings import RegisterAddress
from provision.register.sql.register import open_register
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
home, prefix, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
address = RegisterAddress("127.0.0.1", port, "postgres", "bench", Secret(sys.stdin.readline().strip().encode()), None)
with open_register(home, load_keys(home / "keys").home, prefix, address) as register:
"""

WRITES = """
    for count in range(1, 1_000_000):
        register._rests_until = 0.0
        try:
            name = register.allot(0, f"{prefix}{count}", f"i{prefix}{count}")
            register.tell(tell_words(name, EventKind.NOTED, "hotline", f"{name} {count}"))
        except ProvisionError:
            print("failed", flush=True)
            continue
        print(name, count, flush=True)
        try:
            register.sync()
        except ProvisionError:
            pass
"""
"""A bench that numbers tablets and tells of them without end; what it announced stands on its output."""

NUMBERS = """
    with open_bench_state(home) as state:
        registry = state.open_registry(prefix, register)
        print("ready", flush=True)
        sys.stdin.readline()
        for tablet in sys.argv[4].split(","):
            found, _ = registry.check_in(f"S{tablet}", f"i{tablet}")
            print(tablet, found.asset_id, flush=True)
"""
"""A bench to which some tablets are plugged in one after the other."""


@dataclass
class Process:
    """A bench's process: what it announced, and how often it could not write."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def read(self) -> None:
        """Collect what it says until it ends; a line that was cut off is none."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "failed\n":
                self.failed += 1
            elif line.endswith("\n"):
                self.lines.append(line.strip())

    def limit(self, size: int) -> None:
        """Let its files not grow beyond some bytes: as a full disk, of which it gets an error."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def start_bench(bench: Bench, port: int, work: str, *words: str) -> tuple[Process, threading.Thread]:
    given = [sys.executable, "-c", OPENS + work, str(bench.bed.folder), bench.prefix, str(port), *words]
    process = Process(subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    assert process.process.stdin is not None
    process.process.stdin.write(PASSWORD + "\n")
    process.process.stdin.flush()
    reader = threading.Thread(target=process.read, daemon=True)
    reader.start()
    return process, reader


def end(process: Process, reader: threading.Thread) -> None:
    """Let go of a process that ends."""
    reader.join()
    process.process.communicate()


@pytest.fixture
def server() -> Iterator[Server]:
    with make_server() as made:
        yield made


@pytest.fixture
def link(server: Server) -> Iterator[CuttableLink]:
    with make_link(server.port) as made:
        yield made


def kill_server(server: Server, _link: CuttableLink, _benches: list[Process]) -> None:
    server.kill()
    server.start()


def cut_link(_server: Server, link: CuttableLink, benches: list[Process]) -> None:
    """Cut, until each bench announced something without the server."""
    link.cut()
    try:
        wait_for_more(benches)
    finally:
        link.mend()


def fill_disks(_server: Server, _link: CuttableLink, benches: list[Process]) -> None:
    """The benches' own disks take nothing, until each was told so."""
    before = [each.failed for each in benches]
    for each in benches:
        each.limit(0)
    try:
        wait_until(
            lambda: all(each.failed > count for each, count in zip(benches, before, strict=True)), "a full disk", 60
        )
    finally:
        for each in benches:
            each.limit(resource.RLIM_INFINITY)


def fill_server(server: Server, _link: CuttableLink, benches: list[Process]) -> None:
    """The server's disk takes nothing: it ends by itself where it cannot write its log, and is started again."""
    server.limit()
    try:
        with pytest.raises(ProvisionError), closing(open_shared(server.address())) as shared:
            shared.write(partial(reserve, prefix="Z", last=0))
        wait_for_more(benches)
    finally:
        server.kill()
        server.start()


def wait_for_more(benches: list[Process]) -> None:
    before = [len(each.lines) for each in benches]
    wait_until(
        lambda: all(len(each.lines) > count + 1 for each, count in zip(benches, before, strict=True)),
        "events of both benches",
        120,
    )


def read_values(query: Select[tuple[str]], connection: Connection) -> list[str]:
    return list(connection.execute(query).scalars())


@pytest.mark.parametrize("hurt", [kill_server, cut_link, fill_disks, fill_server])
def test_nothing_that_was_announced_is_lost_and_no_number_given_twice(
    server: Server,
    link: CuttableLink,
    tmp_path: Path,
    hurt: Callable[[Server, CuttableLink, list[Process]], None],
) -> None:
    benches = [make_bench(tmp_path / prefix, prefix) for prefix in "AB"]
    started = [start_bench(bench, link.port, WRITES) for bench in benches]
    processes = [process for process, _ in started]
    try:
        for _ in range(KILLS):
            wait_for_more(processes)
            hurt(server, link, processes)
        wait_for_more(processes)
    finally:
        for process, reader in started:
            process.process.kill()
            end(process, reader)
    for bench in (*benches, benches[0]):
        with bench.open(server.address()) as register:
            register.sync()
    lines = [line for each in processes for line in each.lines]
    names = Counter(line.split()[0] for line in lines)
    assert len(lines) > 2 * KILLS
    assert [name for name, count in names.items() if count > 1] == [], "given twice"
    bodies, told = select(EVENT.c.body).where(EVENT.c.kind == "noted"), select(TABLET.c.number)
    shared = open_shared(server.address())
    try:
        notes, known = (set(shared.read(partial(read_values, query))) for query in (bodies, told))
    finally:
        shared.close()
    assert [line for line in lines if f'{{"text":"{line}"}}' not in notes] == [], "announced, and lost"
    assert names.keys() - known == set()


def test_two_benches_number_at_once(server: Server, tmp_path: Path) -> None:
    """Each tablet has one number, each number one tablet; some are shown to both."""
    both = EACH // 10
    benches = [make_bench(tmp_path / prefix, prefix) for prefix in "AB"]
    tablets = (range(EACH + both), range(EACH, 2 * EACH))
    started = [
        start_bench(bench, server.port, NUMBERS, ",".join(map(str, those)))
        for bench, those in zip(benches, tablets, strict=True)
    ]
    wait_until(lambda: all(process.lines == ["ready"] for process, _ in started), "two benches", 60)
    for process, _ in started:
        assert process.process.stdin is not None
        process.process.stdin.write("go\n")
        process.process.stdin.flush()
    for process, reader in started:
        assert process.process.wait(600) == 0
        end(process, reader)
    given = [line.split() for process, _ in started for line in process.lines[1:]]
    numbers: dict[str, set[str]] = {}
    for tablet, number in given:
        numbers.setdefault(tablet, set()).add(number)
    assert len(given) == 2 * EACH + both
    assert {tablet: names for tablet, names in numbers.items() if len(names) != 1} == {}
    names = {name for (name,) in numbers.values()}
    assert len(names) == len(numbers) == 2 * EACH
    shared = open_shared(server.address())
    try:
        assert set(shared.read(partial(read_values, select(TABLET.c.number)))) == names
    finally:
        shared.close()
