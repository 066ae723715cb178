"""What is said of a computer's USB, tree by tree."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from provision.doctor.finding import Finding
from provision.doctor.usb_findings import examine_usb
from provision.doctor.usb_tree import read_usb
from provision.doctor.usb_words import tell_device
from provision.texts.catalogue import Language
from tests.case_files import CASES as FOLDER
from tests.case_files import read_cases

CASES = read_cases(FOLDER / "doctor/usb.yaml")
TABLET = {"speed": "480", "maxchild": 0, "interfaces": [["060101", 3], ["ff4201", 2]], "control": "on"}


def build_tree(root: Path, devices: dict[str, dict[str, Any]]) -> Path:
    """A folder as `/sys/bus/usb/devices`: links into the controllers' own folders."""
    listed = root / "listed"
    listed.mkdir()
    for name, said in devices.items():
        attributes = TABLET if said.get("tablet") else said
        real = root / attributes.get("controller", "any") / name
        real.mkdir(parents=True)
        (listed / name).symlink_to(real)
        (real / "busnum").write_text(name.removeprefix("usb").split("-")[0] + "\n")
        for attribute in ("speed", "maxchild", "bmAttributes", "bMaxPower", "product", "idVendor", "idProduct"):
            if attribute in attributes:
                (real / attribute).write_text(f"{attributes[attribute]}\n")
        if "control" in attributes:
            (real / "power").mkdir()
            (real / "power" / "control").write_text(attributes["control"] + "\n")
        for number, (code, endpoints) in enumerate(attributes.get("interfaces", ())):
            interface = real / f"{name}:1.{number}"
            interface.mkdir()
            for part, text in zip(("Class", "SubClass", "Protocol"), (code[:2], code[2:4], code[4:]), strict=True):
                (interface / f"bInterface{part}").write_text(text + "\n")
            (interface / "bNumEndpoints").write_text(f"0{endpoints}\n")
    return listed


@pytest.mark.parametrize(
    ("product", "ids", "interface", "line"),
    [
        ("SM-T510", "04e8:6860", "ff4201", "SM-T510, USB debugging on"),
        ("SAMSUNG_Android", "04e8:6860", "060101", "SAMSUNG_Android, plugged in for files (MTP); USB debugging is off"),
        ("", "05c6:9008", "ffffff", "05c6:9008, a Qualcomm chip in emergency mode (EDL 9008)"),
        ("USB 2.0 Hub", "1a40:0201", "090001", "USB 2.0 Hub, a hub, not a tablet"),
        ("Receiver", "ffff:ffff", "dc0101", "Receiver, a device of an unknown kind"),
    ],
)
def test_a_device_is_told_in_one_line(product: str, ids: str, interface: str, line: str, tmp_path: Path) -> None:
    vendor, number = ids.split(":")
    said = {"product": product, "idVendor": vendor, "idProduct": number, "interfaces": [[interface, 2]]}
    (device,) = read_usb(build_tree(tmp_path, {"1-1": said}))
    assert tell_device(device, Language.EN) == line


def find(key: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.key == key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_tree_is_told(case: dict[str, Any], tmp_path: Path) -> None:
    findings = examine_usb(read_usb(build_tree(tmp_path, case["devices"])))
    for key, level, values in case.get("findings", ()):
        told = find(key, findings)
        assert any(each.level == level and values.items() <= each.values.items() for each in told), (key, findings)
    counts = Counter(finding.key for finding in findings)
    assert {key: counts[key] for key in case.get("count", ())} == case.get("count", {})
    assert [key for key in case.get("never", ()) if counts[key]] == []


def test_a_computer_without_the_folder_has_no_usb(tmp_path: Path) -> None:
    assert read_usb(tmp_path / "none") == ()
