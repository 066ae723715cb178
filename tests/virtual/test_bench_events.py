"""What happens to the connection: authorisation, plugs, restarts, faults, a server that dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import AdbServer, bundled_adb, make_server
from tests.virtual.smart_client import ask, client, framed, read
from tests.virtual.tiny_tablet import LiveBench, TinyTablet, banner, run_bench
from tests.waiting import wait_until

pytestmark = pytest.mark.front

Bench = Callable[..., AbstractContextManager[LiveBench]]


@pytest.fixture
def bench(adb_server: AdbServer, tmp_path: Path) -> Bench:
    """Makes a bench of given tablets before the session's server."""

    def make(*tablets: TinyTablet) -> AbstractContextManager[LiveBench]:
        return run_bench(tmp_path, tablets, (adb_server.host, adb_server.port))

    return make


def listed(live: LiveBench) -> list[str]:
    """Serial, state and path of the USB rows; the server still lists connections of tests that ended."""
    rows = ask(live.front.port, "host:devices-l")[8:].decode().splitlines()
    return [" ".join(row.split()[:3]) for row in rows if " usb:" in row]


def transport_id(live: LiveBench, path: str) -> int:
    """Of the row that is ready for commands; 0 when there is none."""
    rows = ask(live.front.port, "host:devices-l")[8:].decode().splitlines()
    return next((int(row.rpartition(":")[2]) for row in rows if f" device {path} " in row), 0)


def test_an_unknown_computer_waits_until_somebody_taps_allow(bench: Bench) -> None:
    tablet = TinyTablet(banner(secure=True))
    with bench(tablet) as live:
        wait_until(lambda: listed(live) == ["T1 unauthorized usb:1-1.1"], "unauthorized")
        assert b"device unauthorized." in ask(live.front.port, "host:transport:T1", "shell:say a")
        slot = live.bench.slot("1")
        wait_until(slot.deny, "the question on its screen")
        assert live.do(slot.allow) != "allowed"
        live.unplug("1")
        live.plug("1")
        wait_until(lambda: live.do(slot.allow) == "allowed", "allowed")
        wait_until(lambda: listed(live) == ["T1 device usb:1-1.1"], "device")
        assert len(tablet.keys) == 1
        live.unplug("1")
        live.plug("1")
        live.wait_online("1")  # without a dialog: tap is None


def test_a_hand_taps_by_itself_after_its_time(bench: Bench) -> None:
    with bench(TinyTablet(banner(secure=True), tap=0.1)) as live:
        live.wait_online("1")


def test_a_known_computer_passes_before_the_first_bench_saw_its_key(bench: Bench, adb_server: AdbServer) -> None:
    """The ring is empty, but the tablet's own store has the key."""
    key = (Path(adb_server.env["HOME"]) / ".android" / "adbkey.pub").read_text().split()[0]
    with bench(TinyTablet(banner(secure=True), keys={key})) as live:
        live.wait_online("1")


def test_a_pulled_cable_ends_commands_and_the_row(bench: Bench, adb_server: AdbServer) -> None:
    with bench(TinyTablet(banner())) as live:
        live.wait_online("1")
        first = transport_id(live, "usb:1-1.1")
        name = live.bench.slot("1").emulator.encode()
        with client(live.front.port, "host:transport:T1") as sock:
            assert read(sock, 4) == b"OKAY"
            sock.sendall(b"000ashell:hang")
            assert read(sock, 4) == b"OKAY"
            live.unplug("1")
            assert read(sock, 1) == b""
        assert listed(live) == []
        wait_until(lambda: name not in ask(adb_server.port, "host:devices"), "the real row is gone", seconds=2)
        live.plug("1")
        wait_until(lambda: listed(live) == ["T1 device usb:1-1.1"], "back")
        assert transport_id(live, "usb:1-1.1") != first


