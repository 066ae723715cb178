"""Watching one port beside a run that has no station around it (`provision once`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType

from provision.bench.adb import TransportRow
from provision.bench.disconnect import PortState
from provision.bench.ports import PortEvents
from provision.errors import ProvisionError, TransportError


class PortLookout:
    """Sees one port: USB by a thread of its own, adb by asking. Use it as a context.

    Args:
        ports: closed on leaving; None where this computer's USB says nothing of the tablet.
        list_rows: asks the adb server.
        port: USB port path; None for a tablet that is not on USB, of which nothing is ever seen to close.
    """

    def __init__(
        self, ports: PortEvents | None, list_rows: Callable[[], Sequence[TransportRow]], port: str | None
    ) -> None:
        self._ports, self._list_rows, self._port = ports, list_rows, port
        self._interfaces: str | None = None
        self._thread = threading.Thread(target=self._follow, name="usb", daemon=True)

    def __enter__(self) -> PortLookout:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ports is not None:
            self._ports.close()
        self._thread.join()

    def probe(self) -> PortState:
        """List what is seen now; an adb server that does not answer leaves the tablet listed."""
        try:
            listed = any(row.port == self._port for row in self._list_rows())
        except TransportError:
            listed = True
        return PortState(listed, self._interfaces)

    def _follow(self) -> None:
        """A source that breaks off leaves the port unseen, so that nothing is claimed."""
        try:
            for event in self._ports.events() if self._ports is not None else ():
                if event.port == self._port:
                    self._interfaces = event.interfaces if event.action == "add" else None
        except ProvisionError:
            self._interfaces = None
