"""Which verbs of the `cmd` services the virtual tablets know: asked one by one, on each release."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from android_tables import ALL, Levels, levels_of, read, table

from provision.virtual.android.words import SERVICES, WORDS, Word
from tests.virtual.android.bench import Bench, model_for

SUPPORTED = range(24, 38)
"""Releases of the virtual tablets that have `cmd`."""

ENTRY = ("onCommand", "onShellCommand")
PROGRAMS = {"window": ("wm",)}
"""Services that the virtual tablets have under another word than `cmd SERVICE`."""

ARGUMENTS: tuple[tuple[str, ...], ...] = ((), ("x",), ("off",), ("true",))
"""What is said after a verb: some verbs answer like an unknown one until they get what they want."""

UNSAID = "no-such-verb"


def judged(service: str) -> Levels:
    """Levels on which the service's words can be read in the jars, of those a virtual tablet has."""
    told = frozenset(level for levels in table("shell")[service]["classes"] for level in levels_of(levels))
    return told & frozenset(SUPPORTED)


def real(service: str) -> dict[str, Levels]:
    """Android's verbs of a service."""
    found: dict[str, Levels] = {}
    for method in ENTRY:
        if method in table("shell")[service]:
            for name, levels in read("shell", service, method).items():
                found[name] = found.get(name, frozenset()) | levels
    return {name: levels for name, levels in found.items() if not name.startswith("-")}


def _program(service: str) -> Word:
    return WORDS[PROGRAMS[service][0]] if service in PROGRAMS else SERVICES[service]


def asked(service: str) -> set[str]:
    """Verbs worth asking: Android's, and every word that stands in the source of the service."""
    module = inspect.getmodule(_program(service).run)
    nodes = ast.walk(ast.parse(inspect.getsource(module))) if module else iter(())
    said = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return set(real(service)) | {word for word in said if re.fullmatch(r"[a-z]+([_-][a-z]+)*", word)}


def sampled(service: str) -> Levels:
    """One in eight of those levels, chosen by the service's name, and the newest."""
    levels = judged(service)
    return frozenset(level for level in levels if (crc32(service.encode()) + level) % 8 == 0) | {max(levels)}


def spoken(service: str, folder: Path, levels: Levels) -> dict[str, Levels]:
    """Verbs that a virtual tablet of a level answers as one it knows."""
    found: dict[str, set[int]] = {}
    for api in sorted(levels):
        if api >= _program(service).since:
            for verb in _known(service, Bench(folder / f"{service}-{api}", model_for(api))):
                found.setdefault(verb, set()).add(api)
    return {verb: frozenset(levels) for verb, levels in found.items()}


def _known(service: str, bench: Bench) -> Iterator[str]:
    """Verbs whose answer differs from that to a word no service knows."""
    program = PROGRAMS.get(service, ("cmd", service))
    unknown = {arguments: bench.call([*program, UNSAID, *arguments]) for arguments in ARGUMENTS}
    for verb in sorted(asked(service)):
        for arguments, other in unknown.items():
            reply = bench.call([*program, verb, *arguments])
            if reply.out + reply.err != (other.out + other.err).replace(UNSAID, verb):
                yield verb
                break


OPERATIONS = (
    "FINE_LOCATION", "GET_USAGE_STATS", "MOCK_LOCATION", "REQUEST_INSTALL_PACKAGES", "RUN_ANY_IN_BACKGROUND",
    "RUN_IN_BACKGROUND", "SYSTEM_ALERT_WINDOW", "WRITE_SETTINGS",
)  # fmt: skip
"""App ops that the reference names."""


def operations(folder: Path) -> dict[str, Levels]:
    """App ops that a virtual tablet of a level lets the shell set."""
    found: dict[str, set[int]] = {name: set() for name in OPERATIONS}
    for api in ALL:
        bench = Bench(folder / f"operations-{api}", model_for(api))
        for name in OPERATIONS:
            if bench.call(["appops", "set", "com.android.shell", name, "allow"]).status == 0:
                found[name].add(api)
    return {name: frozenset(levels) for name, levels in found.items()}


def services() -> list[str]:
    """Services that both have."""
    return sorted(name for name in (*SERVICES, *PROGRAMS) if name in table("shell") and judged(name))
