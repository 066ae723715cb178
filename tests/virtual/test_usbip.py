"""Framing of USB requests, and the meeting of requests and transfers."""

from __future__ import annotations

import io
import struct

import pytest

from provision.virtual.usbip import InEndpoint, Submit, Unlink, read_request, submitted, unlinked

SETUP = bytes.fromhex("8006000100001200")


def command(number: int, seqnum: int, direction: int, endpoint: int, rest: bytes) -> bytes:
    return struct.pack(">IIIII", number, seqnum, 0x10001, direction, endpoint) + rest


def submit(seqnum: int, direction: int, endpoint: int, length: int, data: bytes = b"") -> bytes:
    return command(1, seqnum, direction, endpoint, struct.pack(">Iiiii8s", 0x200, length, 0, 0, 0, SETUP)) + data


def wanted(seqnum: int, length: int) -> Submit:
    return Submit(seqnum, into_host=True, endpoint=1, length=length, setup=bytes(8))


def test_requests_are_read_one_after_the_other_until_the_end() -> None:
    stream = io.BytesIO(
        submit(7, 1, 0, 18)
        + submit(8, 0, 2, 5, b"hello")
        + submit(9, 0, 2, 0)
        + command(2, 10, 1, 1, struct.pack(">I24x", 7))
    )
    assert [read_request(stream) for _ in range(5)] == [
        Submit(7, into_host=True, endpoint=0, length=18, setup=SETUP),
        Submit(8, into_host=False, endpoint=2, length=5, setup=SETUP, data=b"hello"),
        Submit(9, into_host=False, endpoint=2, length=0, setup=SETUP),
        Unlink(10, 7),
        None,
    ]


@pytest.mark.parametrize("cut", [1, 47, 48, 50])
def test_a_stream_that_ends_inside_a_request_has_ended(cut: int) -> None:
    assert read_request(io.BytesIO(submit(8, 0, 2, 5, b"hello")[:cut])) is None


def test_another_command_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 1 or 2, got 5"):
        read_request(io.BytesIO(command(5, 1, 0, 0, bytes(28))))


def test_answers_have_the_kernels_form() -> None:
    numbers = struct.unpack(">10I8x", submitted(wanted(7, 64), b"hello")[:48])
    assert numbers == (3, 7, 0, 0, 0, 0, 5, 0, 0, 0)
    assert submitted(wanted(7, 64), b"hello")[48:] == b"hello"
    out = Submit(8, into_host=False, endpoint=2, length=5, setup=bytes(8), data=b"hello")
    assert struct.unpack(">5IiI", submitted(out)[:28])[5:] == (0, 5)
    assert struct.unpack(">5IiI", submitted(wanted(7, 64), status=-32)[:28])[5:] == (-32, 0)
    assert len(submitted(out)) == 48


@pytest.mark.parametrize(("was_waiting", "status"), [(True, -104), (False, 0)])
def test_an_unlink_says_whether_the_request_was_still_waiting(was_waiting: bool, status: int) -> None:  # noqa: FBT001
    answer = unlinked(Unlink(10, 7), was_waiting=was_waiting)
    assert (len(answer), struct.unpack(">5Ii", answer[:24])) == (48, (4, 10, 0, 0, 0, status))


def test_a_request_waits_for_data_and_data_for_a_request() -> None:
    end = InEndpoint()
    end.ask(wanted(1, 512))
    assert list(end.answers()) == []
    end.offer(b"h" * 24)
    end.offer(b"payload")
    assert list(end.answers()) == [submitted(wanted(1, 512), b"h" * 24)]
    end.ask(wanted(2, 512))
    assert list(end.answers()) == [submitted(wanted(2, 512), b"payload")]


def test_a_long_transfer_fills_several_requests_and_is_never_joined_with_the_next() -> None:
    end = InEndpoint()
    end.offer(b"0123456789")
    end.offer(b"ab")
    for seqnum in range(1, 5):
        end.ask(wanted(seqnum, 4))
    assert [answer[48:] for answer in end.answers()] == [b"0123", b"4567", b"89", b"ab"]


def test_a_request_taken_back_gets_no_data() -> None:
    end = InEndpoint()
    end.ask(wanted(1, 24))
    end.ask(wanted(2, 24))
    assert end.take_back(1)
    assert not end.take_back(1)
    end.offer(b"x")
    assert list(end.answers()) == [submitted(wanted(2, 24), b"x")]
