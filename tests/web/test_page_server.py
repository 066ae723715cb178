"""The server of the pages on real sockets: its stream, its certificate, and an address that is taken."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import select
import socket
import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provision.errors import HomeError
from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.terms import HomeKind
from provision.texts.catalogue import Language, say
from provision.web.address import AddressFault, NoAddress, bind, list_hosts, write_as_browsers_do
from provision.web.bounded_socket import (
    MOST_CONNECTIONS,
    MOST_LEAVING,
    Connection,
    Standing,
    choose_leaving,
    name_holder,
)
from provision.web.certificate import Certificate, keep_certificate
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


IDLE = 200


def test_who_holds_connections_and_says_nothing_keeps_nobody_from_the_page(pages: PageServer) -> None:
    """Of either way, from the very address of the technician, whose open stream goes on."""
    doors = (pages.open_here(0), pages.open_room("127.0.0.1", 0))
    trusted = ssl.create_default_context(cafile=str(doors[1].certificate.file if doors[1].certificate else ""))
    with pages.serving(), ExitStack() as held:
        for door in doors:
            url, _, key = door.url.partition("#key=")
            url = url.partition("?")[0]
            shown = {"x-provision-key": key}
            client = held.enter_context(httpx.Client(verify=trusted, timeout=SECONDS, headers=shown))
            lines = held.enter_context(client.stream("GET", f"{url}events")).iter_lines()
            events = read_events(lines)
            assert next(events)[0] == "snapshot"
            before = count_descriptors()
            port = int(httpx.URL(url).port or 0)
            strangers = [
                held.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS)) for _ in range(IDLE)
            ]
            for _ in range(3):
                assert httpx.get(f"{url}snapshot", verify=trusted, timeout=SECONDS, headers=shown).status_code == 200
            assert count_descriptors() - before - IDLE <= MOST_CONNECTIONS + MOST_LEAVING
            gone, _, _ = select.select(strangers, [], [], 0)
            assert len(gone) >= IDLE - MOST_CONNECTIONS
            assert next(events)[0] == "beat"


ARRIVALS = [
    ("2001:db8:1::1", Standing.KEYED),
    ("10.0.0.1", Standing.SILENT),
    ("2001:db8:2::1", Standing.SILENT),
    ("2001:db8:2::2", Standing.SILENT),
    ("10.0.0.1", Standing.ASKED),
    ("10.0.0.2", Standing.ASKED),
    ("10.0.0.2", Standing.ASKED),
]


def test_who_holds_most_makes_room_and_who_showed_a_key_never_does() -> None:
    with ExitStack() as held:
        made = [
            Connection(held.enter_context(socket.socket()), name_holder(address), standing)
            for address, standing in ARRIVALS
        ]
        staying, left = list(made), []
        while (leaving := choose_leaving(staying)) is not None:
            staying.remove(leaving)
            left.append(made.index(leaving))
    # The silent: of 10.0.0.1 and of the network of two, which hold two each, the oldest; then whose hold more is left.
    assert (left, staying) == ([1, 2, 3, 5, 4, 6], made[:1])


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


def test_two_servers_at_two_addresses_replace_no_certificate_of_each_other(tmp_path: Path) -> None:
    keep_certificate(tmp_path, NAMES)
    both = keep_certificate(tmp_path, ("127.0.0.2", "bench"))
    assert keep_certificate(tmp_path, NAMES) == keep_certificate(tmp_path, ("127.0.0.2",)) == both


@pytest.mark.parametrize("without_key", [False, True])
def test_an_own_certificate_that_is_no_good_is_made_anew_and_kept_beside_what_is_another_s(
    tmp_path: Path, *, without_key: bool
) -> None:
    first = keep_certificate(tmp_path, NAMES)
    folder = first.file.parent
    (folder / "certificate-key.pem.before").write_bytes(another := make_pem_key(make_ec_key()))
    if without_key:
        first.key_file.unlink()
    second = keep_certificate(tmp_path, ("127.0.0.2",))
    assert second.fingerprint != first.fingerprint
    assert keep_certificate(tmp_path, ("127.0.0.2",)) == second
    keep_certificate(tmp_path, ("127.0.0.3",))
    assert (folder / "certificate-key.pem.before").read_bytes() == another
    aside = {each.name for each in folder.glob("*.before-*")}
    assert aside == {"certificate.pem.before-2", "certificate-key.pem.before-2"}


UNCERTAIN: dict[str, Callable[[Certificate], object]] = {
    "damaged": lambda kept: kept.file.write_text("nothing"),
    "in DER": lambda kept: kept.file.write_bytes(ssl.PEM_cert_to_DER_cert(kept.file.read_text())),
    "with another's key": lambda kept: kept.key_file.write_bytes(make_pem_key(make_ec_key())),
    "a key alone": lambda kept: kept.file.unlink(),
}


@pytest.mark.parametrize("case", UNCERTAIN)
def test_what_nobody_knows_to_be_the_bench_s_own_is_refused_and_never_replaced(case: str, tmp_path: Path) -> None:
    made = keep_certificate(tmp_path, NAMES)
    UNCERTAIN[case](made)
    before = {each.name: each.read_bytes() for each in made.file.parent.iterdir()}
    with pytest.raises(HomeError, match=r"not replaced.*mv -i .*certificate-key\.pem"):
        keep_certificate(tmp_path, NAMES)
    assert {each.name: each.read_bytes() for each in made.file.parent.iterdir()} == before


def make_ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def make_pem_key(key: ec.EllipticCurvePrivateKey, *, hidden: bool = False) -> bytes:
    form = serialization.BestAvailableEncryption(b"8 tall trees") if hidden else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, form)


@dataclass(frozen=True)
class Foreign:
    """A certificate that the hospital's own authority gave: its names, its days, and what is wrong about its key."""

    names: tuple[str, ...] = NAMES[:1]
    days: tuple[int, int] = (-1, 90)
    hidden: bool = False
    right_key: bool = True
    wrong: str = ""


