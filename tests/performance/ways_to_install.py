"""Ways to install an app set on many tablets at once: the product's own, and what a shell can do with `adb install`."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from factories import make_app

from provision.appset.model import App
from provision.bench.link import AdbTransport
from provision.controls.apps_present import install, order_installs
from provision.controls.model import InstallApp, Step
from provision.errors import Cancelled
from provision.runs.install import Installer
from tests.performance.paced_bench import PacedBench, PacedTablet

sys.path.insert(0, str(Path(__file__).parents[1] / "appset"))  # its makers of APKs

MOST_SECONDS = 1800.0
PREFIX = "org.example.app"

Item = TypeVar("Item")
Ends = dict[str, float]
"""Seconds of the figures until each tablet had all its apps, by slot."""


def make_steps(folder: Path, megabytes: Sequence[float]) -> list[Step]:
    """The steps that install an app set made anew."""
    from made_apks import make_apk  # noqa: PLC0415 # only with the folder above in the path

    apps = []
    for number, size in enumerate(megabytes):
        raw, file = make_apk(f"{PREFIX}{number}", megabytes=size), folder / f"{number}.apk"
        file.write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        apps.append(make_app(f"{PREFIX}{number}", path=file, size=len(raw), sha256=digest))
    return [install(app, 30) for app in order_installs(apps)]


def by_installer(bench: PacedBench, steps: Sequence[Step], hung: str = "") -> Ends:
    """The product's installer and transports, one thread a tablet; one that hangs is given up when all others ended."""
    ends: Ends = {}
    transports = {tablet.slot: tablet.open() for tablet in bench.tablets}
    begin = time.monotonic()

    def work(slot: str) -> None:
        with suppress(Cancelled):
            _install(transports[slot], steps)
            ends[slot] = (time.monotonic() - begin) / bench.figures.time

    threads = {slot: threading.Thread(target=work, args=(slot,), name=f"tablet {slot}") for slot in transports}
    for thread in threads.values():
        thread.start()
    for slot in sorted(threads, key=lambda slot: slot == hung):
        if slot == hung:
            transports[slot].cancel()
        threads[slot].join()
    return ends


def _install(transport: AdbTransport, steps: Sequence[Step]) -> None:
    installer = Installer(transport, MOST_SECONDS)
    try:
        for step in steps:
            assert isinstance(step.action, InstallApp)
            installer.install(step, step.action)
        installer.finish()
    finally:
        installer.close()


def by_shells(bench: PacedBench, steps: Sequence[Step]) -> Ends:
    """`for s in TABLETS; do ( for f in *.apk; do adb -s $s install $f; done ) & done; wait`."""
    begin = time.monotonic()
    shells = {tablet.slot: _start_shell(bench, tablet, steps) for tablet in bench.tablets}
    ends: Ends = {}

    def wait(slot: str) -> None:
        if shells[slot].wait(MOST_SECONDS) == 0:
            ends[slot] = (time.monotonic() - begin) / bench.figures.time

    run_beside(shells, wait)
    return ends


def one_after_the_other(bench: PacedBench, steps: Sequence[Step], tablets: int) -> float:
    """The nested loop without `&`: seconds of the figures a tablet, measured on the first few."""
    begin = time.monotonic()
    for tablet in bench.tablets[:tablets]:
        assert _start_shell(bench, tablet, steps).wait(MOST_SECONDS) == 0
    return (time.monotonic() - begin) / bench.figures.time / tablets


def _start_shell(bench: PacedBench, tablet: PacedTablet, steps: Sequence[Step]) -> subprocess.Popen[bytes]:
    adb = (str(bench.server.path), "-P", str(bench.server.port), "-s", tablet.row.serial)
    line = " && ".join(shlex.join((*adb, "install", "-r", str(app.path))) for app in _apps(steps))
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(["sh", "-c", line], env=bench.server.env, **quiet)


def _apps(steps: Sequence[Step]) -> list[App]:
    return [step.action.app for step in steps if isinstance(step.action, InstallApp)]


def clear(bench: PacedBench, steps: Sequence[Step]) -> None:
    """Uninstall all of it everywhere."""
    line = "; ".join(f"cmd package uninstall {app.package}" for app in _apps(steps))
    run_beside(bench.tablets, lambda tablet: tablet.open().shell(line, seconds=MOST_SECONDS))


def count_installed(bench: PacedBench) -> dict[str, int]:
    """How many apps of the set each tablet says it has."""
    found: dict[str, int] = {}

    def ask(tablet: PacedTablet) -> None:
        said = tablet.open().shell(f"pm list packages {PREFIX}", seconds=MOST_SECONDS)
        found[tablet.slot] = said.out.count(PREFIX)

    run_beside(bench.tablets, ask)
    return found


def run_beside(items: Iterable[Item], do: Callable[[Item], object]) -> None:
    """Do something with each of some items, all at once."""
    threads = [threading.Thread(target=do, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
