"""The smallest tablet the wire can serve, and a bench of such tablets in a thread."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from provision.errors import TrainingError
from provision.virtual.android.contract import Banner, Effect, ReadInput, Reply, SyncRefused
from provision.virtual.bench import Berth, TrainingBench
from provision.virtual.front import Front
from provision.virtual.smart_socket import RealServer
from tests.virtual.smart_client import ask
from tests.waiting import wait_until

Result = TypeVar("Result")
BIG = "x" * 99_999 + "\n"
MODE, MTIME = 0o100644, 1_700_000_000


def banner(api: int = 30, serial: str = "T1", *, secure: bool = False) -> Banner:
    """What adbd of a release says of itself."""
    features = ("shell_v2", "cmd") if api >= 24 else ()
    features += ("stat_v2",) if api >= 26 else ()
    features += ("abb", "abb_exec") if api >= 29 else ()
    features += ("ls_v2",) if api >= 30 else ()
    payload = 4096 if api < 24 else (1 << 18 if api < 28 else 1 << 20)
    return Banner(
        api, 0x01000001 if api >= 28 else 0x01000000, payload, features, "prod", "Pad 1", "dev", serial, secure
    )


@dataclass
class TinyTablet:
    """Answers a few words and keeps files in memory; `faults` and `tap` are changed by tests."""

    banner: Banner
    tap: float | None = None
    fault: str | None = None
    adb_enabled: bool = True
    usb_silent: bool = False
    keys: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    boots: list[str] = field(default_factory=list)
    asked: int = 0
    words: frozenset[str] = frozenset(
        {"say", "big", "fail", "count", "cmd", "hang", "drop", "reboot", "off", "one", "slowly"}
    )

    def call(self, argv: Sequence[str], read_input: ReadInput) -> Reply:
        """Every word is a method."""
        return getattr(self, f"_{argv[0]}")(list(argv[1:]), read_input)

    def _say(self, words: list[str], _read: ReadInput) -> Reply:
        return Reply("".join(f"{word}\n" for word in words))

    def _big(self, _words: list[str], _read: ReadInput) -> Reply:
        return Reply(BIG)

    def _fail(self, _words: list[str], _read: ReadInput) -> Reply:
        return Reply("o\n", "e\n", 3)

    def _slowly(self, words: list[str], _read: ReadInput) -> Reply:
        return Reply("late\n", delay=float(words[0]))

    def _count(self, words: list[str], read: ReadInput) -> Reply:
        limit, size = int(words[0]) if words else 1 << 40, 0
        while size < limit and (data := read(min(limit - size, 1 << 16))):
            size += len(data)
        return Reply(f"{size}\n")

    def _cmd(self, words: list[str], read: ReadInput) -> Reply:
        """`cmd package install-write -S N ... -` prints the digest of its input; else the words."""
        if "-S" not in words:
            return self._say(words, read)
        left, digest = int(words[words.index("-S") + 1]), hashlib.sha256()
        while left and (data := read(left)):
            digest.update(data)
            left -= len(data)
        return Reply(f"Success: {digest.hexdigest()}\n" if not left else "Failure: short\n")

    def _hang(self, _words: list[str], _read: ReadInput) -> Reply:
        return Reply(delay=float("inf"))

    def _drop(self, _words: list[str], _read: ReadInput) -> Reply:
        return Reply("last words\n", effect=Effect.DROP)

    def _reboot(self, _words: list[str], _read: ReadInput) -> Reply:
        return Reply("bye\n", effect=Effect.REBOOT)

    def _off(self, _words: list[str], _read: ReadInput) -> Reply:
        self.adb_enabled = False
        return Reply("off\n")

    def _one(self, _words: list[str], read: ReadInput) -> Reply:
        return Reply(repr(read(1)) + "\n")

    def read_file(self, remote: str) -> bytes | None:
        return self.files.get(remote)

    def stat_file(self, remote: str) -> tuple[int, int, int] | None:
        if remote.rstrip("/") == "/data":
            return 0o40755, 0, MTIME
        return (MODE, len(self.files[remote]), MTIME) if remote in self.files else None

    def list_folder(self, remote: str) -> list[tuple[str, int, int, int]] | None:
        start = remote.rstrip("/") + "/"
        return [(name.removeprefix(start), MODE, len(data), MTIME) for name, data in self.files.items()]

    def write_file(self, remote: str, content: bytes, _mode: int) -> None:
        if not remote.startswith("/data/"):
            raise SyncRefused("couldn't create file: Permission denied")
        self.files[remote] = content

    def knows_key(self, public_key: str) -> bool:
        return public_key in self.keys

    def offer_key(self, _public_key: str) -> float | None:
        return self.tap

    def accept_key(self, public_key: str) -> None:
        self.keys.add(public_key)

    def wire_fault(self) -> str | None:
        self.asked += 1
        return self.fault or (None if self.adb_enabled else "refuse-connect")

    def reboot(self, mode: str) -> float:
        self.boots.append(mode)
        return 0.2

    def edit(self, verb: str, arguments: Sequence[str]) -> str:
        if verb not in {"break", "mend", "enable-adb", "allow"}:
            raise TrainingError(f"no edit {verb!r}")
        self.fault = arguments[0] if verb == "break" else None
        self.adb_enabled = self.adb_enabled or verb == "enable-adb"
        return f"fault: {self.fault}"


class LiveBench:
    """A bench and its front on an event loop in a thread, driven by ordinary calls."""

    def __init__(self, bench: TrainingBench, front: Front, loop: asyncio.AbstractEventLoop) -> None:
        self.bench, self.front, self._loop = bench, front, loop

    def do(self, work: Callable[[], Coroutine[None, None, Result]]) -> Result:
        """Run one coroutine on the bench's loop."""
        return self.begin(work).result(20)

    def begin(self, work: Callable[[], Coroutine[None, None, Result]]) -> Future[Result]:
        """Begin one coroutine on the bench's loop; from a thread of the bench that may not wait for it, too."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def plug(self, slot: str) -> None:
        self.do(self.bench.slot(slot).plug)

    def unplug(self, slot: str) -> None:
        self.do(self.bench.slot(slot).unplug)

    def is_online(self, slot: str) -> bool:
        adbd = self.bench.slot(slot).adbd
        return adbd is not None and adbd.online

    def wait_online(self, *slots: str) -> None:
        """Until both ends of each connection say so."""
        wait_until(lambda: all(self.is_online(slot) and self._is_listed(slot) for slot in slots), f"{slots} online")

    def _is_listed(self, slot: str) -> bool:
        rows = ask(self.front.port, "host:devices-l").decode().splitlines()
        return any(f" device usb:{self.bench.slot(slot).port} " in row for row in rows)


@contextmanager
def run_bench(
    folder: Path, tablets: Sequence[TinyTablet], server: tuple[str, int], shell: Path | None = None
) -> Iterator[LiveBench]:
    """A bench with one tablet a slot: `1` on 1-1.1, `2` on 1-1.2 and so on, all plugged."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    berths = [Berth(str(n), f"1-1.{n}", tablet, vendor="samsung") for n, tablet in enumerate(tablets, 1)]
    bench = TrainingBench(folder, berths, RealServer(*server), shell)
    live = LiveBench(bench, Front(bench), loop)
    try:
        live.do(bench.start)
        live.do(live.front.start)
        yield live
    finally:
        live.do(live.front.stop)
        live.do(bench.stop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
