"""The training bench as a process of its own: `python -m provision.virtual.process --home HOME ...`.

Order: build the roster, open the tablets, connect them, listen, then write `bench/bench.json`; whoever
reads that file finds everything ready. It ends on SIGTERM or SIGINT, on the control verb `stop`, when
the home or its note is gone or belongs to another bench, and after 30 minutes without any client.
It has its own session: the end of the station that started it does not touch it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.errors import ProvisionError, TrainingError
from provision.files import write_atomically
from provision.virtual.air import read_air
from provision.virtual.android.tablet import open_tablet
from provision.virtual.bench import Berth, TrainingBench
from provision.virtual.control import NOTE
from provision.virtual.control_server import Bookkeeping, ControlServer
from provision.virtual.front import Front
from provision.virtual.offline import TABLETS, mutations_of, note_roster
from provision.virtual.oracle.model import ExpectedOutcome, SiteRequirements
from provision.virtual.oracle.rules import predict_outcome
from provision.virtual.pace import read_pace
from provision.virtual.roster import build_roster, find_captures
from provision.virtual.smart_socket import RealServer

IDLE_SECONDS = 30 * 60.0
LOOK_SECONDS = 1.0
PRIVATE = 0o600
STACK_BYTES = 1024 * 1024
NOT_STARTED = 2


@dataclass(frozen=True)
class Settings:
    """The command line.

    Attributes:
        home: a training home.
        server: the real adb server.
        count, seed: what the roster is made of.
        shell: the host's shell program, None for the first found.
        front_port: where the front listens, 0 for a free port.
        idle: seconds without a client after which the bench ends.
    """

    home: Path
    server: RealServer
    count: int
    seed: int
    shell: Path | None
    front_port: int
    idle: float


def main(words: Sequence[str] | None = None) -> int:
    """Run until told to end; 0, or 2 when it cannot start (the reason on standard error)."""
    settings = parse_words(words)
    with contextlib.suppress(OSError):  # already the leader of its session
        os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.stack_size(STACK_BYTES)  # where addresses are limited (`ulimit -v`), 8 MiB a thread would be all of them
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,  # a library of the APK reader sets the root logger to DEBUG when it is imported
    )
    try:
        asyncio.run(serve(settings))
    except (ProvisionError, OSError) as error:
        sys.stderr.write(f"training bench: {error}\n")
        return NOT_STARTED
    return 0


def parse_words(words: Sequence[str] | None) -> Settings:
    """Read the command line; ends the process with status 2 on a wrong one."""
    parser = argparse.ArgumentParser(prog="provision.virtual.process", description="The training bench.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--adb-server", type=_server, required=True, metavar="HOST:PORT")
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shell", type=Path)
    parser.add_argument("--front-port", type=int, default=0)
    parser.add_argument("--idle-seconds", type=float, default=IDLE_SECONDS)
    given = parser.parse_args(words)
    return Settings(
        given.home.resolve(),
        given.adb_server,
        given.count,
        given.seed,
        given.shell,
        given.front_port,
        given.idle_seconds,
    )


def _server(text: str) -> RealServer:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, got {text!r}")
    return RealServer(host or "127.0.0.1", int(port))


async def serve(settings: Settings) -> None:
    """The whole life of the process.

    Raises:
        TrainingError: the home is missing, or its roster or a tablet cannot be opened.
    """
    if not settings.home.is_dir():
        raise TrainingError(f"{settings.home}: no such home")
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    bench, books = _open_bench(settings, stopped)
    token = secrets.token_hex(16)
    async with _running(bench, settings, books, token) as (front, control):
        note = _write_note(settings.home, front.port, control.port, token)
        try:
            await _until_over(settings, stopped, (front, control), token)
        finally:
            if _is_ours(note, token):
                note.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _running(
    bench: TrainingBench, settings: Settings, books: Bookkeeping, token: str
) -> AsyncIterator[tuple[Front, ControlServer]]:
    """Bench, front and control port, started; stopped in the other order."""
    front, control = Front(bench), ControlServer(bench, books, token)
    try:
        await bench.start()
        await front.start(settings.front_port)
        await control.start()
        yield front, control
    finally:
        await control.stop()
        await front.stop()
        await bench.stop()


def _open_bench(settings: Settings, stopped: asyncio.Event) -> tuple[TrainingBench, Bookkeeping]:
    """The tablets of the roster on their slots."""
    folder = settings.home / NOTE.parent
    folder.mkdir(exist_ok=True)
    places = build_roster(settings.count, settings.seed, find_captures(settings.home))
    pace, air = read_pace(settings.home), read_air(settings.home)
    links = pace.make_links()
    with ThreadPoolExecutor() as pool:  # each first state is synced to disk
        opened = pool.map(
            lambda place: open_tablet(folder / TABLETS / place.slot, place, adjust=pace.adjust, air=air), places
        )
        tablets = {place.slot: tablet for place, tablet in zip(places, opened, strict=True)}
    note_roster(settings.home, settings.count, settings.seed)
    berths = [
        Berth(
            place.slot,
            place.port,
            tablets[place.slot],
            place.plugged,
            Path(place.model).stem.split("-")[0],
            links[number % len(links)],
        )
        for number, place in enumerate(places)
    ]
    bench = TrainingBench(folder, berths, settings.server, settings.shell)

    def describe() -> dict[str, Any]:
        server = f"{settings.server.host}:{settings.server.port}"
        return {"count": settings.count, "seed": settings.seed, "adb_server": server}

    def predict(site: SiteRequirements) -> Mapping[str, ExpectedOutcome]:
        plugged = [place for place in places if bench.slot(place.slot).plugged]
        return {place.slot: predict_outcome(place, tablets[place.slot].device.state, site) for place in plugged}

    def journal(slot: str) -> list[dict[str, Any]]:
        return mutations_of(settings.home, slot)

    return bench, Bookkeeping(describe, journal, predict, stopped.set)


def _write_note(home: Path, front: int, control: int, token: str) -> Path:
    note = home / NOTE
    content = {"pid": os.getpid(), "front": f"127.0.0.1:{front}", "control": f"127.0.0.1:{control}", "token": token}
    write_atomically(note, json.dumps(content).encode(), mode=PRIVATE)
    return note


def _is_ours(note: Path, token: str) -> bool:
    """Tell whether the note still names this process; another bench may have taken the home over."""
    try:
        return bool(json.loads(note.read_text("utf-8"))["token"] == token)
    except (OSError, ValueError, KeyError, TypeError):
        return False


async def _until_over(
    settings: Settings, stopped: asyncio.Event, ports: tuple[Front, ControlServer], token: str
) -> None:
    """Wait for a reason to end."""
    last_client = time.monotonic()
    while not stopped.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), LOOK_SECONDS)
        if any(port.clients for port in ports):
            last_client = time.monotonic()
        if time.monotonic() - last_client > settings.idle or not _is_ours(settings.home / NOTE, token):
            return


if __name__ == "__main__":
    sys.exit(main())
