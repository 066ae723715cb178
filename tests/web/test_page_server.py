"""The server of the pages on real sockets: its stream, its certificate, and an address that is taken."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.terms import HomeKind
from provision.texts.catalogue import Language, say
from provision.web.address import AddressFault, NoAddress, bind, list_hosts, write_as_browsers_do
from provision.web.bounded_socket import MOST_CONNECTIONS
from provision.web.certificate import keep_certificate
from provision.web.server import PageServer
from tests.web.benches import BENCHES, Listener, make_moment

SECONDS = 10.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("pages") / "home"
    create_home(folder, HomeKind.TRAINING, 2)
    return load_home(folder)


@pytest.fixture
def pages(home: Home) -> PageServer:
    made = PageServer(home, Language.EN)
    made.desk = Listener()
    made.feed.publish(make_moment(BENCHES["twelve"]))
    return made


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Name, id and data of each event."""
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
        elif "event" in event:
            yield event["event"], event.get("id", ""), json.loads(event["data"])
            event = {}


def test_a_stream_begins_with_a_whole_snapshot_and_beats_and_says_its_end(pages: PageServer) -> None:
    url = pages.open_here(0).url.partition("#")[0]
    heard: list[tuple[str, str]] = []
    with pages.serving(), httpx.stream("GET", f"{url}events", timeout=SECONDS) as stream:
        for name, number, data in read_events(stream.iter_lines()):
            heard.append((name, number))
            if name == "snapshot":
                assert "<section" in str(data["board"])
            if heard[-1] == ("snapshot", "1"):
                pages.feed.publish(make_moment(BENCHES["none"]))
            if name == "beat":
                threading.Thread(target=pages.feed.close).start()
    assert list(dict.fromkeys(heard)) == [("snapshot", "1"), ("snapshot", "2"), ("beat", ""), ("end", "")]


def test_who_comes_again_gets_a_whole_snapshot(pages: PageServer) -> None:
    url = pages.open_here(0).url.partition("#")[0]
    with pages.serving():
        for _ in range(2):
            with httpx.stream("GET", f"{url}events", headers={"last-event-id": "1"}, timeout=SECONDS) as stream:
                name, number, _data = next(read_events(stream.iter_lines()))
                assert (name, number) == ("snapshot", "1")


FAULTS: dict[str, tuple[str, int, AddressFault]] = {
    "of another computer": ("192.0.2.1", 0, AddressFault.FOREIGN),
    "of nobody": ("no-such-host.invalid", 0, AddressFault.FOREIGN),
    "no name at all": ("a" * 70 + ".example", 0, AddressFault.FOREIGN),
    "no port": ("127.0.0.1", 70_000, AddressFault.PORT),
    "all of them": ("0.0.0.0", 0, AddressFault.EVERY),  # noqa: S104 # it is refused
    "all of them, in short": ("0", 0, AddressFault.EVERY),
    "all of them, as IPv6": ("::", 0, AddressFault.EVERY),
}


def test_an_address_that_cannot_be_had_is_an_error_with_its_reason(pages: PageServer) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(NoAddress, match="Address already in use") as taken,
    ):
        pages.open_here(other.getsockname()[1])
    found = {"taken": taken.value.fault}
    for name, (address, port, _fault) in FAULTS.items():
        with pytest.raises(NoAddress) as refused:
            pages.open_room(address, port)
        found[name] = refused.value.fault
        assert say(Language.FR, f"web.no-address.{refused.value.fault}", address=address, text=refused.value.text)
    assert found == {"taken": AddressFault.TAKEN, **{name: fault for name, (_, _, fault) in FAULTS.items()}}
    with pages.serving():
        pass


