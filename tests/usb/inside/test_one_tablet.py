"""One tablet on a real USB core: udev events, adb over usbfs, re-plugs and a yank."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from dataclasses import replace
from threading import Timer

import pytest
from bench import SECONDS, Bench, Figure, Watch, wait_for
from tablet import Unit

from provision.bench.ports import PortEvent, has_adb
from provision.errors import TabletGone, TransportError
from provision.transport import Answer, Transport

pytestmark = pytest.mark.usb

ADDED = PortEvent("add", "1-1", ":060101:ff4201:", "04e8", "6860")
REMOVED = replace(ADDED, action="remove")
UPLOAD = "/data/local/tmp/file"


def read_back(tablet: Transport) -> bytes:
    """The uploaded file, as the tablet has it."""
    pieces: list[bytes] = []
    tablet.pull(UPLOAD, pieces.append, seconds=SECONDS)
    return b"".join(pieces)


def test_a_plug_is_one_event_and_one_device_and_an_unplug_ends_both(bench: Bench) -> None:
    unit = bench.unit(0)
    seen, listed = Figure("plug to port event"), Figure("plug to adb `device`")
    unit.plug()
    assert bench.watch.next() == ADDED
    seen.stop()
    tablet = bench.ready("1-1")
    listed.stop()
    assert tablet.address == "usb:1-1"
    gone = Figure("pull to port event")
    unit.unplug()
    assert bench.watch.next() == REMOVED
    gone.stop()
    wait_for(lambda: not bench.row("1-1"))
    assert bench.watch.is_quiet()


def test_a_shell_line_and_files_go_there_and_back(bench: Bench) -> None:
    bench.unit(0).plug()
    tablet = bench.ready("1-1")
    trip = Figure("shell round trip")
    assert tablet.shell("getprop ro.product.model", seconds=SECONDS) == Answer("SM-T510\n", "", 0)
    trip.stop()
    for size in (0, 1, 512, 65536, 3 * 1024 * 1024 + 1):
        content = random.Random(size).randbytes(size)  # noqa: S311 - not a secret
        tablet.push(io.BytesIO(content), size, UPLOAD, seconds=SECONDS)
        assert read_back(tablet) == content


def test_a_replug_keeps_the_port_and_gets_a_new_transport(bench: Bench) -> None:
    unit = bench.unit(0)
    unit.plug()
    before = bench.ready("1-1").transport_id
    unit.unplug()
    wait_for(lambda: not bench.row("1-1"))
    unit.plug()
    assert bench.ready("1-1").transport_id != before
    assert [bench.watch.next() for _ in range(3)] == [ADDED, REMOVED, ADDED]


def test_without_debugging_there_is_file_transfer_only_until_it_is_switched_on(bench: Bench) -> None:
    unit = bench.unit(1)
    unit.plug()
    assert has_adb(bench.watch.next().interfaces)
    unit.switch_debugging("0")
    assert bench.watch.next().action == "remove"
    locked = bench.watch.next()
    assert (locked.port, ":060101:" in locked.interfaces, has_adb(locked.interfaces)) == ("1-2", True, False)
    wait_for(lambda: not bench.row("1-2"))
    unit.switch_debugging("1")
    assert bench.watch.next() == replace(locked, action="remove")
    assert has_adb(bench.watch.next().interfaces)
    bench.ready("1-2")


def test_a_tablet_that_was_there_before_the_start_is_reported(bench: Bench) -> None:
    bench.unit(0).plug()
    bench.ready("1-1")
    later = Watch()
    try:
        assert later.next() == ADDED
    finally:
        later.close()


def test_twins_with_one_serial_are_reached_by_their_ports(bench: Bench) -> None:
    for port in (0, 2):
        bench.unit(port).plug()
    left, right = bench.ready("1-1"), bench.ready("1-3")
    assert left.transport_id != right.transport_id
    left.push(io.BytesIO(b"left"), 4, UPLOAD, seconds=SECONDS)
    right.push(io.BytesIO(b"right"), 5, UPLOAD, seconds=SECONDS)
    assert read_back(left) == b"left"


def test_a_reboot_leaves_the_bus_and_comes_back_on_its_port(bench: Bench) -> None:
    bench.unit(0).plug()
    tablet = bench.ready("1-1")
    with suppress(TransportError):  # the connection may end before the answer
        tablet.shell("reboot", seconds=SECONDS)
    assert [bench.watch.next() for _ in range(3)] == [ADDED, REMOVED, ADDED]
    assert bench.ready("1-1").transport_id != tablet.transport_id


class Yanking(io.RawIOBase):
    """A source that has the cable pulled when so many of its bytes are taken, and so many seconds later."""

    def __init__(self, unit: Unit, at: int, later: float = 0.0) -> None:
        self._left, self._hand = at, Timer(later, unit.unplug)

    def read(self, wanted: int = -1) -> bytes:
        """Zeros."""
        self._left -= wanted
        if self._left <= 0 and not self._hand.is_alive() and not self._hand.finished.is_set():
            self._hand.start()
        return bytes(wanted)


def test_a_yank_in_mid_push_is_an_error_at_once(bench: Bench) -> None:
    unit, size = bench.unit(0), 64 * 1024 * 1024
    unit.plug()
    tablet = bench.ready("1-1")
    with pytest.raises(TransportError):
        tablet.push(Yanking(unit, size // 4), size, UPLOAD, seconds=2 * SECONDS)  # type: ignore[arg-type]
    wait_for(lambda: not bench.row("1-1"))


def prepare_upload(bench: Bench, size: int) -> tuple[Transport, str]:
    """The plugged tablet, and the line that writes so many bytes into a session of it."""
    tablet = bench.ready("1-1")
    made = tablet.shell(f"cmd package install-create -r -S {size}", seconds=SECONDS)
    number = made.out.partition("[")[2].partition("]")[0]
    return tablet, f"cmd package install-write -S {size} {number} base.apk -"


def test_an_upload_whose_cable_is_pulled_is_lost_at_its_last_byte_too(bench: Bench) -> None:
    """The tablet takes all of it and never answers, so that nothing but the connection can end the call."""
    unit, size = bench.unit(0), 3 * 1024 * 1024
    unit.plug()
    tablet, line = prepare_upload(bench, size)
    whole = tablet.exec_with_stdin(line, io.BytesIO(bytes(size)), size, seconds=2 * SECONDS)
    assert whole.out == f"Success: streamed {size} bytes\n"
    unit.unplug()
    unit.edit("break", "hang-after:cmd+package+install-write")
    for at, later in ((1, 0.0), (size // 2, 0.0), (size, 0.0), (size, 2.0)):
        wait_for(lambda: not bench.row("1-1"))
        unit.plug()
        tablet, line = prepare_upload(bench, size)
        with pytest.raises(TabletGone):
            tablet.exec_with_stdin(line, Yanking(unit, at, later), size, seconds=2 * SECONDS)  # type: ignore[arg-type]
