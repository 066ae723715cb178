"""The USB stage: tests under `inside/` in a virtual machine with a real USB core, udev and adb server.

    stage.py [WORDS]            run it; status 0 passed, 1 failed, 77 not run here; words go to pytest
    stage.py --service [WORDS]  the tests under `systemd/`, in a machine whose process 1 is systemd
    stage.py --status           say in one sentence whether it ran, with what end; always status 0

The log is `.cache/usb/smoke.log`, and `.cache/usb/service/smoke.log`.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

from layer import fetch_layer
from vm import Ended, run_in_vm

from provision.bench.server import find_adb

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache/usb"
LOG = "smoke.log"
NOT_RUN = 77
_BAD_ENDS = ("failure", "error", "skipped")
TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "apt-get": "apt (Debian)",
    "dpkg-deb": "dpkg (Debian)",
}


def main(words: list[str]) -> int:
    """Run the stage, or say how it stands."""
    missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    if "--status" in words:
        say(status_sentence(missing))
        return 0
    if missing:
        say(status_sentence(missing))
        return 1 if os.environ.get("CI") == "true" else NOT_RUN
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stage = SERVICE if "--service" in words else USB
        return run(stage, [word for word in words if word not in {"--install", "--service"}])


@dataclass(frozen=True)
class Stage:
    """Which tests run, in a machine with or without systemd; `folder` keeps what it leaves."""

    tests: str
    folder: Path
    systemd: bool = False


USB = Stage("tests/usb/inside", CACHE)
SERVICE = Stage("tests/usb/systemd", CACHE / "service", systemd=True)


def run(stage: Stage, words: list[str]) -> int:
    """Boot the machine, run the tests, write the log, print the closing line."""
    stage.folder.mkdir(exist_ok=True)
    begin = time.monotonic()
    layer = fetch_layer(CACHE)
    fetched = time.monotonic() - begin
    ended = run_in_vm(layer, stage.folder, partial(fill, stage, words), systemd=stage.systemd)
    closing = close(stage, ended)
    figures = [f"kernel, udev, kmod: {fetched:.1f} s", describe(ended), *read(stage, "figures").splitlines()]
    text = "\n".join([read(stage, "log"), *figures, closing, ""])
    (stage.folder / LOG).write_text(text)
    say(text)
    return 0 if ended.status == 0 else 1


def fill(stage: Stage, words: list[str], results: Path) -> None:
    """Before each launch: the command, and adb's key, which takes seconds to make inside."""
    keys = results / "adb-home/.android"
    keys.mkdir(parents=True)
    subprocess.run([find_adb(), "keygen", keys / "adbkey"], check=True, capture_output=True)
    (results / "command").write_text(guest_command(stage, words))


def guest_command(stage: Stage, words: list[str]) -> str:
    """Pytest in the guest, with this very Python and checkout: they have the same paths there."""
    report = "--junitxml=/results/report.xml -o junit_family=xunit2"
    quiet = "-p no:cacheprovider -p no:xdist --basetemp=/run/tests"
    return (
        f"cd {ROOT} && PROVISION_USB_STAGE=1 PYTHONDONTWRITEBYTECODE=1 "
        f"{sys.executable} -m pytest -v {quiet} {report} {stage.tests} {shlex.join(words)}\n"
    )


def close(stage: Stage, ended: Ended) -> str:
    """The closing line, from pytest's own report."""
    report = stage.folder / "results/report.xml"
    if ended.started is None:
        return f"0 passed, 1 failed: the machine did not come up; see {stage.folder / 'console.log'}"
    if ended.status is None or not report.exists():
        return f"0 passed, 1 failed: the tests did not end; see {stage.folder / LOG}"
    cases = ET.parse(report).getroot().findall(".//testcase")  # noqa: S314 - our own pytest's
    passed = sum(not any(case.find(end) is not None for end in _BAD_ENDS) for case in cases)
    names = {(case.get("classname"), case.get("name")) for case in cases}
    return f"{passed} passed, {len(names) - passed} failed"


def describe(ended: Ended) -> str:
    """How long the machine took."""
    up = "never up" if ended.started is None else f"up after {ended.started:.1f} s"
    return f"machine: {ended.accelerator}; {up}, {ended.seconds:.1f} s in all, launched {ended.attempts} time(s)"


def status_sentence(missing: list[str]) -> str:
    """For those who ran the other tests only."""
    if missing:
        return f"USB stage: not run; it needs {', '.join(missing)}. As root: .ci/usb --install\n"
    last = f" Its last run here: {log.read_text().splitlines()[-1]}." if (log := CACHE / LOG).exists() else ""
    return f"USB stage: not part of this run; start it with .ci/usb (a minute or two).{last}\n"


def read(stage: Stage, name: str) -> str:
    """A file of the results, empty when the machine did not write it."""
    try:
        return (stage.folder / "results" / name).read_text(errors="replace")
    except FileNotFoundError:
        return ""


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
