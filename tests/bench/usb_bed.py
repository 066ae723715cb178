"""Plays one case of `cases/bench/usb.yaml` on umockdev's bed and prints what `UsbPorts` reports.

Runs as a program of its own, because umockdev must be preloaded. Standard input: JSON
`{"control": PATH, "before": [STEP...], "between": [STEP...], "live": [STEP...]}` (before `UsbPorts` listens,
before it reads the present devices, after that); standard output: one event a line.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from provision.bench.usb import UsbPorts

Words = Mapping[str, str]
_READ, _END = "9-8", "9-9"


class Bed:
    """umockdev's test bed through its C library; the bindings for Python need far more than we do."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libumockdev.so.0")
        self._library.umockdev_testbed_new.restype = ctypes.c_void_p
        self._bed = ctypes.c_void_p(self._library.umockdev_testbed_new())

    def step(self, step: Mapping[str, Words]) -> None:
        """One change of the bed: `plug`, `event`, `change` or `unplug`."""
        ((verb, words),) = step.items()
        getattr(self, "_" + verb.replace("-", "_"))(words)

    def _plug(self, words: Words) -> None:
        """Add a device; umockdev itself sends `add`."""
        path = "/devices/pci/usb1/" + words["port"]
        properties = {"DEVTYPE": "usb_device"} | {key: value for key, value in words.items() if key.isupper()}
        lines = [f"P: {path}", *(f"E: {key}={value}" for key, value in properties.items()), "E: SUBSYSTEM=usb"]
        text = ("\n".join(lines) + "\n").encode()
        if not self._library.umockdev_testbed_add_from_string(self._bed, text, None):
            raise SystemExit(f"umockdev refused {lines}")

    def _event(self, words: Words) -> None:
        """Send a further event of a device that is there."""
        self._library.umockdev_testbed_uevent(
            self._bed, b"/sys/devices/pci/usb1/" + words["port"].encode(), words["action"].encode()
        )

    def _change(self, words: Words) -> None:
        """Give a device another value of one property, without an event."""
        for key in filter(str.isupper, words):
            self._library.umockdev_testbed_set_property(
                self._bed, b"/sys/devices/pci/usb1/" + words["port"].encode(), key.encode(), words[key].encode()
            )

    def _unplug(self, words: Words) -> None:
        """`remove_device` is silent, so the event goes first."""
        self._event({**words, "action": "remove"})
        self._library.umockdev_testbed_remove_device(self._bed, b"/sys/devices/pci/usb1/" + words["port"].encode())


def main() -> None:
    """Play the case; two plugs of our own mark "present ones read" and "end", so nothing waits for a time."""
    case = json.load(sys.stdin)
    bed = Bed()
    for step in [*case.get("before", ()), _mark(_READ)]:
        bed.step(step)
    ports = UsbPorts(Path(case["control"]))
    for step in case.get("between", ()):
        bed.step(step)
    for event in ports.events():
        if event.port == _READ:
            for step in [*case.get("live", ()), _mark(_END)]:
                bed.step(step)
        elif event.port == _END:
            ports.close()
        else:
            words = [event.action, event.port, event.interfaces, event.vendor_id, event.product_id]
            names = "|".join((event.name.maker, event.name.product, event.name.says))
            words += [f"[{names}]"] if names != "||" else []
            sys.stdout.write(" ".join(words) + "\n")


def _mark(port: str) -> Mapping[str, Words]:
    return {"plug": {"port": port, "ID_USB_INTERFACES": ":ff4201:"}}


if __name__ == "__main__":
    main()
