"""Which devices are reset: a tablet that shows its debugging, by its own node, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from provision.bench.usb_reset import reset_device
from provision.errors import PortSourceError

TABLET: Mapping[str, str] = {
    "busnum": "1\n",
    "devnum": "9\n",
    "maxchild": "0\n",
    "1-1.2:1.1/bInterfaceClass": "ff\n",
    "1-1.2:1.1/bInterfaceSubClass": "42\n",
    "1-1.2:1.1/bInterfaceProtocol": "01\n",
}


def lay_out(devices: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = devices / "1-1.2" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"maxchild": "4"}, "another device; nothing was reset"),
        ({"1-1.2:1.1/bInterfaceClass": "06"}, "another device; nothing was reset"),
        ({"devnum": ""}, "the tablet has left the port"),
        ({"busnum": "../../x"}, "the tablet has left the port"),
        ({"devnum": "10"}, "010: cannot be reset: No such file or directory"),
        ({}, "009: cannot be reset: Inappropriate ioctl for device"),
    ],
)
def test_only_the_node_of_a_tablet_is_asked_for_a_reset(changes: Mapping[str, str], says: str, tmp_path: Path) -> None:
    """The node here is a file: the kernel refuses the reset itself, and that it was asked is seen by its words."""
    lay_out(tmp_path / "devices", {**TABLET, **changes})
    node = tmp_path / "nodes/001/009"
    node.parent.mkdir(parents=True)
    node.touch()
    with pytest.raises(PortSourceError, match=says):
        reset_device("1-1.2", tmp_path / "devices", tmp_path / "nodes")


@pytest.mark.parametrize(
    ("driver", "listed", "says"),
    [
        ("usbfs", False, "another program holds its debugging"),
        ("usbfs", True, "cannot be reset"),
        (None, False, "cannot be reset"),
        ("other", False, "cannot be reset"),
    ],
)
def test_a_tablet_of_another_program_is_left_alone(
    driver: str | None,
    listed: bool,  # noqa: FBT001 - a case
    says: str,
    tmp_path: Path,
) -> None:
    lay_out(tmp_path / "devices", TABLET)
    if driver is not None:
        (tmp_path / "drivers" / driver).mkdir(parents=True)
        (tmp_path / "devices/1-1.2/1-1.2:1.1/driver").symlink_to(tmp_path / "drivers" / driver)
    with pytest.raises(PortSourceError, match=says):
        reset_device("1-1.2", tmp_path / "devices", tmp_path / "nodes", listed=listed)


@pytest.mark.parametrize("port", ["usb1", "1-1.2:1.0", "../1-1.2"])
def test_what_is_no_port_is_never_reset(port: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="port"):
        reset_device(port, tmp_path, tmp_path)
