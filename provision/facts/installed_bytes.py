"""Which bytes are installed: the SHA-256 of each APK file of an app, and who read it.

Three witnesses, and each is the tablet: its agent, its `sha256sum`, or its adb daemon, which sends the whole file
(reference, packages document 4.4). The first two cross the cable with a digest, the third with all bytes.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from provision.facts.apps import InstalledApp, Witness
from provision.facts.collect import Facts
from provision.facts.printed import read_printed
from provision.transport import Transport

SHA256SUM_API = 26
"""The first release whose toybox has `sha256sum` (reference, packages document 4.4)."""

_SUM = re.compile(r"^([0-9a-f]{64})  (/.*)$", re.MULTILINE)

AskDigests = Callable[[str, Sequence[str]], Mapping[str, str] | None]
"""Asks one witness for the digests of a package's files: by path, each of those given and no other; None where it
cannot tell."""

FindWitnesses = Callable[[], Mapping[Witness, AskDigests]]
"""Names the witnesses that may tell digests instead of the bytes, in the order they are asked."""


@dataclass(frozen=True)
class FileDigests:
    """Digests of the files of one installed app, by path, all read by one witness."""

    witness: Witness
    by_path: Mapping[str, str]


def hash_apps(
    transport: Transport,
    facts: Facts,
    wanted: Mapping[str, int],
    known: dict[tuple[str, ...], FileDigests],
    *,
    seconds: float,
    find_witnesses: FindWitnesses = dict,
) -> Facts:
    """The same facts with the digests of base and splits of each app whose version is the wanted one.

    An app whose digests are there already is not asked about. What no witness tells is pulled.

    Args:
        transport: to the tablet the facts were read from.
        facts: of this reading.
        wanted: version code by package.
        known: digests read before in this run, by package, version, time of update and paths; grows here.
        seconds: total deadline of each pull.
        find_witnesses: names who is asked before anything is pulled, in this order; nobody pulls every file. Called
            only where a file has to be proved.
    """
    hashed = dict(facts.apps)
    for name, app in facts.apps.items():
        if wanted.get(name) != app.version_code or app.sha256 is not None:
            continue
        paths = (app.path, *app.split_paths.values())
        here = (name, str(app.version_code), app.updated or "", *paths)
        if here not in known:
            known[here] = _ask(name, paths, find_witnesses()) or _pull(transport, paths, seconds)
        hashed[name] = _tell(app, known[here])
    return replace(facts, apps=hashed)


def _tell(app: InstalledApp, found: FileDigests) -> InstalledApp:
    splits = {split: found.by_path[path] for split, path in app.split_paths.items()}
    return replace(app, sha256=found.by_path[app.path], splits=splits, witness=found.witness)


def _ask(package: str, paths: Sequence[str], witnesses: Mapping[Witness, AskDigests]) -> FileDigests | None:
    for witness, ask in witnesses.items():
        told = ask(package, paths)
        if told is not None and told.keys() == set(paths):
            return FileDigests(witness, told)
    return None


def _pull(transport: Transport, paths: Sequence[str], seconds: float) -> FileDigests:
    return FileDigests(Witness.PULLED, {path: hash_file(transport, path, seconds=seconds) for path in paths})


def hash_file(transport: Transport, path: str, *, seconds: float) -> str:
    """Return the SHA-256 of a file on the tablet, every byte of which crosses the cable.

    Raises:
        AnswerError: the tablet does not let it be read.
        TransportError: the way to the tablet failed.
    """
    digest = hashlib.sha256()
    transport.pull(path, digest.update, seconds=seconds)
    return digest.hexdigest()


def make_shell_witness(transport: Transport, api: int, *, seconds: float) -> Mapping[Witness, AskDigests]:
    """The tablet's own `sha256sum`, where its release has one; where it says anything else, it tells nothing.

    Args:
        transport: to the tablet.
        api: Android's level.
        seconds: total deadline of one app.
    """

    def ask(_package: str, paths: Sequence[str]) -> Mapping[str, str] | None:
        answer = transport.shell(shlex.join(("sha256sum", *paths)), seconds=seconds)
        found = _SUM.findall(read_printed(answer.out).words)
        return {path: digest for digest, path in found} if len(found) == len(paths) else None

    return {Witness.SHELL: ask} if api >= SHA256SUM_API else {}
