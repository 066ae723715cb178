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

CONFIG = Path("/sys/kernel/config/usb_gadget/tablet")
FILES = Path("/dev/ffs-adb")
UDC = "dummy_udc.0"
ADB = "ffs.adb"
SERIAL = "acm.modem"

_HEADER = struct.Struct("<6I")
_CNXN, _OPEN, _OKAY, _WRTE, _CLSE = (
    int.from_bytes(name, "little") for name in (b"CNXN", b"OPEN", b"OKAY", b"WRTE", b"CLSE")
)
_BANNER = b"device::ro.product.name=gadget;ro.product.model=Gadget 7;ro.product.device=gadget;\0"
_MOST = 4096


class Gadget:
    """A tablet on the dummy controller's only port; its folder in configfs is its settings menu."""

    def __init__(self, serial: str) -> None:
        run("modprobe", "-a", "dummy_hcd", "libcomposite", "usb_f_fs", "usb_f_acm")
        if not CONFIG.parent.is_dir():
            run("mount", "-t", "configfs", "none", "/sys/kernel/config")
        for folder in ("strings/0x409", "configs/c.1/strings/0x409", f"functions/{ADB}", f"functions/{SERIAL}"):
            (CONFIG / folder).mkdir(parents=True)
        for name, text in {
            "idVendor": "0x18d1",
            "idProduct": "0x4ee7",
            "strings/0x409/serialnumber": serial,
            "strings/0x409/manufacturer": "Nobody",
            "strings/0x409/product": "Gadget 7",
            "configs/c.1/strings/0x409/configuration": "adb",
        }.items():
            (CONFIG / name).write_text(text)
        FILES.mkdir()
        run("mount", "-t", "functionfs", "adb", FILES)
        self._control = os.open(FILES / "ep0", os.O_RDWR)
        os.write(self._control, describe_interface())
        os.write(self._control, struct.pack("<4IH", 2, 32, 1, 1, 0x409) + b"ADB Interface\0")
        self._out, self._in = (os.open(FILES / name, os.O_RDWR) for name in ("ep1", "ep2"))
        self._threads = [Thread(target=work, daemon=True) for work in (self._take_events, self._serve)]

    @property
    def port(self) -> str:
        """The kernel's name of the port it hangs on."""
        hosts = Path("/sys/devices/platform/dummy_hcd.0").glob("usb*")
        return f"{next(iter(sorted(hosts))).name.removeprefix('usb')}-1"

    def plug(self, *functions: str) -> None:
        """Show these functions to the host."""
        for function in functions:
            (CONFIG / "configs/c.1" / function).symlink_to(CONFIG / "functions" / function)
        (CONFIG / "UDC").write_text(UDC)
        for thread in self._threads:
            with suppress(RuntimeError):  # it runs already
                thread.start()

    def unplug(self) -> None:
        """Leave the bus, with no function chosen."""
        with suppress(OSError):  # it is out
            (CONFIG / "UDC").write_text("\n")
        for link in (CONFIG / "configs/c.1").iterdir():
            if link.is_symlink():
                link.unlink()

    def close(self) -> None:
        """Take the controller away with all that hangs on it."""
        self.unplug()
        for name in ("_control", "_out", "_in"):
            os.close(getattr(self, name))

    def _take_events(self) -> None:
        """Bind, enable, disable: nothing is to be done about them, but they have to be read."""
        with suppress(OSError):
            while os.read(self._control, 12):
                pass

    def _serve(self) -> None:
        while True:
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
