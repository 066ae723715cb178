"""How long 24 tablets take for six apps of 400 MB: the installer's order of work against other orders and the bound.

Every ratio is of one run: the ways take turns in it, and the median of five turns counts. `-s` shows the table.
"""

from __future__ import annotations

import hashlib
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from factories import make_app

from performance.model_link import LINK, SCALE, SIZES, Hub, ModelTablet, bound, commit_seconds, pause
from provision.errors import Cancelled
from provision.install import Installer
from provision.operations.apps import install
from provision.operations.model import InstallApp, Step

pytestmark = pytest.mark.later
TABLETS, TURNS = 24, 5
Way = Callable[[ModelTablet, Sequence[Step]], None]


def _steps(file: Path) -> list[Step]:
    file.write_bytes(b"x")
    digest = hashlib.sha256(b"x").hexdigest()
    sized = enumerate(SIZES)
    apps = (make_app(f"org.example.app{number}", path=file, size=size, sha256=digest) for number, size in sized)
    return [install(app, 30) for app in apps]


def by_installer(tablet: ModelTablet, steps: Sequence[Step]) -> None:
    """The product's way: the next app is uploaded while the one before is committed."""
    installer = Installer(tablet, seconds=3600)
    try:
        for step in steps:
            assert isinstance(step.action, InstallApp)
            installer.install(step, step.action)
        installer.finish()
    finally:
        installer.close()


def by_adb_install(tablet: ModelTablet, steps: Sequence[Step]) -> None:
    """`( for f in *.apk; do adb -s N install $f; done ) &`: upload, commit, next."""
    for step in steps:
        assert isinstance(step.action, InstallApp)
        size = step.action.app.size
        with step.action.app.path.open("rb") as source:
            tablet.feed("install", source, size, seconds=3600)
        pause(commit_seconds(size))


def run_all(way: Way, hubs: int, steps: Sequence[Step], *, hung: bool = False) -> list[float]:
    """Seconds of the model until each tablet is done, a hung one left out."""
    places = [Hub() for _ in range(hubs)]
    tablets = [ModelTablet(places[number % hubs], hung=hung and number == 0) for number in range(TABLETS)]
    ends: dict[int, float] = {}
    begin = time.monotonic()

    def work(number: int) -> None:
        with suppress(Cancelled):  # the hung one, when all others are done
            way(tablets[number], steps)
            ends[number] = (time.monotonic() - begin) * SCALE

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(TABLETS)]
    for thread in threads:
        thread.start()
    for thread in threads[1 if hung else 0 :]:
        thread.join()
    tablets[0].cancel()
    threads[0].join()
    return [ends[number] for number in range(1 if hung else 0, TABLETS)]


@pytest.mark.parametrize("hubs", [6, 3])
def test_the_installer_is_near_the_bound(hubs: int, tmp_path: Path) -> None:
    steps = _steps(tmp_path / "a.apk")
    turns = [[max(run_all(way, hubs, steps)) for way in (by_installer, by_adb_install)] for _ in range(TURNS)]
    ours, plain = (statistics.median(column) for column in zip(*turns, strict=True))
    loop = TABLETS * sum(size / LINK + commit_seconds(size) for size in SIZES)
    least = bound(TABLETS // hubs)
    print(  # noqa: T201 - the figures are what this is run for
        f"\n{hubs} hubs: bound {least:.0f} s; installer {ours:.0f} s = {ours / least:.2f};"
        f" `adb install &` {plain:.0f} s = {plain / least:.2f}; "
        f"nested loop {loop:.0f} s = {loop / least:.1f} (computed)"
    )
    assert ours <= 1.15 * least
    assert ours < plain


def test_a_hung_tablet_does_not_slow_the_others(tmp_path: Path) -> None:
    """One of 24 takes no byte; the slowest twentieth of the others is as fast as without it."""
    steps = _steps(tmp_path / "a.apk")
    turns = [[run_all(by_installer, 6, steps, hung=hung) for hung in (False, True)] for _ in range(TURNS)]
    usual, beside = (statistics.median(statistics.quantiles(turn[i], n=20)[-1] for turn in turns) for i in (0, 1))
    print(f"\np95 {usual:.1f} s; with one hung tablet {beside:.1f} s = {beside / usual:.3f}")  # noqa: T201 - as above
    assert beside <= 1.05 * usual
