"""USB requests as the kernel's vhci_hcd sends and wants them, and one bulk IN endpoint; pure.

Big-endian, 48 bytes of header, payload behind it; the setup packet inside is little-endian USB
(reference, USB bench, section 2).
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
STALL = -32
"""-EPIPE: the device refuses the request."""
UNLINKED = -104
"""-ECONNRESET: the request was still waiting when the kernel took it back."""

_COMMON = struct.Struct(">IIIII")  # command, seqnum, devid, direction, endpoint
_SUBMIT = struct.Struct(">IiiiI8s")  # flags, length, start frame, packets, interval, setup
_UNLINK = struct.Struct(">I24x")
_SUBMITTED = struct.Struct(">IIIIIiiiii8x")
_UNLINKED = struct.Struct(">IIIIIi24x")


@dataclass(frozen=True)
class Submit:
    """One USB request: a transfer on an endpoint.

    Attributes:
        into_host: True for IN.
        length: bytes asked for (IN) or sent (OUT).
        setup: the eight bytes of a control request; zeros elsewhere.
        data: what the host sent (OUT).
    """

    seqnum: int
    into_host: bool
    endpoint: int
    length: int
    setup: bytes
    data: bytes = b""


@dataclass(frozen=True)
class Unlink:
    """The kernel takes back the request with the number `victim`."""

    seqnum: int
    victim: int


def read_request(stream: BinaryIO) -> Submit | Unlink | None:
    """The next request; None at the end of the stream (detached), also in the middle of a request.

    Raises:
        ValueError: a command that is no request.
    """
    header = stream.read(48)
    if len(header) < 48:
        return None
    command, seqnum, _, direction, endpoint = _COMMON.unpack_from(header)
    if command == CMD_UNLINK:
        return Unlink(seqnum, *_UNLINK.unpack_from(header, _COMMON.size))
    if command != CMD_SUBMIT:
        raise ValueError(f"USB/IP command: expected 1 or 2, got {command}")
    _, length, _, _, _, setup = _SUBMIT.unpack_from(header, _COMMON.size)
    data = b"" if direction else stream.read(length)
    if not direction and len(data) < length:
        return None
    return Submit(seqnum, bool(direction), endpoint, length, setup, data)


def submitted(request: Submit, data: bytes = b"", *, status: int = 0) -> bytes:
    """The answer to a request: `data` for IN, all bytes taken for OUT, none of both with a status."""
    taken = len(data) if request.into_host else request.length
    head = _SUBMITTED.pack(RET_SUBMIT, request.seqnum, 0, 0, 0, status, 0 if status else taken, 0, 0, 0)
    return head + data


def unlinked(request: Unlink, *, was_waiting: bool) -> bytes:
    """The answer to an unlink; a request that was still waiting gets no other answer."""
    return _UNLINKED.pack(RET_UNLINK, request.seqnum, 0, 0, 0, UNLINKED if was_waiting else 0)


@dataclass
class InEndpoint:
    """A bulk IN endpoint: requests that wait for data meet transfers that wait for a request.

    One request takes from one transfer only, because a short transfer ends the request; what is
    left of a longer transfer goes to the next request.
    """

    _requests: deque[Submit] = field(default_factory=deque)
    _transfers: deque[bytes] = field(default_factory=deque)

    def ask(self, request: Submit) -> None:
        """The host wants data."""
        self._requests.append(request)

    def offer(self, transfer: bytes) -> None:
        """The device has one transfer to send."""
        self._transfers.append(transfer)

    def take_back(self, seqnum: int) -> bool:
        """Forget a waiting request; False when it is not (or no longer) waiting."""
        left = [request for request in self._requests if request.seqnum != seqnum]
        found = len(left) < len(self._requests)
        self._requests = deque(left)
        return found

    def answers(self) -> Iterator[bytes]:
        """Answers that can be given now, in order."""
        while self._requests and self._transfers:
            request, transfer = self._requests.popleft(), self._transfers.popleft()
            if rest := transfer[request.length :]:
                self._transfers.appendleft(rest)
            yield submitted(request, transfer[: request.length])