@pytest.mark.parametrize("service", ["shell:reboot", "shell:reboot; say x", "shell:drop", "reboot:"])
def test_a_tablet_that_goes_away_comes_back_as_a_new_connection(bench: Bench, service: str) -> None:
    tablet = TinyTablet(banner())
    with bench(tablet) as live:
        live.wait_online("1")
        first = transport_id(live, "usb:1-1.1")
        answer = ask(live.front.port, "host:transport:T1", service)
        assert answer == {"shell:drop": b"OKAYlast words\n", "reboot:": b"OKAY"}.get(service, b"OKAYbye\n")
        wait_until(lambda: not live.is_online("1"), "gone")
        wait_until(lambda: listed(live) == ["T1 device usb:1-1.1"], "back")
        assert transport_id(live, "usb:1-1.1") > first
        assert tablet.boots == ([""] if "reboot" in service else [])


def test_twins_are_both_listed_and_reached_by_path_only(bench: Bench) -> None:
    with bench(TinyTablet(banner(serial="TWIN")), TinyTablet(banner(serial="TWIN"))) as live:
        live.wait_online("1", "2")
        assert sorted(listed(live)) == ["TWIN device usb:1-1.1", "TWIN device usb:1-1.2"]
        assert ask(live.front.port, "host:transport:TWIN", "x") == b"FAIL" + framed(
            "more than one device with serial TWIN"
        )
        for path in ("usb:1-1.1", "usb:1-1.2"):
            assert ask(live.front.port, f"host:transport:{path}", "shell:say a") == b"OKAYa\n"
        live.unplug("1")
        assert ask(live.front.port, "host:transport:TWIN", "shell:say a") == b"OKAYa\n"


def test_a_device_that_may_not_be_opened_is_listed_so(bench: Bench) -> None:
    with bench(TinyTablet(banner(serial=""))) as live:
        live.wait_online("1")
        slot = live.bench.slot("1")
        live.do(lambda: slot.permit(allowed=False))
        row = ask(live.front.port, "host:devices-l")[8:].decode()
        assert row.startswith("(no serial number)     no permissions (missing udev rules? user is in the plugdev")
        assert " usb:1-1.1 transport_id:9" in row
        assert ask(live.front.port, "host:transport:usb:1-1.1")[8:].startswith(b"insufficient permissions for device: ")
        live.do(lambda: slot.permit(allowed=True))
        live.wait_online("1")


def test_trackers_hear_every_change_and_only_changes(bench: Bench) -> None:
    with bench(TinyTablet(banner())) as live, client(live.front.port, "host:track-devices-l") as sock:
        live.wait_online("1")
        assert read(sock, 4) == b"OKAY"
        blocks = [""]

        def next_block() -> str:
            blocks.append(read(sock, int(read(sock, 4), 16)).decode())
            assert blocks[-1] != blocks[-2]
            return blocks[-1]

        while " device usb:1-1.1 product:prod model:Pad_1 device:dev" not in next_block():
            pass
        live.unplug("1")
        while next_block():
            pass


def test_waiting_for_a_state_ends_when_it_is_so(bench: Bench) -> None:
    with bench(TinyTablet(banner())) as live:
        live.wait_online("1")
        live.unplug("1")
        with client(live.front.port, "host-serial:usb:1-1.1:wait-for-any-device") as sock:
            assert read(sock, 4) == b"OKAY"
            live.plug("1")
            assert read(sock, 4) == b"OKAY"
        with client(live.front.port, "host-serial:usb:1-1.1:wait-for-any-disconnect") as sock:
            assert read(sock, 4) == b"OKAY"
            live.unplug("1")
            assert read(sock, 4) == b"OKAY"


