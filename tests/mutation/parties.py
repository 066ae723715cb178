"""How one party answers to tests/vectors: what a copy of it consists of, and the command that runs it."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AGENT = Path("apks/agent")
CACHE = ROOT / ".cache" / "agent"
SECONDS = 900
PYTHON_PARTS = ("provision", "tests", "apks", "device_profiles", "pyproject.toml")
SERVICES_LEVELS = "22,30,34"
"""Releases on which a broken agent must fail Android's own services: the old lock task, one that ends later, and the
policy engine."""
VECTOR_CLASSES = ("OwnerVectorsTest", "ChannelVectorsTest")
TESTS_FAILED = 1
"""Exit status of pytest and of JUnit when tests failed; anything else is no verdict."""


class Unusable(Exception):
    """A copy that cannot be judged: it does not compile, or its tests do not even begin."""


@dataclass(frozen=True)
class Party:
    """One party.

    Attributes:
        copy: makes a copy of it in an empty folder.
        passes: whether a copy passes its vectors; raises `Unusable`.
        alone: whether two copies may not be judged at a time: their judge keeps its answers in one place.
    """

    name: str
    copy: Callable[[Path], None]
    passes: Callable[[Path], bool]
    alone: bool = False


def _copy_python(folder: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__", "system", "performance", "usb", "pictures", "src")
    for part in PYTHON_PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=skipped, symlinks=True)
        else:
            shutil.copy2(source, folder / part)


def _pytest(file: str) -> Callable[[Path], bool]:
    def passes(folder: Path) -> bool:
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", file]
        return _judge(command, folder)

    return passes


def _copy_java(folder: Path) -> None:
    shutil.copytree(ROOT / AGENT / "src", folder / AGENT / "src")
    shutil.copy2(ROOT / AGENT / "capabilities.json", folder / AGENT)


def _javac(folder: Path) -> list[Path]:
    """Compile the copy over the classes of the last build; returns the class path of its tests, the copy first."""
    jars = (CACHE / "tests-4.14.1.classpath").read_text("utf-8").split(":")
    android = sorted((CACHE / "m2").glob("org/robolectric/android-all/15*/*.jar"))
    built = [CACHE / "build" / "classes", *map(Path, jars), *android]
    classes = folder / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    shutil.copytree(CACHE / "build" / "classes", classes)
    write_enums = runpy.run_path(str(ROOT / AGENT / "toolchain/rows.py"))["write_enums"]
    enums = write_enums(folder / AGENT / "capabilities.json", folder / "generated")
    sources = [*map(str, enums), *sorted(str(file) for file in (folder / AGENT / "src").rglob("*.java"))]
    path = ":".join(map(str, built))
    compiled = _run(["javac", "--release", "8", "-nowarn", "-encoding", "UTF-8", "-classpath", path, "-d", str(classes),
                     *sources], folder)  # fmt: skip
    if compiled.returncode:
        raise Unusable(compiled.stderr)
    return [classes, CACHE / "test-classes", *built]


def _javac_and_junit(folder: Path) -> bool:
    """Compile the copy and run the two vector tests in a plain JVM."""
    run_path = ":".join(map(str, _javac(folder)))
    names = [f"org.provision.agent.{name}" for name in VECTOR_CLASSES]
    return _judge(["java", "-XX:TieredStopAtLevel=1", "-Xshare:auto", f"-Dvectors={ROOT / 'tests' / 'vectors'}",
                   "-cp", run_path, "org.junit.runner.JUnitCore", *names], folder)  # fmt: skip


def _javac_and_services(folder: Path) -> bool:
    """Compile the copy and let Android's own services judge its flow on two releases."""
    classes = _javac(folder)[0]
    return _judge([sys.executable, str(ROOT / "scripts" / "test_agent"), "--services", "--agent", str(classes),
                   "--levels", SERVICES_LEVELS, "--classes", "FlowTest"], folder)  # fmt: skip


def _judge(command: list[str], folder: Path) -> bool:
    done = _run(command, folder)
    if done.returncode not in {0, TESTS_FAILED}:
        raise Unusable(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode == 0


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)


PARTIES = {
    "host": Party("host", _copy_python, _pytest("tests/agent/test_agent_vectors.py")),
    "virtual": Party("virtual", _copy_python, _pytest("tests/virtual/android/test_android_agent_vectors.py")),
    "java": Party("java", _copy_java, _javac_and_junit),
}
"""The three parties to the vectors."""

JUDGES = {**PARTIES, "services": Party("services", _copy_java, _javac_and_services, alone=True)}
"""All that judge broken copies: the vectors by party, and Android's own services (the agent again)."""
