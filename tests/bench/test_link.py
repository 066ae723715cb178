"""The transport over a real socket, against an end that answers early, slowly, wrongly or not at all."""

from __future__ import annotations

import io
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

import pytest

from provision.bench.adb import AdbHost, ServerAddress
from provision.bench.link import AdbTransport
from provision.errors import AnswerError, Cancelled, DeadlinePassed, ServerGone, TabletGone
from provision.transport import Answer
from tests.bench.smart_double import ROW, Script, SmartDouble, read_exact, serving

LARGE = 40 * 1024 * 1024
NO_SPACE = "Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE: no space]\n"


def transport_to(address: ServerAddress) -> AdbTransport:
    """A transport to the double's one tablet."""
    return AdbTransport(AdbHost(address), ROW)


def feed(transport: AdbTransport, size: int = LARGE, seconds: float = 20, source: BinaryIO | None = None) -> Answer:
    """Feed so many bytes to an installation."""
    given = source or io.BytesIO(bytes(size))
    return transport.exec_with_stdin("cmd package install-write 1 a -", given, size, seconds=seconds)


def push(transport: AdbTransport, size: int = LARGE, seconds: float = 20, source: BinaryIO | None = None) -> None:
    """Push so many bytes."""
    transport.push(source or io.BytesIO(bytes(size)), size, "/data/local/tmp/a.apk", seconds=seconds)


def say_after(size: int, said: bytes, *, marked: bool = False) -> Script:
    """Take the first bytes, say something, and close with the rest unread: the sender meets a reset."""

    def play(peer: socket.socket, service: str) -> None:
        read_exact(peer, size)
        peer.sendall(said + (end_of(service) if marked else b""))

    return play


def end_of(service: str) -> bytes:
    """What the shell prints after a line that asks for its mark, with status 0."""
    return (service.rpartition("echo ")[2].removesuffix("$?") + "0\n").encode()


def fail(text: str) -> bytes:
    """FAIL of the sync service."""
    return struct.pack("<4sI", b"FAIL", len(text)) + text.encode()


def stay_silent(peer: socket.socket, _service: str) -> None:
    """Read nothing, say nothing, until the other side goes."""
    gone = select.poll()
    gone.register(peer, select.POLLRDHUP)
    gone.poll(30_000)


@pytest.mark.parametrize("taken", [0, 4096, 10 * 1024 * 1024])
def test_a_refusal_in_the_middle_of_a_feed_is_an_answer(taken: int) -> None:
    with serving(say_after(taken, NO_SPACE.encode(), marked=True)) as double:
        assert feed(transport_to(double.address)) == Answer(NO_SPACE, "", None)


@pytest.mark.parametrize("taken", [0, 4096, 10 * 1024 * 1024])
def test_a_refusal_in_the_middle_of_a_push_is_told_in_the_tablets_words(taken: int) -> None:
    with (
        serving(say_after(taken, fail("No space left on device"))) as double,
        pytest.raises(AnswerError, match="No space left on device"),
    ):
        push(transport_to(double.address))


def test_a_tablet_that_refuses_a_push_and_reads_no_more_is_heard_at_once() -> None:
    done = threading.Event()

    def play(peer: socket.socket, _service: str) -> None:
        peer.sendall(fail("Read-only file system"))
        done.wait(20)

    with serving(play) as double:
        try:
            with pytest.raises(AnswerError, match="Read-only file system"):
                push(transport_to(double.address))
        finally:
            done.set()


def test_an_okay_before_everything_was_sent_is_no_success() -> None:
    with (
        serving(say_after(0, struct.pack("<4sI", b"OKAY", 0))) as double,
        pytest.raises(AnswerError, match="OKAY before DONE"),
    ):
        push(transport_to(double.address))


@pytest.mark.parametrize("upload", [feed, push])
def test_a_connection_that_ends_in_the_middle_without_a_word_is_a_lost_tablet(
    upload: Callable[[AdbTransport], object],
) -> None:
    with serving(say_after(4096, b"")) as double, pytest.raises(TabletGone):
        upload(transport_to(double.address))


@pytest.mark.parametrize("upload", [feed, push])
def test_a_source_that_is_shorter_than_it_says_is_never_sent_as_whole(upload: Callable[..., object]) -> None:
    heard = bytearray()

    def play(peer: socket.socket, _service: str) -> None:
        while chunk := peer.recv(65536):
            heard.extend(chunk)

    with serving(play) as double:
        transport = transport_to(double.address)
        with pytest.raises(TabletGone, match="the source ended"):
            upload(transport, 5, source=io.BytesIO(b"abc"))
    assert b"DONE" not in heard


def test_a_feed_that_is_taken_whole_is_answered_at_its_end() -> None:
    with serving(say_after(LARGE, b"Success: streamed\n", marked=True)) as double:
        assert feed(transport_to(double.address)).out == "Success: streamed\n"


def test_words_said_while_sending_belong_to_the_answer() -> None:
    def play(peer: socket.socket, service: str) -> None:
        peer.sendall(b"reading\r\n")
        read_exact(peer, LARGE)
        peer.sendall(b"Success\r\n" + end_of(service))

    with serving(play) as double:
        assert feed(transport_to(double.address)).out == "reading\nSuccess\n"