def test_reconnecting_frees_a_command_that_waits(bench: Bench) -> None:
    """A mute tablet never answers OPEN; the host may drop the connection and gets a new one."""
    tablet = TinyTablet(banner())
    with bench(tablet) as live:
        live.wait_online("1")
        first = transport_id(live, "usb:1-1.1")
        tablet.fault, tablet.asked = "mute", 0
        with client(live.front.port, "host:transport:T1") as sock:
            assert read(sock, 4) == b"OKAY"
            sock.sendall(b"000bshell:say a")
            wait_until(lambda: tablet.asked > 0, "the tablet saw the command")
            tablet.fault = None
            answer = ask(live.front.port, f"host-transport-id:{first}:reconnect")
            assert answer == b"OKAY" + framed("reconnecting T1 [device]")
            assert read(sock, 100) == b"FAIL0006closed"
        wait_until(lambda: transport_id(live, "usb:1-1.1") > first, "connected anew")
        assert ask(live.front.port, "host:transport:T1", "shell:say a") == b"OKAYa\n"


def test_an_upload_is_cut_in_its_middle(bench: Bench) -> None:
    tablet = TinyTablet(banner(), fault="drop-mid-upload")
    with bench(tablet) as live:
        live.wait_online("1")
        with client(live.front.port, "host:transport:T1") as sock:
            assert read(sock, 4) == b"OKAY"
            sock.sendall(framed("sync:"))
            assert read(sock, 4) == b"OKAY", read(sock, 100)
            sock.sendall(b"SEND\x0c\0\0\0/data/x,3318" + b"DATA\0\x10\0\0" + bytes(4096))
            assert read(sock, 1) == b""
        assert tablet.files == {}
        live.wait_online("1")


def test_debugging_switched_off_leaves_a_tablet_without_adb(bench: Bench) -> None:
    tablet = TinyTablet(banner())
    with bench(tablet) as live:
        live.wait_online("1")
        with live.bench.follow_ports() as events:
            assert ask(live.front.port, "host:transport:T1", "shell:off") == b"OKAYoff\n"
            wait_until(lambda: listed(live) == [], "no row")
            wait_until(lambda: events.qsize() == 4, "four events")
            said = [events.get_nowait() for _ in range(4)]
        assert [event.get("interfaces") for event in said] == [":060101:ff4201:", None, ":060101:ff4201:", ":060101:"]
        assert [event["event"] for event in said] == ["add", "synced", "remove", "add"]
        live.do(lambda: live.bench.slot("1").edit("enable-adb", ()))
        live.wait_online("1")


def test_a_maker_without_any_usb_function_shows_nothing_once_debugging_is_off(bench: Bench) -> None:
    tablet = TinyTablet(banner())
    with bench(tablet) as live:
        live.wait_online("1")
        tablet.usb_silent = True
        assert ask(live.front.port, "host:transport:T1", "shell:off") == b"OKAYoff\n"
        wait_until(lambda: live.bench.slot("1").present is None, "nothing on USB")


def test_file_transfer_mode_is_on_usb_but_not_in_adb(bench: Bench) -> None:
    with bench(TinyTablet(banner())) as live:
        live.wait_online("1")
        slot = live.bench.slot("1")
        live.do(lambda: slot.switch("mtp"))
        assert listed(live) == []
        assert slot.present == {
            "event": "add",
            "port": "1-1.1",
            "interfaces": ":060101:",
            "vendor_id": "04e8",
            "product_id": "6860",
        }
        assert json.dumps(slot.present)


def test_tablets_come_back_when_the_server_was_killed(tmp_path: Path) -> None:
    """With a server of this test's own; the front stays where it is."""
    (tmp_path / "home").mkdir()
    server = make_server(tmp_path / "home", bundled_adb())
    server.start()
    tablets = [TinyTablet(banner(serial=f"T{n}")) for n in range(3)]
    try:
        with run_bench(tmp_path, tablets, (server.host, server.port)) as live:
            live.wait_online("1", "2", "3")
            with client(live.front.port, "host:track-devices") as tracker:
                assert read(tracker, 4) == b"OKAY"
                server.kill()
                while read(tracker, 4096):
                    pass
            assert ask(live.front.port, "host:devices") == b""
            wait_until(lambda: not any(map(live.is_online, "123")), "connections ended")
            server.start()
            wait_until(lambda: len(rows := listed(live)) == 3 and all(" device " in row for row in rows), "back")
    finally:
        server.kill()
