"""ADB messages as bytes."""

from __future__ import annotations

import pytest

from provision.virtual.packets import HEADER, Command, Packet, PacketError, decode_header, decode_packet, encode_header


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("command", list(Command))
def test_a_packet_survives_encoding_and_decoding(command: Command, *, summed: bool) -> None:
    packet = Packet(command, 1, 0xFFFFFFFF, b"\x00\xff" * 300)
    header = decode_header(encode_header(packet, summed=summed))
    assert decode_packet(header, packet.payload, summed=summed) == packet


def test_a_header_is_the_one_written_out_by_hand() -> None:
    """CNXN of version 1 with 256 KiB, by the table of the reference."""
    expected = bytes.fromhex("434e584e00000001000004000700000032020000bcb1a7b1")
    assert expected == encode_header(Packet(Command.CNXN, 0x01000000, 0x40000, b"host::\0"), summed=True)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HEADER.pack(Command.OKAY, 0, 0, 0, 0, 7), "magic"),
        (HEADER.pack(0x12345678, 0, 0, 0, 0, 0x12345678 ^ 0xFFFFFFFF), "unknown command"),
    ],
)
def test_a_header_that_is_none_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(PacketError, match=says):
        decode_header(data)


def test_a_wrong_sum_is_refused_where_sums_count() -> None:
    header = decode_header(encode_header(Packet(Command.WRTE, 1, 1, b"abc"), summed=True))
    with pytest.raises(PacketError, match="sum"):
        decode_packet(header, b"abd", summed=True)
    assert decode_packet(header, b"abd", summed=False).payload == b"abd"
