"""The tools that build and test the agent, and where their parts come from.

javac, aapt, apksigner and Maven come from the machine (Debian: openjdk-17-jdk-headless, maven, aapt,
zipalign, apksigner); the dexer, the Android class path and the test libraries come from Maven Central
into `.cache/agent`. Standard library only: the scripts run before the product is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
AGENT = ROOT / "apks" / "agent"
CACHE = ROOT / ".cache" / "agent"
REPOSITORY = CACHE / "m2"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"

PACKAGES = {
    "javac": "openjdk-17-jdk-headless",
    "mvn": "maven",
    "aapt": "aapt",
    "zipalign": "zipalign",
    "apksigner": "apksigner",
}


class BuildError(Exception):
    """The build cannot go on; the message says what is missing or wrong and what to do."""


@dataclass(frozen=True)
class Artifact:
    """One jar of Maven Central, pinned by its digest."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """The form `mvn -Dartifact=` takes."""
        return f"{self.group}:{self.name}:{self.version}"

    @property
    def path(self) -> Path:
        """Where Maven puts the jar below the cache."""
        folder = REPOSITORY / self.group.replace(".", "/") / self.name / self.version
        return folder / f"{self.name}-{self.version}.jar"


def read_artifacts(file: Path) -> dict[str, Artifact]:
    """Read a list of pinned artifacts; keys are their purposes (third column)."""
    artifacts = {}
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256, purpose, *_ = line.split()
            group, name, version = coordinates.split(":")
            artifacts[purpose] = Artifact(group, name, version, sha256)
    return artifacts


def say(text: str) -> None:
    """Tell the person who builds."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def require_tools(*names: str) -> None:
    """Check that programs of the machine are there.

    Raises:
        BuildError: naming each missing program and its Debian package.
    """
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        wanted = " ".join(sorted({PACKAGES[name] for name in missing}))
        raise BuildError(
            f"missing programs: {', '.join(missing)}. On Debian: apt-get install {wanted}. "
            "The stations never need them: they install the committed apks/agent.apk."
        )


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run one program at low priority and return its standard output.

    Raises:
        BuildError: it ended with another status than 0; its output is in the message.
    """
    words = ["nice", *map(str, command)]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, env=clean_environment(), check=False)
    if done.returncode:
        raise BuildError(f"`{' '.join(words[1:3])} …` ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def stream(*command: str | Path) -> int:
    """Run one program at low priority with its output passed on; returns its exit status."""
    sys.stdout.flush()
    return subprocess.run(["nice", *map(str, command)], env=clean_environment(), check=False).returncode


def clean_environment() -> dict[str, str]:
    """The environment of every tool: no language, zone or Java options of the person who builds."""
    kept = {key: value for key, value in os.environ.items() if key not in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def fetch(artifact: Artifact) -> Path:
    """Return the jar of an artifact, downloaded once, its digest checked each time."""
    if not artifact.path.exists():
        say(f"downloading {artifact.coordinates}")
        run(
            "mvn", "-q", "-B", f"-Dmaven.repo.local={REPOSITORY}", f"{PLUGIN}:get",
            f"-Dartifact={artifact.coordinates}", "-Dtransitive=false",
        )  # fmt: skip
    got = sha256(artifact.path)
    if got != artifact.sha256:
        raise BuildError(f"{artifact.path}: expected SHA-256 {artifact.sha256}, got {got}; delete it and retry")
    return artifact.path


def sha256(file: Path) -> str:
    """SHA-256 of a file, lower-case hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sources(folder: Path) -> list[Path]:
    """All Java files below a folder, in one fixed order."""
    return sorted(folder.rglob("*.java"))


def fresh(folder: Path) -> Path:
    """An empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
