"""An adb server as a bench sees it: its host services, its device list, and its errors in the product's words.

Device lists are parsed from the raw text, because a state may contain blanks and a serial may be missing
(reference, adb host side, section 3).
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from provision.bench.listeners import find_listener
from provision.bench.smart_socket import (
    CONNECT_SECONDS,
    Connection,
    LimitPassed,
    RequestRefused,
    ServerUnreachable,
    read_length,
)
from provision.errors import (
    AnswerError,
    Cancelled,
    DeadlinePassed,
    ProvisionError,
    ServerGone,
    TabletGone,
)
from provision.texts.message import message

SERVER_VERSION = 41
QUIET_SECONDS = 0.2
LIST_SECONDS = 0.05
"""Between two lists of devices that came at once: a server that lists without end must not outrun its reader."""
LONGEST_TOLD = 200
"""Characters of a wrong answer in a message."""


@dataclass(frozen=True)
class ServerAddress:
    """Where an adb server listens."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Tell whether it runs on this computer, whose USB ports its tablets hang on."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class TransportRow:
    """One row of the long device list.

    Attributes:
        port: USB port path without its prefix (`1-1.2`), None for a TCP connection.
        serial: as listed; empty when the tablet has none.
        state: `device`, `offline`, `unauthorized`, `no permissions (...)` ...
        model: the adb qualifier (non-alphanumerics replaced by `_`), empty before the banner.
    """

    transport_id: int
    serial: str
    state: str
    port: str | None
    model: str

    @property
    def opens(self) -> bool:
        """Tell whether this computer's user may open its USB device (packages document 1.2)."""
        return not self.state.startswith("no permissions")

    @property
    def selector(self) -> str:
        """Name of this connection for the server: its port `usb:1-1.2`, which twins do not share."""
        return f"usb:{self.port}" if self.port else self.serial


def select_transport(connection: Connection, row: TransportRow) -> None:
    """Send what follows to this tablet, and make sure that it is this connection of it.

    Transport ids start again at 1 with a new server, so an id alone may name another tablet after
    a restart. The answer of `tport` carries the id of what hangs on the port now (adb host side, 2).

    Raises:
        TabletGone: another connection hangs there now.
    """
    connection.request(f"host:tport:serial:{row.selector}")
    found = int.from_bytes(connection.read_exact(8), "little")
    if found != row.transport_id:
        raise TabletGone(f"{row.selector}: connection {row.transport_id} is over, {found} is there now")


_GONE = re.compile(r"not found|no device with transport id|offline|closed|connecting|authorizing|unauthorized")


class AdbHost:
    """One adb server, seen by its host services. Thread-safe: each call has a connection of its own."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address

    def version(self) -> int:
        """Protocol number of the server (41 for adb 29 to 36).

        Raises:
            ServerGone: nothing answers there.
            AnswerError: what answers is not an adb server.
        """
        text = self._query("host:version")
        if not re.fullmatch("[0-9a-fA-F]{1,8}", text):
            raise AnswerError("host:version", "4 hexadecimal digits", text[:LONGEST_TOLD])
        return int(text, 16)

    def list_transports(self) -> tuple[TransportRow, ...]:
        """Every transport the server knows, in its order."""
        return parse_transports(self._query("host:devices-l"))

    def features(self, selector: str) -> frozenset[str]:
        """Features that both the server and the tablet have; empty for Android 5 and 6."""
        text = self._query(f"host-serial:{selector}:features")
        return frozenset(text.split(",")) - {""}

    def reconnect(self, selector: str) -> None:
        """Drop one transport, in whatever state it is, so that it is made anew; over USB only (adb host side, 2 and 5).

        Raises:
            AnswerError: the server lists no such transport.
        """
        self._query(f"host-serial:{selector}:reconnect")

    def _query(self, service: str) -> str:
        with translate(self.address, service), closing(self._connect()) as connection:
            connection.request(service)
            return connection.read_block()

    def _connect(self) -> Connection:
        return Connection(self.address.host, self.address.port, CONNECT_SECONDS)

    def track_devices(self, stopped: threading.Event) -> Iterator[tuple[TransportRow, ...]]:
        """The full list at once and again at every change (`host:track-devices-l`).

        Ends when `stopped` is set.

        Raises:
            ServerGone: the server died or closed the stream.
            DeadlinePassed: it does not begin to answer; the list itself may be silent for as long as it likes.
        """
        service = "host:track-devices-l"
        with translate(self.address, service), closing(self._connect()) as connection:
            connection.request(service)
            yield from _lists(connection, stopped)


def _lists(connection: Connection, stopped: threading.Event) -> Iterator[tuple[TransportRow, ...]]:
    stream = connection.stream  # taken once: the deadline of the connection was for the asking
    buffer = b""
    stream.settimeout(QUIET_SECONDS)
    while not stopped.is_set():
        try:
            chunk = stream.recv(65536)
        except TimeoutError:
            continue
        if not chunk:
            raise EOFError("the adb server closed the device list")
        buffer += chunk
        while not stopped.is_set() and len(buffer) >= 4 and len(buffer) >= (end := 4 + read_length(buffer[:4])):
            yield parse_transports(buffer[4:end].decode(errors="replace"))
            buffer = buffer[end:]
            stopped.wait(LIST_SECONDS if len(buffer) >= 4 else 0)


@contextmanager
def translate(address: ServerAddress, what: str, cancelled: threading.Event | None = None) -> Iterator[None]:
    """Turn everything that connections and sockets raise into the product's transport errors."""
    try:
        yield
    except ProvisionError:
        raise
    except LimitPassed as error:
        raise AnswerError(what, str(error), "more") from error
    except (RequestRefused, OSError, EOFError, ValueError) as error:
        if cancelled is not None and cancelled.is_set():
            raise Cancelled(f"{what}: stopped by the station") from error
        raise _classify(error, address, what) from error


