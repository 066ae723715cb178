"""Runs the suite "Android's own services": Android's real servers of each release, inside Robolectric's sandbox.

One Java per release, as many at a time as the computer has processors: a release's server classes are instrumented
once a process whatever else it runs, and a process of its own gives their memory back.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from runners import Level, frameworks, java, libraries, outside, read_levels
from toolchain import AGENT, CACHE, ROOT, clean_environment, fetch, fresh, say

QUICK = (21, 23, 28, 30, 34, 36)
"""The releases of the quick choice: one of each way Android keeps owners, restrictions and lock task."""
SUITE = AGENT / "test" / "org" / "provision" / "services"
ANSWERS = CACHE / "answers"
MEMORY = "-Xmx2g"
OPENED = ("java.io", "java.lang", "java.util", "jdk.internal.access")
EXPORTED = ("jdk.internal.ref",)
"""Packages of Java's own that classes of Android use: SystemCleaner, from 17 (API 37) on."""


@dataclass(frozen=True)
class Run:
    """How one release's suite ended.

    Attributes:
        passed: whether JUnit ran tests and ended with 0.
        seconds: wall time of its Java.
        output: what it printed.
    """

    level: Level
    passed: bool
    seconds: float
    output: str


def test_classes() -> list[str]:
    """The suite's test classes, by name."""
    return sorted(f"org.provision.services.{file.stem}" for file in SUITE.glob("*Test.java"))


def run_services(classes: Path, agent: Path, apis: Sequence[int], names: Sequence[str]) -> bool:
    """Run test classes of the suite on these API levels; tells each one's end and time.

    Args:
        classes: the compiled tests.
        agent: the agent's compiled classes.
    """
    levels = [level for level in read_levels() if level.api in apis]
    by_api = {level.api: fetch(level.framework) for level in read_levels()}
    jars = {runner: libraries(runner) for runner in sorted({level.runner for level in levels})}
    programs = {version: java(version) for version in sorted({level.java for level in levels})}
    around = outside(by_api[35])
    folder = frameworks()
    fresh(ANSWERS)
    started = time.monotonic()

    def run_one(level: Level) -> Run:
        path = [str(classes), str(agent), *jars[level.runner], str(around)]
        return _run(level, [*_options(level, folder, by_api[level.api]), "-cp", ":".join(path)], programs, names)

    with ThreadPoolExecutor(lanes()) as pool:
        runs = []
        for run in pool.map(run_one, _longest_first(levels)):
            _tell(run)
            runs.append(run)
    failed = sorted(run.level.api for run in runs if not run.passed)
    say(
        f"Android's own services: {len(runs) - len(failed)} passed, {len(failed)} failed"
        f" (releases) in {time.monotonic() - started:.0f} s{f'; failed: {failed}' if failed else ''}"
    )
    return not failed


def lanes() -> int:
    """How many releases run at a time."""
    return int(os.environ.get("PROVISION_TEST_WORKERS") or 0) or os.cpu_count() or 1


def _longest_first(levels: Sequence[Level]) -> list[Level]:
    """Younger releases take longer: begun last, they would run alone."""
    return sorted(levels, key=lambda level: -level.api)


def _options(level: Level, folder: Path, framework: Path) -> list[str]:
    properties = {
        f"framework.{level.api}": framework,
        "answers": ANSWERS,
        "vectors": ROOT / "tests" / "vectors",
        "suite": SUITE,
        "robolectric.offline": "true",
        "robolectric.dependency.dir": folder,
        "robolectric.usePreinstrumentedJars": "false",
        "robolectric.enabledSdks": level.api,
        "robolectric.logging": "/dev/null",
    }
    opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED]
    opened += [f"--add-exports=java.base/{name}=ALL-UNNAMED" for name in EXPORTED]
    fast = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:ReservedCodeCacheSize=256m", "-Xshare:auto"]
    return [MEMORY, *fast, *opened, *(f"-D{key}={value}" for key, value in properties.items())]


def _run(level: Level, options: list[str], programs: dict[int, Path], names: Sequence[str]) -> Run:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"android-{level.api}-") as data:
        done = subprocess.run(
            ["nice", str(programs[level.java]), *options, "org.junit.runner.JUnitCore", *names],
            env={**clean_environment(), "ANDROID_DATA": data},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    passed = done.returncode == 0 and "OK (0 tests)" not in done.stdout
    return Run(level, passed, time.monotonic() - started, done.stdout)


def _tell(run: Run) -> None:
    last = [line for line in run.output.splitlines() if line.startswith(("OK (", "Tests run:"))]
    say(f"API {run.level.api}: {last[-1] if last else 'no verdict'} in {run.seconds:.0f} s")
    if not run.passed:
        say(run.output)
