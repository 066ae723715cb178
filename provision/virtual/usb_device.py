"""A tablet as USB sees it: descriptors and control requests, pure.

Interfaces, endpoints and their order are those of Android devices (reference, USB bench, section
2): file transfer (06/01/01) first, then ADB (ff/42/01), each as the tablet's settings have it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

ADB_IN, ADB_OUT, MTP_IN, MTP_OUT, MTP_EVENTS = 1, 2, 3, 4, 5
"""Endpoint numbers; the direction is not part of them."""

_IN = 0x80
_BULK, _INTERRUPT = 2, 3
_DEVICE, _CONFIGURATION, _STRING, _INTERFACE, _ENDPOINT, _QUALIFIER = 1, 2, 3, 4, 5, 6
_GET_STATUS, _CLEAR_FEATURE, _SET_FEATURE, _GET_DESCRIPTOR, _SET_CONFIGURATION, _SET_INTERFACE = 0, 1, 3, 6, 9, 11
_ACCEPTED = {_CLEAR_FEATURE, _SET_FEATURE, _SET_CONFIGURATION, _SET_INTERFACE}
_SETUP = struct.Struct("<BBHHH")  # request type, request, value, index, length


class UsbMode(Enum):
    """Offer of the tablet's USB settings: value = (file transfer, ADB)."""

    MTP = (True, False)
    ADB = (False, True)
    MTP_AND_ADB = (True, True)


@dataclass(frozen=True)
class UsbDevice:
    """Identity and mode of one virtual tablet on USB.

    Attributes:
        vendor_id, product_id: numbers as in `0x04e8`.
        serial: what USB shows; may be equal on several tablets, or empty (no serial descriptor).
    """

    vendor_id: int
    product_id: int
    manufacturer: str
    product: str
    serial: str
    mode: UsbMode = UsbMode.MTP_AND_ADB

    def control(self, setup: bytes) -> bytes | None:
        """The answer to a control request (empty for a mere "done"); None refuses it (stall)."""
        kind, request, value, _, length = _SETUP.unpack(setup)
        if request == _GET_DESCRIPTOR and kind & _IN:
            found = self._descriptor(value >> 8, value & 0xFF)
            return None if found is None else found[:length]
        if request == _GET_STATUS and kind & _IN:
            return b"\0\0"[:length]
        return b"" if request in _ACCEPTED and not kind & _IN else None

    def _descriptor(self, kind: int, index: int) -> bytes | None:
        if kind == _STRING:
            return self._string(index)
        made = {_DEVICE: self._device, _CONFIGURATION: self._configuration, _QUALIFIER: _qualifier}.get(kind)
        return made() if made else None

    def _device(self) -> bytes:
        serial = 3 if self.serial else 0
        ids = (self.vendor_id, self.product_id, 0x0504)
        return struct.pack("<BBHBBBBHHHBBBB", 18, _DEVICE, 0x0200, 0, 0, 0, 64, *ids, 1, 2, serial, 1)

    def _configuration(self) -> bytes:
        interfaces = _interfaces(*self.mode.value)
        body = b"".join(interfaces)
        return struct.pack("<BBHBBBBB", 9, _CONFIGURATION, 9 + len(body), len(interfaces), 1, 0, 0x80, 250) + body

    def _string(self, index: int) -> bytes | None:
        texts = ["", self.manufacturer, self.product, self.serial, "MTP", "ADB Interface"]
        if index >= len(texts):
            return None
        body = texts[index].encode("utf-16-le")[:252] if index else b"\x09\x04"
        return bytes([2 + len(body), _STRING]) + body


def _interfaces(mtp: bool, adb: bool) -> list[bytes]:  # noqa: FBT001 - the two halves of a UsbMode
    blocks: list[bytes] = []
    if mtp:
        mtp_ends = [_bulk(MTP_IN | _IN), _bulk(MTP_OUT), _endpoint(MTP_EVENTS | _IN, _INTERRUPT, 28, 6)]
        blocks.append(_interface(len(blocks), (0x06, 0x01, 0x01), 4, mtp_ends))
    if adb:
        adb_ends = [_bulk(ADB_IN | _IN), _bulk(ADB_OUT)]
        blocks.append(_interface(len(blocks), (0xFF, 0x42, 0x01), 5, adb_ends))
    return blocks


def _interface(number: int, triple: tuple[int, int, int], text: int, ends: list[bytes]) -> bytes:
    return struct.pack("<BBBBBBBBB", 9, _INTERFACE, number, 0, len(ends), *triple, text) + b"".join(ends)


def _bulk(address: int) -> bytes:
    return _endpoint(address, _BULK, 512, 0)


def _endpoint(address: int, kind: int, size: int, interval: int) -> bytes:
    return struct.pack("<BBBBHB", 7, _ENDPOINT, address, kind, size, interval)


def _qualifier() -> bytes:
    return struct.pack("<BBHBBBBBB", 10, _QUALIFIER, 0x0200, 0, 0, 0, 64, 1, 0)
