"""Many tablets at once, hubs in hubs, resets, sleep, and what the kernel says, by its own knobs."""

from __future__ import annotations

import io
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest
from bench import SECONDS, Bench, Figure, Watch, wait_for
from gadget import Gadget

from provision.bench.kernel_log import KmsgWords
from provision.bench.kernel_words import Complaint, KernelWord
from provision.bench.link import AdbTransport
from provision.bench.port_power import cycle_power
from provision.bench.ports import DEVICES, has_adb
from provision.bench.slot_events import Rung
from provision.bench.slots import Slot, SlotTable
from provision.bench.usb import UsbPorts
from provision.bench.usb_reset import reset_device
from provision.doctor.usb_tree import read_usb
from provision.errors import PortSourceError
from provision.records.run_end import RunEnd, unexpected_end
from provision.station.devices import AdbDevices
from provision.station.options import Options
from provision.station.recovery import Means
from provision.station.station import Station
from provision.terms import Reason
from provision.virtual.usb_device import UsbDevice
from provision.virtual.vhci import plug

pytestmark = pytest.mark.usb

UPLOAD = "/data/local/tmp/file"
EIGHT = range(8)


def test_eight_tablets_plugged_at_once_two_of_them_twins_are_all_reached_by_their_ports(bench: Bench) -> None:
    units = [bench.unit(number, "TWIN0000000" if number in {2, 5} else f"R52M70ABC{number:02d}") for number in EIGHT]
    all_in = Figure("eight tablets plugged at once, all `device`")
    hands = [Thread(target=unit.plug) for unit in units]
    for hand in hands:
        hand.start()
    tablets = [bench.ready(f"1-{number + 1}") for number in EIGHT]
    all_in.stop()
    for hand in hands:
        hand.join()
    assert len({tablet.transport_id for tablet in tablets}) == len(EIGHT)
    rows = {row.port: row.serial for row in bench.host.list_transports()}
    assert [rows["1-3"], rows["1-6"]] == ["TWIN0000000"] * 2
    for number, tablet in enumerate(tablets):
        tablet.push(io.BytesIO(bytes([number])), 1, UPLOAD, seconds=SECONDS)
    for number, tablet in enumerate(tablets):
        pieces: list[bytes] = []
        tablet.pull(UPLOAD, pieces.append, seconds=SECONDS)
        assert b"".join(pieces) == bytes([number])


def test_a_reset_makes_one_connection_anew_and_disturbs_no_other(bench: Bench) -> None:
    for number in (0, 1):
        bench.unit(number, f"R52M70ABC{number}").plug()
    before, other = bench.ready("1-1"), bench.ready("1-2")
    size, ends = 8 * 1024 * 1024, []
    upload = Thread(target=lambda: ends.append(other.push(io.BytesIO(bytes(size)), size, UPLOAD, seconds=4 * SECONDS)))
    upload.start()
    reset = Figure("USB reset to adb `device`")
    reset_device("1-1", listed=True)
    wait_for(lambda: is_another(bench, before))
    reset.stop()
    assert bench.ready("1-1").shell("getprop ro.product.model", seconds=SECONDS).out == "SM-T510\n"
    upload.join()
    assert len(ends) == 1, "the other tablet's upload came to its end"
    assert bench.ready("1-2").transport_id == other.transport_id


def is_another(bench: Bench, before: AdbTransport) -> bool:
    """Tell whether adb has the tablet again, in another connection."""
    row = bench.row(before.address.removeprefix("usb:"))
    return row is not None and row.state == "device" and row.transport_id != before.transport_id


def test_nothing_but_a_tablet_is_reset(bench: Bench) -> None:
    unit = bench.unit(0)
    unit.plug()
    bench.ready("1-1")
    unit.switch_debugging("0")
    wait_for((DEVICES / "1-1" / "1-1:1.0").exists)
    with pytest.raises(PortSourceError, match="nothing was reset"):
        reset_device("1-1")
    with pytest.raises(PortSourceError, match="has left the port"):
        reset_device("1-9")


def test_a_tablet_that_may_sleep_is_kept_awake_by_the_adb_server(bench: Bench) -> None:
    """Usbfs holds a device awake while its node is open, so what `doctor` warns of concerns the time without adb."""
    bench.unit(0).plug()
    tablet = bench.ready("1-1")
    power = DEVICES / "1-1" / "power"
    (power / "autosuspend_delay_ms").write_text("0")
    (power / "control").write_text("auto")
    assert next(device for device in read_usb() if device.name == "1-1").sleeps
    assert tablet.shell("getprop ro.product.model", seconds=SECONDS).out == "SM-T510\n"
    assert (power / "runtime_status").read_text() == "active\n"


def test_a_port_that_the_hub_switches_off_and_on_is_an_unplug_and_a_plug(bench: Bench) -> None:
    """`disable` of a port (kernel 6.0 on) is the nearest that there is to a port's power on a virtual hub."""
    bench.unit(0).plug()
    bench.ready("1-1")
    assert has_adb(bench.watch.next().interfaces)
    knob = DEVICES / "usb1" / "1-0:1.0" / "usb1-port1" / "disable"
    knob.write_text("1")
    assert bench.watch.next().action == "remove"
    wait_for(lambda: not bench.row("1-1"))
    knob.write_text("0")
    assert has_adb(bench.watch.next().interfaces)
    bench.ready("1-1")


@dataclass(frozen=True)
class Broken(UsbDevice):
    """Refuses to say what it is."""

    def control(self, setup: bytes) -> bytes | None:  # noqa: ARG002
        return None


@contextmanager
def listening() -> Iterator[SimpleQueue[KernelWord]]:
    words, heard = KmsgWords(), SimpleQueue[KernelWord]()

    def listen() -> None:
        for word in words.events():
            heard.put(word)

    listener = Thread(target=listen)
    listener.start()
    try:
        yield heard
    finally:
        words.close()
        listener.join()


def test_the_kernel_says_what_it_cannot_enumerate_and_nobody_speaks_in_its_place(bench: Bench) -> None:
    name = "usb 1-9-port1: over-current condition"
    unit = bench.unit(3)
    unit.device = replace(unit.device, product=name, manufacturer=f"x\n{name}", serial=name)
    with listening() as heard:
        kmsg = os.open("/dev/kmsg", os.O_WRONLY)
        os.write(kmsg, f"<3>{name}".encode())
        os.close(kmsg)
        unit.plug()
        assert bench.watch.next().port == "1-4"
        relay, end = socket.socketpair()
        cable = plug(Broken(0x04E8, 0x6860, "Samsung", "SM-T510", "X"), 6, relay)
        said = [heard.get(timeout=SECONDS)]
        while said[-1].complaint is not Complaint.NO_ENUMERATION:
            said.append(heard.get(timeout=SECONDS))
        cable.close()
        end.close()
    assert {word.port for word in said} == {"1-7"}
    assert KernelWord("1-7", Complaint.REFUSED, -32) in said
    log = subprocess.run(["dmesg"], capture_output=True, text=True, check=True).stdout
    assert f"usb 1-4: Product: {name}" in log, "the tablet did say it"


class Noted:
    """A run that is over at once, a sink that shows nothing, and what was written down meanwhile."""

    def __init__(self) -> None:
        self.rungs: list[tuple[str, str]] = []

    def make(self, _transport: object, slot: str, *_rest: object) -> Noted:
        self.slot = slot
        return self

    def run(self) -> RunEnd:
        return unexpected_end(self.slot, ValueError())

    def cancel(self, cause: Reason) -> None: ...

    def stop(self) -> bool:
        return False

    def show(self, table: SlotTable, now: float) -> None: ...

    def ended(self, end: RunEnd) -> None: ...

    def warn(self, text: str) -> None: ...

    def note(self, _slot: str, event: str, **members: object) -> None:
        self.rungs.append((event, f"{members['rung']}{members.get('error') or ''}"))


@pytest.mark.parametrize("rung", [Rung.RECONNECT, Rung.RESET])
def test_a_tablet_that_answers_no_connection_is_helped_by_either_rung_and_run(bench: Bench, rung: Rung) -> None:
    """A station's ladder on the kernel's own gadget, deaf until its USB is reset: adb's `reconnect` does that, too."""
    gadget, noted = Gadget(f"DEAF-{rung}", deaf=True), Noted()
    devices = AdbDevices(lambda: bench.host.address)
    both = {Rung.RECONNECT: devices.reconnect, Rung.RESET: lambda port, row: reset_device(port, listed=row is not None)}
    means = Means({rung: both[rung]}, noted.note)
    options = Options(granted=True, once=True, patience_seconds=2 * SECONDS)
    try:
        gadget.plug(gadget.adb)
        wait_for(lambda: bench.row(gadget.port))
        slots = (Slot("1", gadget.port),)
        ends = Station(slots, devices, UsbPorts(), noted.make, noted, options, means).run()  # type: ignore[arg-type]
        assert [end.slot for end in ends] == ["1"]
        assert noted.rungs == [("rung", str(rung)), ("rung-over", str(rung))]
    finally:
        gadget.close()


def test_a_tablet_behind_two_hubs_has_its_port_and_a_reset_of_its_hub_is_a_drop(hubs: Path) -> None:
    """QEMU's hubs, one in the other: 12 Mbit/s, and no adb behind them."""
    port, watch = hubs.name, Watch()
    try:
        seen = [watch.next() for _ in range(3)]  # hubs are told, too
        there = {event.port: event.interfaces for event in seen}
        assert there[port] == ":060101:"
        tree = {device.name: device for device in read_usb()}
        outer, inner = port.rpartition(".")[0].rpartition(".")[0], port.rpartition(".")[0]
        assert [tree[name].tier for name in (outer, inner, port)] == [2, 3, 4]
        assert [tree[name].is_hub for name in (outer, inner, port)] == [True, True, False]
        with pytest.raises(PortSourceError, match="nothing was reset"):
            reset_device(inner)
        assert there.keys() == {outer, inner, port}
        assert watch.is_quiet()
        (DEVICES / inner / "authorized").write_text("0")
        left = watch.next()
        assert (left.action, left.port) == ("remove", port)
        (DEVICES / inner / "authorized").write_text("1")
        assert watch.next() == replace(left, action="add")
    finally:
        watch.close()


def test_a_gadget_of_the_kernel_is_a_tablet_like_any_other_and_switches_its_mode(bench: Bench) -> None:
    """Neither USB nor adbd nor the shell of this one are the product's."""
    gadget = Gadget("GADGET01")
    try:
        gadget.plug(gadget.adb)
        seen = bench.watch.next()
        assert (seen.port, seen.interfaces, seen.vendor_id) == (gadget.port, ":ff4201:", "18d1")
        tablet = bench.ready(gadget.port)
        assert tablet.shell("echo $((6 * 7))", seconds=SECONDS).out == "42\n"
        assert len(tablet.shell("seq 1 5000", seconds=SECONDS).out.splitlines()) == 5000
        with pytest.raises(PortSourceError, match="another program holds its debugging"):
            reset_device(gadget.port)  # as one would see it whose adb server is not this one
        reset_device(gadget.port, listed=True)
        wait_for(lambda: is_another(bench, tablet))
        assert bench.ready(gadget.port).shell("echo again", seconds=SECONDS).out == "again\n"
        gadget.unplug()
        gadget.plug(gadget.modem)
        events = [bench.watch.next() for _ in range(2)]
        assert [event.action for event in events] == ["remove", "add"]
        assert not has_adb(events[1].interfaces)
        wait_for(lambda: not bench.row(gadget.port))
        gadget.unplug()
        gadget.plug(gadget.adb)
        assert bench.ready(gadget.port).shell("echo back", seconds=SECONDS).out == "back\n"
    finally:
        gadget.close()


def test_the_last_rung_switches_one_port_off_and_on_where_the_hub_does_so_port_by_port(hubs: Path) -> None:
    """The inner one of QEMU's hubs says that it does, the outer one that it does not."""
    port, watch = hubs.name, Watch()
    try:
        seen = {event.port: event for event in (watch.next() for _ in range(3))}
        cycle_power(port)
        assert watch.next() == replace(seen[port], action="remove")
        assert watch.next() == seen[port]
        with pytest.raises(PortSourceError, match="all of its ports together; nothing was switched"):
            cycle_power(port.rpartition(".")[0])
        assert watch.is_quiet()
    finally:
        watch.close()