WRITTEN = {"127.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "LocalHost": "localhost", "0:0:0:0:0:0:0:1": "::1"}


def test_an_address_is_known_as_browsers_write_it() -> None:
    found = {}
    for written in WRITTEN:
        with bind(written, 0) as opened:
            found[written] = write_as_browsers_do(written, opened)
    assert found == WRITTEN
    assert list_hosts(("::1", "bench"), 8443, "https") == {"[::1]:8443", "bench:8443"}
    assert list_hosts(("10.0.0.5",), 443, "https") == {"10.0.0.5:443", "10.0.0.5"}
    assert list_hosts(("10.0.0.5",), 443, "http") == {"10.0.0.5:443"}


def test_the_url_that_is_told_is_served(pages: PageServer) -> None:
    door = pages.open_room("LOCALHOST", 0)
    trusted = ssl.create_default_context(cafile=str(door.certificate.file if door.certificate else ""))
    with pages.serving(), httpx.Client(verify=trusted, timeout=SECONDS) as client:
        assert client.get(door.address).status_code == 200


def count_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_who_holds_connections_and_says_nothing_leaves_descriptors_to_the_runs(pages: PageServer) -> None:
    """Before a handshake is made, the same for both ways."""
    ports = [int(httpx.URL(door.address).port or 0) for door in (pages.open_here(0), pages.open_room("127.0.0.1", 0))]
    with pages.serving(), ExitStack() as held:
        before = count_descriptors()
        for port in ports:
            strangers = [held.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS)) for _ in range(200)]
            turned_away = [one for one in strangers[MOST_CONNECTIONS:] if one.recv(1) == b""]
            assert len(turned_away) == len(strangers) - MOST_CONNECTIONS
        ours = len(ports) * 200
        assert count_descriptors() - before - ours <= len(ports) * MOST_CONNECTIONS + 4
        for stranger in strangers:
            stranger.close()


@pytest.mark.later
def test_who_sends_no_whole_request_is_dropped(pages: PageServer) -> None:
    doors = [httpx.URL(door.address) for door in (pages.open_here(0), pages.open_room("127.0.0.1", 0))]
    head = f"POST /words HTTP/1.1\r\nHost: 127.0.0.1:{doors[0].port}\r\nContent-Length: 9\r\n"
    key = pages.open_here(0).url.partition("=")[2]
    head += f"Origin: http://127.0.0.1:{doors[0].port}\r\nX-Provision-Key: {key}\r\n\r\n"
    with pages.serving(), ExitStack() as held:
        strangers = []
        for url, sent in [(doors[0], ""), (doors[0], "GET /"), (doors[0], head), (doors[1], ""), (doors[1], "\x16")]:
            stranger = held.enter_context(socket.create_connection(("127.0.0.1", url.port or 0), 4 * SECONDS))
            stranger.sendall(sent.encode())
            strangers.append(stranger)
        for stranger in strangers:
            with contextlib.suppress(ConnectionResetError):
                assert stranger.recv(4096) == b""


def test_a_screen_of_the_room_is_served_over_https_by_the_certificate_that_is_told(pages: PageServer) -> None:
    door = pages.open_room("127.0.0.1", 0)
    assert door.certificate is not None
    url, _, key = door.url.partition("#key=")
    trusted = ssl.create_default_context(cafile=str(door.certificate.file))
    address = url.partition("?")[0]
    with pages.serving(), httpx.Client(verify=trusted, timeout=SECONDS) as client:
        assert client.get(f"{address}snapshot").status_code == 403
        assert client.get(f"{address}snapshot", headers={"x-provision-key": key}).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, timeout=SECONDS)


def test_keys_and_certificate_stay_and_are_for_their_owner(home: Home) -> None:
    servers = [PageServer(home, Language.EN) for _ in range(2)]
    first, second = (server.open_room("127.0.0.1", 0) for server in servers)
    for server in servers:
        with server.serving():
            pass
    assert first.url.partition("#")[2] == second.url.partition("#")[2]
    assert first.certificate == second.certificate
    folder = home.state / "web"
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes["wall-key"] == modes["certificate-key.pem"] == 0o600


NAMES = ("127.0.0.1", "bench")
ANEW = {
    "near its end": (NAMES, timedelta(days=380)),
    "for another address": (("127.0.0.2", "bench"), timedelta(0)),
}


@pytest.mark.parametrize("why", ANEW)
def test_a_certificate_is_made_anew(why: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    names, later = ANEW[why]
    first = keep_certificate(tmp_path, NAMES, now)
    assert keep_certificate(tmp_path, NAMES, now) == first
    assert keep_certificate(tmp_path, names, now + later).fingerprint != first.fingerprint


def test_a_certificate_without_names_is_made_anew(tmp_path: Path) -> None:
    """Browsers take none: of a hospital's own authority, by an old program."""
    first = keep_certificate(tmp_path, NAMES)
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([]), datetime.now(UTC)
    nameless = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    nameless = nameless.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=90))
    first.file.write_bytes(nameless.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    assert keep_certificate(tmp_path, NAMES).fingerprint != first.fingerprint


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    first = keep_certificate(tmp_path, NAMES)
    first.file.write_text("nothing")
    assert keep_certificate(tmp_path, NAMES).fingerprint != first.fingerprint
