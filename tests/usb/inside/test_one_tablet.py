"""One tablet on a real USB core: udev events, adb over usbfs, re-plugs and a yank."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from threading import Thread

import pytest
from bench import Bench, Figure, Watch, wait_for

from provision.bench.ports import PortEvent, has_adb, has_mtp
from provision.errors import TransportError
from provision.virtual.usb_device import UsbDevice, UsbMode

pytestmark = pytest.mark.usb

TABLET = UsbDevice(0x04E8, 0x6860, "Samsung", "SM-T510", "R52M70ABCDE")
ADDED = PortEvent("add", "1-1", ":060101:ff4201:", "04e8", "6860")
REMOVED = replace(ADDED, action="remove")


def test_a_plug_is_one_event_and_one_device_and_an_unplug_ends_both(bench: Bench) -> None:
    seen, listed = Figure("plug to port event"), Figure("plug to adb `device`")
    cable = bench.plug(TABLET, 0)
    assert bench.watch.next() == ADDED
    seen.stop()
    tablet = bench.ready("1-1")
    listed.stop()
    assert tablet.address == "usb:1-1"
    gone = Figure("pull to port event")
    cable.close()
    assert bench.watch.next() == REMOVED
    gone.stop()
    wait_for(lambda: not bench.row("1-1"))
    assert bench.watch.is_quiet()


def test_a_shell_line_and_files_go_there_and_back(bench: Bench) -> None:
    bench.plug(TABLET, 0)
    tablet = bench.ready("1-1")
    trip = Figure("shell round trip")
    assert tablet.shell("echo there and back", seconds=20).out == "there and back\n"
    trip.stop()
    for size in (0, 1, 512, 65536, 3 * 1024 * 1024 + 1):
        content = random.Random(size).randbytes(size)  # noqa: S311 - not a secret
        tablet.push(io.BytesIO(content), size, "/data/local/tmp/file", seconds=60)
        assert tablet.pull("/data/local/tmp/file", seconds=60) == content


def test_a_replug_keeps_the_port_and_gets_a_new_transport(bench: Bench) -> None:
    first = bench.plug(TABLET, 0)
    before = bench.ready("1-1").transport_id
    first.close()
    wait_for(lambda: not bench.row("1-1"))
    bench.plug(TABLET, 0)
    assert bench.ready("1-1").transport_id != before
    assert [bench.watch.next() for _ in range(3)] == [ADDED, REMOVED, ADDED]


def test_without_debugging_there_is_file_transfer_only_until_it_is_switched_on(bench: Bench) -> None:
    locked = bench.plug(replace(TABLET, mode=UsbMode.MTP), 1)
    event = bench.watch.next()
    assert (event.port, has_mtp(event.interfaces), has_adb(event.interfaces)) == ("1-2", True, False)
    locked.close()
    assert bench.watch.next().action == "remove"
    bench.plug(TABLET, 1)
    assert has_adb(bench.watch.next().interfaces)
    bench.ready("1-2")


def test_a_tablet_that_was_there_before_the_start_is_reported(bench: Bench) -> None:
    bench.plug(TABLET, 0)
    bench.ready("1-1")
    later = Watch()
    try:
        assert later.next() == ADDED
    finally:
        later.close()


def test_twins_with_one_serial_are_reached_by_their_ports(bench: Bench) -> None:
    bench.plug(TABLET, 0)
    bench.plug(TABLET, 2)
    left, right = bench.ready("1-1"), bench.ready("1-3")
    assert left.transport_id != right.transport_id
    left.push(io.BytesIO(b"left"), 4, "/data/local/tmp/who", seconds=20)
    right.push(io.BytesIO(b"right"), 5, "/data/local/tmp/who", seconds=20)
    assert left.pull("/data/local/tmp/who", seconds=20) == b"left"


def test_a_yank_in_mid_push_is_an_error_at_once(bench: Bench) -> None:
    cable = bench.plug(TABLET, 0)
    tablet = bench.ready("1-1")
    size = 64 * 1024 * 1024

    class Yanking(io.RawIOBase):
        """A source that pulls the cable when a quarter is sent."""

        sent = 0

        def read(self, wanted: int = -1) -> bytes:
            self.sent += wanted
            if self.sent == size // 4:
                Thread(target=cable.close).start()
            return bytes(wanted)

    with pytest.raises(TransportError):
        tablet.push(Yanking(), size, "/data/local/tmp/file", seconds=60)  # type: ignore[arg-type]
    wait_for(lambda: not bench.row("1-1"))