def _classify(error: Exception, address: ServerAddress, what: str) -> ProvisionError:
    if isinstance(error, TimeoutError):
        return DeadlinePassed(message("deadline-passed", place=what))
    if isinstance(error, ServerUnreachable | ConnectionRefusedError) or not _listens(address):
        return ServerGone(message("server-silent", place=what, address=str(address)))
    text = str(error)
    if isinstance(error, RequestRefused) and text and not _GONE.search(text):
        return AnswerError(what, "OKAY", text)
    return TabletGone(message("connection-ended", place=what, words=text or type(error).__name__))


def _listens(address: ServerAddress) -> bool:
    try:
        socket.create_connection((address.host, address.port), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


_STATES = r"""device|offline|unauthorized|authorizing|connecting|detached|host|unknown
    |recovery|sideload|rescue|bootloader|no[ ]permissions(?:[ ]\(.*?\))?(?:;[ ]see[ ]\[.*?\])?"""
_REST = r"""(?:[ ]usb:(?P<port>\S+))?(?:[ ](?!product:|model:|device:|transport_id:)[a-z_]+:\S*)*
    (?:[ ]product:.*?)?(?:[ ]model:(?P<model>\S*))?(?:[ ]device:.*?)?
    [ ]transport_id:(?P<id>\d{1,20})"""
_ROWS = (  # the first that fits, the shortest serial number first
    re.compile(rf"(?P<serial>.{{22,}}?)[ ](?P<state>{_STATES}){_REST}", re.VERBOSE),
    re.compile(rf"(?P<serial>.*?)[ ](?P<state>{_STATES}){_REST}", re.VERBOSE),
    re.compile(rf"(?P<serial>.{{21}}[ ]|\S*)[ ]+(?P<state>\S.*?){_REST}", re.VERBOSE),
)
"""Serial numbers come from tablets and may hold blanks: the known words for states end them, behind the 22 columns
that the server fills; a state that is not known stands behind a whole column, or behind the first blank."""
_LONGEST_ROW = 2000  # a serial number and three names; what a lying server makes longer would be read for minutes


def parse_transports(text: str) -> tuple[TransportRow, ...]:
    """Rows of `host:devices-l` (reference, packages document 1.3).

    Only LF ends a row: serial numbers, product and device names come from the tablet and may hold anything else,
    also blanks and words that look like states and qualifiers. So the parts are read in the server's order. A line
    that is no row costs that line, as long as there are others.

    Raises:
        AnswerError: no line is a row, as with a server that tells no transport id (older than Android 8.1's tools).
    """
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [row for row in map(_parse_row, lines) if row is not None]
    if lines and not rows:
        raise AnswerError("host:devices-l", "SERIAL STATE ... transport_id:N", lines[0][:LONGEST_TOLD])
    return tuple(rows)


def _parse_row(line: str) -> TransportRow | None:
    match = next(filter(None, (form.fullmatch(line) for form in _ROWS)), None) if len(line) <= _LONGEST_ROW else None
    if match is None:
        return None
    serial = match["serial"].rstrip(" ")
    return TransportRow(
        transport_id=int(match["id"]),
        serial="" if serial.startswith(("(no", "???")) or not serial.strip() else serial,
        state=match["state"].strip(),
        port=match["port"],
        model=match["model"] or "",
    )


def name_foreign_server(port: int = 5037) -> str | None:
    """Who listens on adb's default port, for a warning; it is never touched.

    Another adb server claims the USB interface of every tablet it sees, and ours then lists nothing.

    Returns:
        `127.0.0.1:5037 (process 4711)`, or None when nobody listens there.
    """
    address = ServerAddress("127.0.0.1", port)
    if not _listens(address):
        return None
    owner = find_listener(port)
    return f"{address} (process {owner})" if owner else str(address)
