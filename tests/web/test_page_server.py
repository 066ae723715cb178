"""The server of the pages on real sockets: its stream, its certificate, and an address that is taken."""

from __future__ import annotations

import json
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.terms import HomeKind
from provision.texts.catalogue import Language
from provision.web.certificate import keep_certificate
from provision.web.server import AddressTaken, PageServer
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


def test_an_address_that_is_taken_is_an_error_of_its_own(pages: PageServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(AddressTaken, match="Address already in use"):
            pages.open_here(port)
    with pytest.raises(AddressTaken):
        pages.open_room("192.0.2.1", 0)
    with pages.serving():
        pass


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


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    first = keep_certificate(tmp_path, NAMES)
    first.file.write_text("nothing")
    assert keep_certificate(tmp_path, NAMES).fingerprint != first.fingerprint
