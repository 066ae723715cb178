"""What a bench asks of its computer besides USB: udev, adb, limits, disk, clock."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provision.bench.ports import UDEV_CONTROL
from provision.bench.server import find_adb
from provision.bench.udev_rule import FILE
from provision.doctor.finding import Finding, Level
from provision.errors import AdbServerError
from provision.files import read_file
from provision.station.descriptors import count_descriptors

RULES = ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d")
USBFS_MEMORY = Path("/sys/module/usbcore/parameters/usbfs_memory_mb")
TABLET_KILOBYTES = 512
"""What adb has under way with one tablet: 256 KiB in each direction (reference, USB bench, section 2)."""
LEAST_DISK, GOOD_DISK = 200, 1000
"""MB that the home's disk must and should have: records are small, logs and unpacked packages are not."""
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock of a computer that has this program is right before: its battery is flat, or nobody set it."""
ANSWER_SECONDS = 10.0
_OTHER_SERVER = re.compile(rb"(^|/)adb\0(?=.*\0(fork-)?server\0)", re.DOTALL)
_RULE_FOR_ADB = re.compile(r"^(?!\s*#).*(ff4201|ff/42|ff42)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Computer:
    """Where this computer is read; tests give folders and programs of their own.

    Attributes:
        rules: folders of udev's rules, the first of them is where ours is written.
        now: wall clock.
        clock: the program that tells whether the clock follows a time server.
    """

    rules: Sequence[Path] = tuple(map(Path, RULES))
    udev: Path = UDEV_CONTROL
    proc: Path = Path("/proc")
    usbfs: Path = USBFS_MEMORY
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Sequence[str] = ("timedatectl", "show", "--property", "NTPSynchronized", "--value")


def examine_computer(computer: Computer, slots: int) -> list[Finding]:
    """Return what is to be said of a computer that is to work on so many tablets at once."""
    return [
        _examine_udev(computer),
        _examine_rule(computer),
        _examine_adb(),
        *_examine_other_servers(computer.proc),
        _examine_descriptors(slots),
        *_examine_usbfs(computer.usbfs, slots),
        _examine_clock(computer),
    ]


def examine_disk(folder: Path) -> Finding:
    """Return how much the disk of a home has left."""
    free = shutil.disk_usage(folder).free // 1_000_000
    level = Level.FAULT if free < LEAST_DISK else Level.WARNING if free < GOOD_DISK else Level.RIGHT
    return Finding("disk", level, {"folder": folder, "free": free, "least": GOOD_DISK})


def _examine_udev(computer: Computer) -> Finding:
    runs = computer.udev.exists()
    return (
        Finding("udev", Level.RIGHT)
        if runs
        else Finding("udev.missing", Level.FAULT, {}, "systemctl start systemd-udevd", needs_root=True)
    )


def _examine_rule(computer: Computer) -> Finding:
    """Tell whether somebody but root may open a tablet: our rule, or one of Debian's and others that names adb."""
    for folder in computer.rules:
        for file in sorted(folder.glob("*.rules")):
            with suppress(OSError):
                if file.name == Path(FILE).name or _RULE_FOR_ADB.search(read_file(file).decode("utf-8", "replace")):
                    return Finding("rule", Level.RIGHT, {"file": file})
    # No root here: a checkout's program is none of root's, and --fix tells whoever is not root what to type.
    return Finding("rule.missing", Level.FAULT, {"file": FILE}, "provision doctor --fix")


def _examine_adb() -> Finding:
    """Tell which adb a station starts, and what it says its version is."""
    try:
        program = find_adb()
        said = _run((str(program), "version"))
    except AdbServerError as missing:
        return Finding("adb.missing", Level.FAULT, {"why": missing})
    version = re.search(r"^Version (\S+)", said or "", re.MULTILINE)
    if version is None:
        return Finding("adb.silent", Level.FAULT, {"program": program})
    return Finding("adb", Level.RIGHT, {"program": program, "version": version[1]})


def _examine_other_servers(proc: Path) -> Iterator[Finding]:
    """Name adb servers of other programs: the first one holds each tablet, and a station's sees none."""
    for folder in sorted(each for each in proc.iterdir() if each.name.isdecimal()):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            if _OTHER_SERVER.search(words) and not _is_of_a_bench(folder):
                needs_root = not _may_be_ended(folder)
                yield Finding("adb.other", Level.FAULT, {"pid": folder.name}, f"kill {folder.name}", needs_root)


def _is_of_a_bench(process: Path) -> bool:
    """Tell a station's own server, whose home is a bench's key folder (`bench.server`); another user's is none.

    Raises:
        OSError: it ended meanwhile.
    """
    try:
        environment = (process / "environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        raise
    except OSError:  # what belongs to another user is not shown to everybody
        return False
    return re.search(rb"(^|\0)HOME=[^\0]*/keys/adb(\0|$)", environment) is not None


def _may_be_ended(process: Path) -> bool:
    return os.geteuid() in {0, process.stat().st_uid}


def _examine_descriptors(slots: int) -> Finding:
    needed, (_, most) = count_descriptors(slots), resource.getrlimit(resource.RLIMIT_NOFILE)
    values = {"most": "∞" if most == resource.RLIM_INFINITY else most, "needed": needed, "slots": slots}
    if most != resource.RLIM_INFINITY and most < needed:
        return Finding("descriptors.few", Level.FAULT, values, f"ulimit -Hn {needed}", needs_root=True)
    return Finding("descriptors", Level.RIGHT, values)


def _examine_usbfs(file: Path, slots: int) -> Iterator[Finding]:
    """Tell whether the kernel gives all tablets together enough memory; 0 is no limit."""
    try:
        given = int(file.read_text("ascii"))
    except (OSError, ValueError):
        return
    needed = -(-slots * TABLET_KILOBYTES // 1024)
    values = {"given": given, "needed": needed, "slots": slots}
    if 0 < given < needed:
        yield Finding("usbfs.small", Level.WARNING, values, f"echo {2 * needed} > {file}", needs_root=True)
    else:
        yield Finding("usbfs", Level.RIGHT, values)


def _examine_clock(computer: Computer) -> Finding:
    """Tell whether records get the right time: the clock follows a server, as far as this computer says so."""
    values = {"now": f"{computer.now():%Y-%m-%d %H:%M} UTC"}
    if computer.now() < EARLIEST:
        return Finding("clock.wrong", Level.FAULT, values, "timedatectl set-ntp true", needs_root=True)
    said = (_run(computer.clock) or "").strip()
    if said == "yes":
        return Finding("clock", Level.RIGHT, values)
    if said == "no":
        return Finding("clock.alone", Level.WARNING, values, "timedatectl set-ntp true", needs_root=True)
    return Finding("clock.unknown", Level.UNKNOWN, values)


def _run(words: Sequence[str]) -> str | None:
    """Return what a program says; None where it is not there, fails or hangs."""
    try:
        ended = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout
