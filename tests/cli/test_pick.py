"""Which one tablet a command means, and what it says at once of one that it cannot have."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.bench.feed import FeedPorts
from provision.bench.udev_rule import read_vendor, write_rule
from provision.cli.pick import WAIT_SECONDS, NoTablet, pick
from provision.cli.reach import Reached
from provision.home.create import Details, create_home
from provision.home.folder import Home, load_home
from provision.terms import HomeKind
from tests.bench.smart_double import serving

LOCKED = "no permissions (missing udev rules? user is in the plugdev group); see [http://developer.android.com/tools/device.html]"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A training home whose first slot is port 1-1.1."""
    create_home(tmp_path / "home", HomeKind.TRAINING, 2, Details())
    return load_home(tmp_path / "home")


@contextmanager
def listing(*rows: str) -> Iterator[Reached]:
    """A way to an adb server that lists these rows."""
    text = "".join(f"{row}\n" for row in rows).encode()

    def answer(peer: socket.socket, _service: str) -> None:
        peer.sendall(b"%04x%b" % (len(text), text))

    with serving(answer) as double:
        yield Reached(lambda: double.address, lambda: FeedPorts("127.0.0.1", 1, ""), None)


def test_a_tablet_that_this_computer_may_not_open_is_told_at_once_with_the_rule(home: Home) -> None:
    port, began = home.slots[0].port, time.monotonic()
    row = f"R52N000000             {LOCKED} usb:{port} transport_id:5"
    with listing(row) as reached, pytest.raises(NoTablet) as caught:
        pick(home, reached, home.slots[0].label, None)
    assert time.monotonic() - began < WAIT_SECONDS / 2
    assert write_rule(None) in str(caught.value)
    assert port in str(caught.value)


SAID = "a loader of no known shape\r\n[{name}]: [HA113343]\r\nand again\r\n"


@contextmanager
def saying(name: str, *rows: str) -> Iterator[tuple[Reached, list[str]]]:
    """A way to an adb server whose tablets say their own serial number, and what they were asked."""
    text, asked = "".join(f"{row}\n" for row in rows).encode(), list[str]()

    def answer(peer: socket.socket, service: str) -> None:
        if not service.startswith("shell"):
            peer.sendall(b"%04x%b" % (len(text), text))
            return
        asked.append(service)
        mark = service.split("; echo ")[1].partition(":")[0]
        said = f"{SAID.format(name=name)}{mark}:0\r\n".encode()
        for number, data in ((1, said), (2, f"{mark}\n".encode()), (3, b"\0")):
            peer.sendall(bytes([number]) + len(data).to_bytes(4, "little") + data)

    with serving(answer, transport_id=5) as double:
        yield Reached(lambda: double.address, lambda: FeedPorts("127.0.0.1", 1, ""), None), asked


@pytest.mark.parametrize("name", ["ro.serialno", "ro.boot.serialno"])
def test_a_serial_number_that_adb_does_not_list_is_asked_of_tablets_in_slots(name: str, home: Home) -> None:
    slot, other = home.slots[0].port, "9-9"
    phone = f"PHONE000000            device usb:{other} transport_id:6"
    with saying(name, phone, f"usb-descriptor         device usb:{slot} transport_id:5") as (reached, asked):
        assert pick(home, reached, None, "HA113343").row.port == slot
    assert len(asked) == 1


def test_a_serial_number_is_found_without_the_blanks_around_it(home: Home) -> None:
    with listing(f" GS100000000000        device usb:{home.slots[0].port} transport_id:5") as reached:
        assert pick(home, reached, None, "GS100000000000").label == home.slots[0].label


@pytest.mark.parametrize(("written", "vendor"), [("04e8\n", "04e8"), ("", None), ("04E8; rm", None), (None, None)])
def test_the_vendor_of_a_port_is_what_the_kernel_says_or_nothing(
    tmp_path: Path, written: str | None, vendor: str | None
) -> None:
    (tmp_path / "1-1.2").mkdir()
    if written is not None:
        (tmp_path / "1-1.2" / "idVendor").write_text(written)
    assert read_vendor("1-1.2", tmp_path) == vendor


def test_a_rule_names_the_vendor_or_every_device_with_adb() -> None:
    assert 'ATTR{idVendor}=="04e8"' in write_rule("04e8")
    assert 'ENV{ID_USB_INTERFACES}=="*:ff4201:*"' in write_rule(None)
