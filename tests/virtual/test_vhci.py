"""The cable, with this test in the kernel's place at one end and in adbd's at the other."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.usb_device import UsbDevice
from provision.virtual.vhci import UsbCable, plug

DEVICE = UsbDevice(0x04E8, 0x6860, "Samsung", "SM-T510", "R52M")
IN, OUT = 1, 0


@dataclass
class Bench:
    """Both far ends of a cable."""

    cable: UsbCable
    kernel: socket.socket
    adbd: socket.socket

    def submit(self, seqnum: int, direction: int, endpoint: int, length: int, data: bytes = b"") -> None:
        head = struct.pack(">IIIIIIiiii8x", 1, seqnum, 0x10001, direction, endpoint, 0, length, 0, 0, 0)
        self.kernel.sendall(head + data)

    def answer(self) -> tuple[int, int, int, bytes]:
        """Command, seqnum, status and data of the next answer; odd seqnums are IN requests here."""
        command, seqnum, status, length = struct.unpack(">II12xii20x", read(self.kernel, 48))
        return command, seqnum, status, read(self.kernel, length) if command == 3 and seqnum % 2 else b""


def read(end: socket.socket, length: int) -> bytes:
    """Exactly this many bytes."""
    got = b""
    while len(got) < length and (part := end.recv(length - len(got))):
        got += part
    return got


@pytest.fixture
def bench() -> Iterator[Bench]:
    ours, kernel = socket.socketpair()
    relay, adbd = socket.socketpair()
    kernel.settimeout(10)
    adbd.settimeout(10)
    cable = UsbCable(DEVICE, ours, relay)
    with kernel, adbd:
        yield Bench(cable, kernel, adbd)
        cable.close()


def message(payload: bytes) -> bytes:
    return struct.pack("<6I", 0x45545257, 1, 2, len(payload), 0, 0x45545257 ^ 0xFFFFFFFF) + payload


def test_what_the_host_sends_reaches_adbd_as_one_stream(bench: Bench) -> None:
    whole = message(b"x" * 1024)
    bench.submit(2, OUT, 2, 24, whole[:24])
    bench.submit(4, OUT, 2, 1024, whole[24:])
    bench.submit(6, OUT, 2, 0)
    assert read(bench.adbd, len(whole)) == whole
    assert [bench.answer()[1:3] for _ in range(3)] == [(2, 0), (4, 0), (6, 0)]


def test_adbd_messages_become_a_header_and_a_payload_transfer(bench: Bench) -> None:
    bench.submit(1, IN, 1, 512)
    bench.submit(3, IN, 1, 262144)
    bench.submit(5, IN, 1, 512)
    whole, empty = message(b"y" * 600), message(b"")
    bench.adbd.sendall(whole + empty)
    assert bench.answer() == (3, 1, 0, whole[:24])
    assert bench.answer() == (3, 3, 0, whole[24:])
    assert bench.answer() == (3, 5, 0, empty)


def test_file_transfer_requests_wait_and_can_be_taken_back(bench: Bench) -> None:
    bench.submit(1, IN, 3, 512)
    bench.submit(2, OUT, 4, 3, b"mtp")
    assert bench.answer()[:3] == (3, 2, 0)
    unlink = struct.pack(">IIIIII24x", 2, 8, 0x10001, 1, 3, 1)
    bench.kernel.sendall(unlink * 2)
    assert bench.answer()[:3] == (4, 8, -104)
    assert bench.answer()[:3] == (4, 8, 0)


@pytest.mark.parametrize(
    ("setup", "answer"),
    [("8000000000000200", (3, 1, 0, bytes(2))), ("c033000000000200", (3, 1, -32, b""))],
)
def test_a_control_request_is_answered_and_an_unknown_one_stalls(
    bench: Bench, setup: str, answer: tuple[int, int, int, bytes]
) -> None:
    request = struct.pack(">IIIIIIiiii8s", 1, 1, 0x10001, IN, 0, 0, 2, 0, 0, 0, bytes.fromhex(setup))
    bench.kernel.sendall(request)
    assert bench.answer() == answer


@pytest.mark.parametrize("end", ["kernel", "adbd"])
def test_when_one_end_closes_the_other_sees_it_and_the_cable_is_out(bench: Bench, end: str) -> None:
    assert bench.cable.is_in
    getattr(bench, end).shutdown(socket.SHUT_RDWR)
    other = bench.adbd if end == "kernel" else bench.kernel
    assert other.recv(1) == b""
    bench.cable.close()
    assert not bench.cable.is_in


def test_plug_writes_port_descriptor_number_and_speed(tmp_path: Path) -> None:
    relay, adbd = socket.socketpair()
    (tmp_path / "attach").touch()
    with adbd:
        cable = plug(DEVICE, 4, relay, tmp_path)
        port, _, number, speed = (int(word) for word in (tmp_path / "attach").read_text().split())
        cable.close()
    assert (port, number, speed) == (4, 0x10005, 3)


@pytest.mark.parametrize("port", [-1, 15])
def test_a_port_the_hub_does_not_have_is_refused(port: int, tmp_path: Path) -> None:
    relay, adbd = socket.socketpair()
    with relay, adbd, pytest.raises(TrainingError, match=f"expected 0 to 14, got {port}"):
        plug(DEVICE, port, relay, tmp_path)


def test_without_the_kernels_hub_the_error_says_so(tmp_path: Path) -> None:
    relay, adbd = socket.socketpair()
    with relay, adbd, pytest.raises(TrainingError, match="virtual USB port 0: the kernel refused"):
        plug(DEVICE, 0, relay, tmp_path / "absent")
