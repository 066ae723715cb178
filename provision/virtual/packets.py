"""ADB transport messages: 24-byte header and payload, encoded and decoded without I/O.

Source: reference, adb host side, section 1. The "checksum" is the plain sum of the payload bytes;
from `VERSION_WITHOUT_SUM` (Android 9) on it may be left 0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("<6I")
MASK = 0xFFFFFFFF
VERSION_FIRST = 0x01000000
VERSION_WITHOUT_SUM = 0x01000001
FIRST_PAYLOAD = 4096
"""Largest payload before both ends have exchanged CNXN."""


class PacketError(ValueError):
    """Bytes that are no ADB message; a real adbd drops the connection then."""


class Command(IntEnum):
    """The messages both ends may send."""

    CNXN = 0x4E584E43
    AUTH = 0x48545541
    OPEN = 0x4E45504F
    OKAY = 0x59414B4F
    WRTE = 0x45545257
    CLSE = 0x45534C43
    STLS = 0x534C5453
    SYNC = 0x434E5953


_KNOWN = frozenset(int(command) for command in Command)


@dataclass(frozen=True)
class Header:
    """A decoded header; `length` bytes of payload follow, whose sum is `total` (or 0, unchecked)."""

    command: Command
    arg0: int
    arg1: int
    length: int
    total: int


@dataclass(frozen=True)
class Packet:
    """One message; the meaning of the arguments depends on the command."""

    command: Command
    arg0: int
    arg1: int
    payload: bytes = b""


def encode_header(packet: Packet, *, summed: bool) -> bytes:
    """The 24 bytes before the payload; `summed` for a peer older than Android 9."""
    total = sum(packet.payload) & MASK if summed else 0
    command = int(packet.command)
    return HEADER.pack(command, packet.arg0, packet.arg1, len(packet.payload), total, command ^ MASK)


def decode_header(data: bytes) -> Header:
    """Read 24 bytes.

    Raises:
        PacketError: unknown command, or a magic that is not its complement.
    """
    command, arg0, arg1, length, total, magic = HEADER.unpack(data)
    if magic != command ^ MASK:
        raise PacketError(f"expected magic {command ^ MASK:#010x}, got {magic:#010x}")
    if command not in _KNOWN:
        raise PacketError(f"unknown command {command:#010x}")
    return Header(Command(command), arg0, arg1, length, total)


def decode_packet(header: Header, payload: bytes, *, summed: bool) -> Packet:
    """Join header and payload.

    Raises:
        PacketError: `summed` and the sum of the payload differs.
    """
    if summed and sum(payload) & MASK != header.total:
        raise PacketError(f"expected payload sum {header.total}, got {sum(payload) & MASK}")
    return Packet(header.command, header.arg0, header.arg1, payload)
