"""A tablet that shares no code with the product: the kernel's own USB gadget and a small adbd on FunctionFS.

dummy_hcd is a USB controller and a device's port in one; libcomposite and usb_f_fs give it an interface whose endpoints
are files (Documentation/usb/functionfs.rst). The adbd speaks the first version of the protocol and runs `sh`.
"""

from __future__ import annotations

import os
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Thread

CONFIG = Path("/sys/kernel/config")
UDC = "dummy_udc.0"

_HEADER = struct.Struct("<6I")
_CNXN, _OPEN, _OKAY, _WRTE, _CLSE = (
    int.from_bytes(name, "little") for name in (b"CNXN", b"OPEN", b"OKAY", b"WRTE", b"CLSE")
)
_BANNER = b"device::ro.product.name=gadget;ro.product.model=Gadget 7;ro.product.device=gadget;\0"
_MOST = 4096
_ENABLE = 2
"""`FUNCTIONFS_ENABLE` of linux/usb/functionfs.h."""


class Gadget:
    """A tablet on the dummy controller's only port; its folder in configfs is its settings menu.

    Each has files of its own, which stay where they are: a thread that waits for a host cannot be called off.

    Attributes:
        deaf: it answers no connection before its USB is reset.
    """

    def __init__(self, serial: str, *, deaf: bool = False) -> None:
        self.deaf, self._enabled, self._over = deaf, 0, False
        self.adb, self.modem = f"ffs.{serial}", f"acm.{serial}"
        self._menu, files = CONFIG / "usb_gadget" / serial, Path(f"/dev/{serial}")
        run("modprobe", "-a", "dummy_hcd", "libcomposite", "usb_f_fs", "usb_f_acm")
        if not self._menu.parent.is_dir():
            run("mount", "-t", "configfs", "none", CONFIG)
        for folder in (
            "strings/0x409",
            "configs/c.1/strings/0x409",
            f"functions/{self.adb}",
            f"functions/{self.modem}",
        ):
            (self._menu / folder).mkdir(parents=True)
        for name, text in {
            "idVendor": "0x18d1",
            "idProduct": "0x4ee7",
            "strings/0x409/serialnumber": serial,
            "strings/0x409/manufacturer": "Nobody",
            "strings/0x409/product": "Gadget 7",
            "configs/c.1/strings/0x409/configuration": "adb",
        }.items():
            (self._menu / name).write_text(text)
        files.mkdir()
        run("mount", "-t", "functionfs", serial, files)
        self._control = os.open(files / "ep0", os.O_RDWR)
        os.write(self._control, describe_interface())
        os.write(self._control, struct.pack("<4IH", 2, 32, 1, 1, 0x409) + b"ADB Interface\0")
        self._out, self._in = (os.open(files / name, os.O_RDWR) for name in ("ep1", "ep2"))
        self._threads = [Thread(target=work, daemon=True) for work in (self._take_events, self._serve)]

    @property
    def port(self) -> str:
        """The kernel's name of the port it hangs on."""
        hosts = Path("/sys/devices/platform/dummy_hcd.0").glob("usb*")
        return f"{next(iter(sorted(hosts))).name.removeprefix('usb')}-1"

    def plug(self, *functions: str) -> None:
        """Show these functions to the host."""
        for function in functions:
            (self._menu / "configs/c.1" / function).symlink_to(self._menu / "functions" / function)
        (self._menu / "UDC").write_text(UDC)
        for thread in self._threads:
            with suppress(RuntimeError):  # it runs already
                thread.start()

    def unplug(self) -> None:
        """Leave the bus, with no function chosen."""
        with suppress(OSError):  # it is out
            (self._menu / "UDC").write_text("\n")
        for link in (self._menu / "configs/c.1").iterdir():
            if link.is_symlink():
                link.unlink()

    def close(self) -> None:
        """Leave the bus for good; the port is free for another one."""
        self._over = True
        self.unplug()

    def _take_events(self) -> None:
        """Bind, enable, disable: they have to be read; each enabling after the first one is a reset, or a new plug."""
        with suppress(OSError):
            while event := os.read(self._control, 12):
                self._enabled += event[8] == _ENABLE

    def _serve(self) -> None:
        while not self._over:
            with suppress(OSError, EOFError):  # the host left; the next one begins with its own CNXN
                self._answer(*self._read())

    def _read(self) -> tuple[int, int, int, bytes]:
        head = os.read(self._out, _HEADER.size)
        if len(head) != _HEADER.size:
            raise EOFError
        command, first, second, length, _sum, _magic = _HEADER.unpack(head)
        data = b""
        while len(data) < length:
            data += os.read(self._out, length - len(data))
        return command, first, second, data

    def _write(self, command: int, first: int, second: int, data: bytes = b"") -> None:
        head = _HEADER.pack(command, first, second, len(data), sum(data) & 0xFFFFFFFF, command ^ 0xFFFFFFFF)
        for part in filter(None, (head, data)):
            os.write(self._in, part)

    def _answer(self, command: int, first: int, _second: int, data: bytes) -> None:
        if self.deaf and self._enabled < 2:
            return
        if command == _CNXN:
            self._write(_CNXN, 0x01000000, _MOST, _BANNER)
        elif command == _OPEN and data.startswith(b"shell:"):
            self._write(_OKAY, 1, first)
            line = data.removeprefix(b"shell:").rstrip(b"\0").decode()
            out = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False).stdout
            for at in range(0, len(out), _MOST):
                self._write(_WRTE, 1, first, out[at : at + _MOST])
                while self._read()[0] != _OKAY:
                    pass
            self._write(_CLSE, 1, first)
        elif command == _OPEN:
            self._write(_CLSE, 0, first)


def describe_interface() -> bytes:
    """Interface ff/42/01 with a bulk endpoint in each direction, for full and for high speed."""
    interface = struct.pack("<9B", 9, 4, 0, 0, 2, 0xFF, 0x42, 1, 1)
    speeds = []
    for size in (64, 512):
        ends = (struct.pack("<BBBBHB", 7, 5, address, 2, size, 0) for address in (0x01, 0x82))
        speeds.append(interface + b"".join(ends))
    body = struct.pack("<2I", 3, 3) + b"".join(speeds)
    return struct.pack("<3I", 3, 12 + len(body), 1 | 2) + body


def run(*words: str | Path) -> None:
    subprocess.run(words, check=True, timeout=30)
