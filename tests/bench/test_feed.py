"""`FeedPorts` against a scripted training bench on loopback."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from provision.bench.feed import FeedPorts
from provision.bench.ports import PortEvent
from provision.errors import TransportError

TOKEN = "home-token-5c1f"  # noqa: S105 - of this test's own bench
ADD = {
    "event": "add",
    "port": "1-1.2",
    "interfaces": ":ff4201:",
    "vendor_id": "04e8",
    "product_id": "6860",
}
EVENT = PortEvent("add", "1-1.2", ":ff4201:", "04e8", "6860")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def connect(listener: socket.socket) -> tuple[FeedPorts, socket.socket]:
    """Both ends of one feed."""
    ports = FeedPorts("127.0.0.1", listener.getsockname()[1], TOKEN)
    return ports, listener.accept()[0]


def test_the_station_says_its_token_and_verb_first(listener: socket.socket) -> None:
    ports, bench = connect(listener)
    with bench, bench.makefile("rb") as lines:
        assert json.loads(lines.readline()) == {"token": TOKEN, "verb": "follow-ports"}
    with pytest.raises(TransportError):
        list(ports.events())


def test_present_then_live_events_arrive_and_close_ends_them(listener: socket.socket) -> None:
    ports, bench = connect(listener)
    events = ports.events()
    with bench:
        bench.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in (ADD, {"event": "synced"})))
        assert next(events) == EVENT
        bench.sendall(json.dumps(ADD | {"event": "remove"}).encode() + b"\n")
        assert next(events).action == "remove"
        closer = threading.Thread(target=ports.close)
        closer.start()
        assert list(events) == []
        closer.join()
        ports.close()


def test_a_bench_that_never_finishes_its_list_is_an_error(listener: socket.socket) -> None:
    ports = FeedPorts("127.0.0.1", listener.getsockname()[1], TOKEN, sync_seconds=0.1)
    with listener.accept()[0], pytest.raises(TransportError, match=r"did not name its ports within 0\.1 s"):
        list(ports.events())


def test_a_connection_that_is_reset_is_an_error(listener: socket.socket) -> None:
    ports, bench = connect(listener)
    bench.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    bench.close()
    with pytest.raises(TransportError, match="ended; start it again"):
        list(ports.events())


@pytest.mark.parametrize("last_words", [b"", b'{"event": "add", "po'])
def test_a_bench_that_dies_is_an_error_and_no_quiet_end(listener: socket.socket, last_words: bytes) -> None:
    ports, bench = connect(listener)
    with bench:
        bench.makefile("rb").readline()
        bench.sendall(last_words)
    with pytest.raises(TransportError, match=r"training bench at 127.0.0.1:[0-9]+ ended; start it again"):
        list(ports.events())


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[]\n",
        b"{}\n",
        b'{"event": "add"}\n',
        json.dumps({"error": "no"}).encode() + b"\n",
        json.dumps(ADD | {"port": "usb1"}).encode() + b"\n",
        json.dumps(ADD | {"port": 3}).encode() + b"\n",
        json.dumps(ADD | {"event": "bind"}).encode() + b"\n",
    ],
)
def test_what_is_no_event_ends_the_feed_with_the_line_in_the_message(listener: socket.socket, line: bytes) -> None:
    ports, bench = connect(listener)
    bench.sendall(line)
    with bench, pytest.raises(TransportError, match="expected a port event") as wrong:
        list(ports.events())
    assert TOKEN not in str(wrong.value)


def test_where_nothing_listens_the_place_is_named_and_the_token_is_not(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(TransportError, match=f"127.0.0.1:{port} cannot be reached") as refused:
        FeedPorts("127.0.0.1", port, TOKEN)
    assert TOKEN not in str(refused.value)