def test_a_push_that_is_taken_whole_arrives_as_it_was() -> None:
    frames: list[tuple[bytes, int]] = []

    def play(peer: socket.socket, _service: str) -> None:
        while not frames or frames[-1][0] != b"DONE":
            kind, length = struct.unpack("<4sI", read_exact(peer, 8))
            frames.append((kind, len(read_exact(peer, length)) if kind != b"DONE" else 0))
        peer.sendall(struct.pack("<4sI", b"OKAY", 0))

    with serving(play) as double:
        push(transport_to(double.address), 100_000)
    assert [kind for kind, _ in frames] == [b"SEND", b"DATA", b"DATA", b"DONE"]
    assert sum(size for kind, size in frames if kind == b"DATA") == 100_000


def drip(peer: socket.socket, _service: str) -> None:
    """One byte again and again: each read succeeds, the answer never ends."""
    gone = select.poll()
    gone.register(peer, select.POLLRDHUP)
    while not gone.poll(50):
        peer.sendall(b".")


def test_one_total_deadline_ends_an_answer_that_drips() -> None:
    with serving(drip, features="") as double:
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            transport_to(double.address).shell("getprop", seconds=0.5)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("upload", [feed, push])
def test_one_total_deadline_ends_an_upload_that_nobody_takes(upload: Callable[..., object]) -> None:
    with serving(stay_silent) as double:
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            upload(transport_to(double.address), seconds=0.5)
        assert time.monotonic() - began < 3


WORK: dict[str, Callable[[AdbTransport], object]] = {
    "recv": lambda transport: transport.shell("sleep", seconds=20),
    "merged": lambda transport: transport.shell("sleep", seconds=20, merged=True),
    "feed": feed,
    "push": push,
}


@pytest.mark.parametrize("work", list(WORK))
def test_cancel_from_another_thread_wakes_the_call_under_way(work: str) -> None:
    under_way = threading.Event()

    def play(peer: socket.socket, service: str) -> None:
        under_way.set()
        stay_silent(peer, service)

    with serving(play) as double:
        transport = transport_to(double.address)

        def cancel() -> None:
            assert under_way.wait(10)
            transport.cancel()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            WORK[work](transport)
        canceller.join()
        assert time.monotonic() - began < 10
        with pytest.raises(Cancelled):
            transport.pull("/a", bytearray().extend, seconds=1)


def test_a_cancelled_feed_is_no_answer_even_when_something_was_said() -> None:
    said = threading.Event()

    def play(peer: socket.socket, service: str) -> None:
        peer.sendall(b"Success\n")
        said.set()
        stay_silent(peer, service)

    with serving(play) as double:
        transport = transport_to(double.address)
        canceller = threading.Thread(target=lambda: (said.wait(10), transport.cancel()))
        canceller.start()
        with pytest.raises(Cancelled):
            feed(transport)
        canceller.join()


def test_an_answer_without_its_mark_is_a_lost_tablet() -> None:
    with (
        serving(lambda peer, _service: peer.sendall(b"half an ans"), features="") as double,
        pytest.raises(TabletGone, match="before its mark"),
    ):
        transport_to(double.address).shell("getprop", seconds=5)


def test_a_marked_answer_gives_text_and_status() -> None:
    def play(peer: socket.socket, service: str) -> None:
        peer.sendall(b"one\r\ntwo\r\n" + end_of(service).replace(b"0\n", b"127\r\n"))

    with serving(play, features="") as double:
        assert transport_to(double.address).shell("ls", seconds=5) == Answer("one\ntwo\n", "", 127)


@pytest.mark.parametrize(("data", "size"), [(b"", 0), (b"\0\0", 2)])
def test_an_exit_packet_of_another_size_is_not_understood(data: bytes, size: int) -> None:
    with (
        serving(lambda peer, _service: peer.sendall(struct.pack("<BI", 3, size) + data)) as double,
        pytest.raises(AnswerError, match=f"expected an exit packet of 1 byte, got '{size} bytes'") as caught,
    ):
        transport_to(double.address).shell("cmd wifi join secret", seconds=5)
    assert "secret" not in str(caught.value)


def test_a_shell_v2_answer_keeps_its_streams_apart() -> None:
    packets = b"".join(
        struct.pack("<BI", kind, len(data)) + data for kind, data in ((1, b"out\n"), (2, b"err\n"), (3, b"\7"))
    )
    with serving(lambda peer, _service: peer.sendall(packets)) as double:
        assert transport_to(double.address).shell("ls", seconds=5) == Answer("out\n", "err\n", 7)


def test_another_connection_on_the_same_port_is_never_talked_to() -> None:
    asked: list[str] = []
    with (
        serving(lambda _peer, service: asked.append(service), transport_id=8) as double,
        pytest.raises(TabletGone, match="connection 7 is over, 8 is there now"),
    ):
        transport_to(double.address).shell("reboot", seconds=5, merged=True)
    assert asked == []


def test_a_server_that_is_gone_is_told_apart_from_a_tablet() -> None:
    with serving(say_after(0, b"")) as double:
        transport = transport_to(double.address)
    with pytest.raises(ServerGone):
        transport.shell("ls", seconds=5, merged=True)


@pytest.mark.parametrize("upload", [feed, push])
def test_a_server_that_dies_in_the_middle_of_an_upload_is_told_apart_from_a_tablet(
    upload: Callable[[AdbTransport], object],
) -> None:
    doubles: list[SmartDouble] = []

    def play(peer: socket.socket, _service: str) -> None:
        read_exact(peer, 4096)
        doubles[0].close()

    with serving(play) as double:
        doubles.append(double)
        with pytest.raises(ServerGone):
            upload(transport_to(double.address))
