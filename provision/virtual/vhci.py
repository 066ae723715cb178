"""Plugs a virtual tablet into the kernel's virtual USB hub (vhci_hcd): the cable.

Bytes of the ADB endpoints are relayed to and from a stream socket that the tablet's adbd serves;
everything else of USB is answered here (reference, USB bench, section 2).
"""

from __future__ import annotations

import socket
import struct
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from provision.errors import TrainingError
from provision.virtual.usb_device import ADB_IN, ADB_OUT, UsbDevice
from provision.virtual.usbip import STALL, InEndpoint, Submit, Unlink, read_request, submitted, unlinked

VHCI = Path("/sys/devices/platform/vhci_hcd.0")
HIGH_SPEED = 3
HIGH_SPEED_PORTS = 15
"""Ports 0 to 14 of the first controller; port n becomes the kernel's device `BUS-(n+1)`."""

_ADB_HEADER = 24
_ADB_LENGTH = struct.Struct("<12xI8x")  # data_length of an ADB message


class UsbCable:
    """One plugged tablet: two threads between the kernel's end and the tablet's adbd.

    The cable comes out when `close()` is called and when either end closes; the kernel then sees the
    device leave. A thread never ends without closing both ends: the kernel would wait for ever.

    Args:
        device: what USB shows.
        kernel: our end of the socket whose other end vhci_hcd holds.
        adbd: a connection to the tablet's adbd; a byte stream of ADB messages.
    """

    def __init__(self, device: UsbDevice, kernel: socket.socket, adbd: socket.socket) -> None:
        self._device, self._kernel, self._adbd = device, kernel, adbd
        self._ends: defaultdict[int, InEndpoint] = defaultdict(InEndpoint)
        self._lock = Lock()
        loops = (self._serve_kernel, self._serve_adbd)
        self._threads = [Thread(target=self._until_out, args=(loop,), name=f"cable-{device.serial}") for loop in loops]
        for thread in self._threads:
            thread.start()

    @property
    def is_in(self) -> bool:
        """Tell whether the tablet is still plugged."""
        return all(thread.is_alive() for thread in self._threads)

    def close(self) -> None:
        """Pull the cable and wait until both threads have ended."""
        self._pull()
        for thread in self._threads:
            thread.join()
        self._kernel.close()
        self._adbd.close()

    def _until_out(self, loop: Callable[[], None]) -> None:
        try:
            with suppress(OSError):  # the other end closed in the middle of something
                loop()
        finally:
            self._pull()

    def _pull(self) -> None:
        for end in (self._kernel, self._adbd):
            with suppress(OSError):  # closed before
                end.shutdown(socket.SHUT_RDWR)

    def _serve_kernel(self) -> None:
        with self._kernel.makefile("rb") as stream:
            while request := read_request(stream):
                self._serve(request)

    def _serve(self, request: Submit | Unlink) -> None:
        if isinstance(request, Unlink):
            with self._lock:
                waiting = any(end.take_back(request.victim) for end in self._ends.values())
                self._kernel.sendall(unlinked(request, was_waiting=waiting))
        elif request.endpoint == 0:
            answer = self._device.control(request.setup)
            self._tell(submitted(request, answer or b"", status=STALL if answer is None else 0))
        elif request.into_host:
            with self._lock:
                self._ends[request.endpoint].ask(request)
                self._answer_waiting(request.endpoint)
        else:
            if request.endpoint == ADB_OUT:
                self._adbd.sendall(request.data)
            self._tell(submitted(request))

    def _serve_adbd(self) -> None:
        """Header and payload as two transfers, never joined: adb asks for them one by one."""
        with self._adbd.makefile("rb") as stream:
            while len(header := stream.read(_ADB_HEADER)) == _ADB_HEADER:
                (length,) = _ADB_LENGTH.unpack(header)
                payload = stream.read(length)
                with self._lock:
                    for transfer in filter(None, (header, payload)):
                        self._ends[ADB_IN].offer(transfer)
                    self._answer_waiting(ADB_IN)

    def _answer_waiting(self, endpoint: int) -> None:
        for answer in self._ends[endpoint].answers():
            self._kernel.sendall(answer)

    def _tell(self, answer: bytes) -> None:
        with self._lock:
            self._kernel.sendall(answer)


def plug(device: UsbDevice, port: int, adbd: socket.socket, vhci: Path = VHCI) -> UsbCable:
    """Plug a tablet into a high-speed port of the first virtual hub.

    Needs root and the module vhci-hcd. The device appears as `BUS-(port+1)`.

    Raises:
        TrainingError: no such port, port in use, or the kernel has no vhci_hcd.
    """
    if port not in range(HIGH_SPEED_PORTS):
        raise TrainingError(f"virtual USB port: expected 0 to {HIGH_SPEED_PORTS - 1}, got {port}")
    ours, kernels = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with kernels:
        try:
            (vhci / "attach").write_text(f"{port} {kernels.fileno()} {1 << 16 | port + 1} {HIGH_SPEED}")
        except OSError as refused:
            ours.close()
            raise TrainingError(f"virtual USB port {port}: the kernel refused ({refused})") from refused
    return UsbCable(device, ours, adbd)
