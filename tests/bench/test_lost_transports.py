"""Transports that a real adb server loses in the middle of a call, at every 64 kB and around the last byte.

The tablet is a virtual one; that it is gone is told by the server alone, in both versions that benches have.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from provision.bench.adb import AdbHost, ServerAddress
from provision.bench.link import AdbTransport
from provision.errors import TabletGone
from provision.virtual.android.contract import Effect, ReadInput, Reply
from tests.conftest import SYSTEM_ADB, bundled_adb, make_server, needs_system_adb
from tests.virtual.tiny_tablet import LiveBench, TinyTablet, banner, run_bench

pytestmark = pytest.mark.front

STEP = 64 * 1024
SIZE = 16 * STEP
SECONDS = 20.0
PROGRAMS = {"29": SYSTEM_ADB, "36": bundled_adb()}
FILE = "/data/local/tmp/file"
SAID = "Success: all of it\n"


@dataclass
class YankedTablet(TinyTablet):
    """Takes an upload as far as it is told; then its cable is pulled, or breaks at the end of its answer.

    Attributes:
        at: bytes of input after which the cable is pulled.
        answers: whether it says all of its answer before its cable breaks.
        pull: begins to pull the cable, and waits for nothing.
    """

    at: int = 0
    answers: bool = False
    pull: Callable[[], object] = field(default=lambda: None)

    def _cmd(self, _words: list[str], read: ReadInput) -> Reply:
        left = self.at
        while left and (data := read(left)):
            left -= len(data)
        if self.answers:
            return Reply(SAID, effect=Effect.DROP)
        self.pull()
        while read(STEP):  # what came on the way already
            pass
        return Reply(SAID)


@dataclass
class Bed:
    """One tablet behind one adb server, as a bench reaches it."""

    live: LiveBench
    tablet: YankedTablet
    server: ServerAddress

    def connect(self) -> AdbTransport:
        """The tablet's transport, once it is plugged and listed."""
        self.live.plug("1")
        self.live.wait_online("1")
        host = AdbHost(ServerAddress("127.0.0.1", self.live.front.port))
        return AdbTransport(host, next(row for row in host.list_transports() if row.port == "1-1.1"))


@pytest.fixture(scope="module", params=[pytest.param("29-30", marks=needs_system_adb), "36-30"])
def bed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    program, api = request.param.split("-")
    folder = tmp_path_factory.mktemp(request.param)
    server = make_server(folder, PROGRAMS[program])
    tablet = YankedTablet(banner(int(api)))
    server.start()
    try:
        with run_bench(folder / "bench", [tablet], (server.host, server.port)) as live:
            tablet.pull = lambda: live.begin(live.bench.slot("1").unplug)
            bed = Bed(live, tablet, ServerAddress(server.host, server.port))
            yield bed
            bed.connect()  # a server that still looks for a lost tablet would meet a bench that is gone
    finally:
        server.kill()


def upload(transport: AdbTransport) -> object:
    return transport.exec_with_stdin("cmd", io.BytesIO(bytes(SIZE)), SIZE, seconds=SECONDS)


def outlived(bed: Bed, places: Sequence[int]) -> dict[int, object]:
    """The places at which an upload whose cable was pulled there ended otherwise than as lost."""
    others: dict[int, object] = {}
    for bed.tablet.at in places:
        try:
            others[bed.tablet.at] = upload(bed.connect())
        except TabletGone:
            continue
    return others


def test_an_upload_that_lost_its_transport_after_the_last_byte_is_lost(bed: Bed) -> None:
    assert outlived(bed, [SIZE]) == {}


@pytest.mark.later
def test_an_upload_that_lost_its_transport_with_the_answer_said_is_lost(bed: Bed) -> None:
    bed.tablet.at, bed.tablet.answers = SIZE, True
    try:
        with pytest.raises(TabletGone):
            upload(bed.connect())
    finally:
        bed.tablet.answers = False


@pytest.mark.later
def test_an_upload_is_lost_wherever_its_transport_was(bed: Bed) -> None:
    places = [place + off for place in range(STEP, SIZE + 1, STEP) for off in (-1, 0)]
    assert outlived(bed, [1, *places]) == {}


class YankingSource(io.BytesIO):
    """A file that pulls the cable while its byte `at` is read."""

    def __init__(self, at: int, pull: Callable[[], object]) -> None:
        super().__init__(bytes(SIZE))
        self._at, self._pull = at, pull

    def read(self, size: int | None = -1) -> bytes:
        before = self.tell()
        data = super().read(size)
        if before <= self._at < self.tell():
            self._pull()
        return data


@pytest.mark.later
def test_a_push_is_lost_wherever_its_transport_was(bed: Bed) -> None:
    kept: list[int] = []
    for at in [*range(0, SIZE, STEP), SIZE - 1]:
        transport = bed.connect()
        source = YankingSource(at, lambda: bed.live.unplug("1"))
        try:
            transport.push(source, SIZE, FILE, seconds=SECONDS)
        except TabletGone:
            continue
        kept.append(at)
    assert kept == []


@pytest.mark.later
def test_a_pull_is_whole_or_lost_wherever_its_transport_was(bed: Bed) -> None:
    """What was on the way when the cable was pulled may be the rest of the file; half of one is never taken for it."""
    content = os.urandom(SIZE * 4)
    bed.tablet.files[FILE] = content
    others, lost = [], 0
    for at in [*range(0, len(content), 4 * STEP), len(content)]:
        transport, got = bed.connect(), bytearray()

        def sink(piece: bytes, at: int = at, got: bytearray = got) -> None:
            if len(got) <= at < len(got) + len(piece):
                bed.live.unplug("1")
            got.extend(piece)

        try:
            transport.pull(FILE, sink, seconds=SECONDS)
        except TabletGone:
            lost += 1
            continue
        others += [at] * (bytes(got) != content)
    assert others == []
    assert lost >= 4


@pytest.mark.later
def test_a_command_that_lost_its_transport_is_lost(bed: Bed) -> None:
    transport = bed.connect()
    with pytest.raises(TabletGone):
        transport.shell("drop", seconds=SECONDS)


CALLS: tuple[Callable[[AdbTransport], object], ...] = (
    lambda transport: transport.shell("say x", seconds=SECONDS),
    lambda transport: transport.shell("say x", seconds=SECONDS, merged=True),
    lambda transport: transport.exec_with_stdin("say x", io.BytesIO(), 0, seconds=SECONDS),
    lambda transport: transport.push(io.BytesIO(b"x"), 1, FILE, seconds=SECONDS),
    lambda transport: transport.pull(FILE, bytearray().extend, seconds=SECONDS),
)


def call_again_and_again(call: Callable[[AdbTransport], object], transport: AdbTransport) -> None:
    """A server takes some milliseconds to see that a tablet is gone."""
    for _ in range(5000):
        call(transport)


@pytest.mark.later
def test_whatever_a_server_says_of_a_tablet_that_is_just_lost_is_lost(bed: Bed) -> None:
    """`closed`, `device offline`, `not found` or nothing, as version and moment have it; asked without the front."""
    host = AdbHost(bed.server)
    bed.tablet.files[FILE] = b"x"
    for call in CALLS * 3:
        bed.connect()
        emulator = bed.live.bench.slot("1").emulator
        transport = AdbTransport(host, next(row for row in host.list_transports() if row.serial == emulator))
        call(transport)
        bed.live.begin(bed.live.bench.slot("1").unplug)
        with pytest.raises(TabletGone):
            call_again_and_again(call, transport)