FOREIGN = {
    "good": Foreign(),
    "good, near its end": Foreign(days=(-80, 2)),
    "without names": Foreign(names=(), wrong="does not name 127.0.0.1"),
    "for another address": Foreign(names=("10.0.0.5",), wrong="does not name 127.0.0.1"),
    "over": Foreign(days=(-90, -1), wrong="valid from"),
    "not yet good": Foreign(days=(2, 90), wrong="valid from"),
    "with another's key": Foreign(right_key=False, wrong="the key in certificate-key.pem is not its own"),
    "with a hidden key": Foreign(hidden=True, wrong="without a password"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_certificate_of_somebody_else_is_used_or_refused_and_never_replaced(case: str, tmp_path: Path) -> None:
    foreign, now = FOREIGN[case], datetime.now(UTC)
    (tmp_path / "web").mkdir()
    file, key_file = tmp_path / "web/certificate.pem", tmp_path / "web/certificate-key.pem"
    key, authority = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench.example")])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hospital")])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    begin, end = (now + timedelta(days=days) for days in foreign.days)
    made = made.serial_number(1).not_valid_before(begin).not_valid_after(end)
    if foreign.names:
        names = [x509.IPAddress(ipaddress.ip_address(name)) for name in foreign.names]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    file.write_bytes(made.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(make_pem_key(key if foreign.right_key else authority, hidden=foreign.hidden))
    before = (file.read_bytes(), key_file.read_bytes())
    if foreign.wrong:
        with pytest.raises(HomeError, match=foreign.wrong) as refused:
            keep_certificate(tmp_path, NAMES, now)
        assert f"mv -i {file} {key_file} " in str(refused.value)
    else:
        assert keep_certificate(tmp_path, NAMES, now).file == file
    assert (file.read_bytes(), key_file.read_bytes()) == before
    assert sorted(each.name for each in file.parent.iterdir()) == ["certificate-key.pem", "certificate.pem"]
