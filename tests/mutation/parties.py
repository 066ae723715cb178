"""How one party answers to tests/vectors: what a copy of it consists of, and the command that runs it."""

from __future__ import annotations

import base64
import runpy
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AGENT = Path("apks/agent")
CACHE = ROOT / ".cache" / "agent"
SECONDS = 900
JUDGE = Path(__file__).with_name("JudgeMutants.java")
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


def _prepare_java(folder: Path) -> list[Path]:
    """Lay out what a copy is compiled from: its sources' list, and the classes of the last build to write over."""
    classes = folder / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    shutil.copytree(CACHE / "build" / "classes", classes)
    write_enums = runpy.run_path(str(ROOT / AGENT / "toolchain/rows.py"))["write_enums"]
    enums = write_enums(folder / AGENT / "capabilities.json", folder / "generated")
    sources = [*enums, *sorted((folder / AGENT / "src").rglob("*.java"))]
    (folder / "sources").write_text("".join(f"{source}\n" for source in sources), "utf-8")
    return sources


def _jars() -> list[Path]:
    """The outside classes that the agent and its tests know."""
    jars = (CACHE / "tests-4.14.1.classpath").read_text("utf-8").split(":")
    return [*map(Path, jars), *sorted((CACHE / "m2").glob("org/robolectric/android-all/15*/*.jar"))]


def _javac(folder: Path) -> Path:
    """Compile the copy; returns the folder of its classes."""
    sources = _prepare_java(folder)
    path = ":".join(map(str, [folder / "classes", *_jars()]))
    compiled = _run(["javac", "--release", "8", "-nowarn", "-encoding", "UTF-8", "-classpath", path,
                     "-d", str(folder / "classes"), *map(str, sources)], folder)  # fmt: skip
    if compiled.returncode:
        raise Unusable(compiled.stderr)
    return folder / "classes"


class _JavaJudge:
    """One warm JVM that judges copy after copy (`JudgeMutants.java`): a start for each would cost ten times as much."""

    def __init__(self) -> None:
        names = [f"org.provision.agent.{name}" for name in VECTOR_CLASSES]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lasts as the process
        self._process = subprocess.Popen(
            ["java", "-Xshare:auto", f"-Dvectors={ROOT / 'tests' / 'vectors'}", "-cp", ":".join(map(str, _jars())),
             str(JUDGE), str(CACHE / "test-classes"), *names],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip

    def passes(self, folder: Path) -> bool:
        """Compile and judge one copy.

        Raises:
            Unusable: it does not compile, or no verdict came.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(SECONDS, self._process.kill)
        timer.start()
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        verdict, _, said = self._process.stdout.readline().strip().partition(" ")
        timer.cancel()
        if verdict not in {"passed", "failed"}:
            self._log.seek(0)
            raise Unusable(base64.b64decode(said).decode() or self._log.read().decode(errors="replace")[-2000:])
        return verdict == "passed"


_judges = threading.local()


def _javac_and_junit(folder: Path) -> bool:
    """Compile the copy and run the two vector tests, in the JVM of this lane."""
    _prepare_java(folder)
    if not hasattr(_judges, "java"):
        _judges.java = _JavaJudge()
    judge: _JavaJudge = _judges.java
    return judge.passes(folder)


def _javac_and_services(folder: Path) -> bool:
    """Compile the copy and let Android's own services judge its flow on two releases."""
    classes = _javac(folder)
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
