"""Which apps of the set are installed, and in which version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provision.facts.query import CommandOutput, Outputs, Query

_SPLIT = re.compile(r"^package:.*/split_([^/]+)\.apk$")
"""A split's APK beside its base (packages document 4.2); Android names the file for the split."""

_UPDATED = re.compile(r"^[ \t]+lastUpdateTime=(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[ \t]*$", re.MULTILINE)
_SIGNATURES = re.compile(r"^[ \t]+signatures=PackageSignatures\{\w+ (.*)\}[ \t]*$", re.MULTILINE)
"""What follows the object's own identity, which every boot changes (packages document 4.4)."""

CHECKSUM_API = 24
_CHECKSUM = re.compile(r"^(?:.*\bsignatures:)?\[([0-9a-f]{1,8})\]")
"""Of one signer; the same at each boot from Android 7 on (packages document 4.4)."""

_STATE = re.compile(r"\binstalled=(?:true|false) .*\benabled=\d")
"""Of the line of a user: the first and the last of what decides whether the app can be used (packages document 4.3)."""

_GRANTED = re.compile(r"^[ \t]+([\w.]+): granted=true\b", re.MULTILINE)


class Witness(StrEnum):
    """Reader of an installed file for the bench; all three are the tablet."""

    AGENT = "agent-digest"
    SHELL = "shell-digest"
    PULLED = "pulled"


@dataclass(frozen=True)
class InstalledApp:
    """One installed app, for user 0.

    Attributes:
        version_code: of the running version, not of the preloaded one beneath an update.
        path: of its base APK on the tablet.
        usable: installed for user 0, neither hidden nor disabled nor suspended.
        sha256: digest of the base APK as read back from the tablet, None before it was.
        split_paths: path of each split's APK, by the split's name.
        splits: digest of each split's APK, None before it was read.
        updated: time of the last installation, local time as Android prints it; None where it prints none.
        signatures: what Android prints of the signers; a checksum, from Android 7 the same at each boot.
        witness: who read these digests, in this run or in `proved_in`; None for one of which nobody kept that.
        proved_in: the earlier run that read these digests, None for bytes that were read in this one.
        allowed: special accesses it has; asked only where the app set gives it some (`facts.access`).
        granted: permissions it holds, install-time ones included (packages document 11.4).
    """

    version_code: int
    path: str
    usable: bool
    sha256: str | None = None
    split_paths: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, str | None] = field(default_factory=dict)
    granted: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    updated: str | None = None
    signatures: str | None = None
    witness: Witness | None = None
    proved_in: str | None = None


def make_queries(packages: tuple[str, ...]) -> tuple[Query, ...]:
    """Make the questions to the package manager about each package."""
    return tuple(Query(f"package {package}", ("dumpsys", "package", package)) for package in packages)


def ask_path(package: str) -> Query:
    """Where its APK is; a start of Java on many releases, unlike the dump, which the running system prints."""
    return Query(f"path {package}", ("pm", "path", package))


def find_block(outputs: Outputs, package: str) -> str:
    """Find the dump's block of one package: as long as it is the same word for word, so is its path.

    An installation changes its folder or the time of its update (4.1 to 4.3). The whole dump where it has no block.
    """
    dump = outputs[f"package {package}"].body
    return _first_block(dump, package) or dump


def parse(outputs: Outputs, packages: tuple[str, ...]) -> Mapping[str, InstalledApp]:
    """Installed apps by package; a package that is not installed for user 0 is left out.

    Raises:
        AnswerError: `pm path` threw an exception, or an installed package whose dump has no version.
        AnswerCut: the dump ends before the state for user 0, or says that there is more than `pm path` names.
    """
    found = {name: _parse_one(outputs[f"path {name}"], outputs[f"package {name}"], name) for name in packages}
    return {name: app for name, app in found.items() if app is not None}


def _parse_one(path: CommandOutput, dump: CommandOutput, package: str) -> InstalledApp | None:
    base = next((line[8:] for line in path.lines if line.startswith("package:")), None)
    if base is None and (path.refusal() is not None or path.cut):
        raise path.unexpected("`package:PATH` or nothing")
    block = _first_block(dump.body, package)
    user = re.search(r"^[ \t]*User 0:.*$", block, re.MULTILINE)
    if base is None:
        if user is not None and _is_usable(user[0]):
            raise path.ended_early("`package:PATH` of an app that is installed by its dump")
        return None
    version = re.search(r"^[ \t]+versionCode=(\d{1,19})\b", block, re.MULTILINE)
    if version is None:
        raise dump.unexpected(f"a `Package [{package}]` block with versionCode")
    if user is None or not _STATE.search(user[0]):
        raise dump.ended_early(f"the state for user 0 in the block of {package}")
    splits = {found[1]: line[8:] for line in path.lines if (found := _SPLIT.search(line)) is not None}
    parts = re.search(r"^[ \t]+splits=\[(.*)\]$", block, re.MULTILINE)
    if path.cut or (parts is not None and len(splits) < len(parts[1].split(",")) - 1):
        raise path.ended_early("`package:PATH` of each part that the dump names")
    return InstalledApp(
        version_code=int(version[1]),
        path=base,
        usable=_is_usable(user[0]),
        split_paths=splits,
        splits=dict.fromkeys(splits),
        granted=frozenset(_GRANTED.findall(block)),
        updated=_find_only(_UPDATED, block),
        signatures=_find_only(_SIGNATURES, block),
    )


def find_signatures(dump: str, package: str) -> str | None:
    """Find the signers that a dump prints of a package, None where it prints none."""
    return _find_only(_SIGNATURES, _first_block(dump, package))


def find_checksum(printed: str | None) -> str:
    """The checksum of the one signer in what Android prints of them, empty where there is none or several."""
    found = None if printed is None else _CHECKSUM.match(printed)
    return "" if found is None else found[1]


def _find_only(pattern: re.Pattern[str], block: str) -> str | None:
    """The one value a pattern finds; none and several are both no answer."""
    found = pattern.findall(block)
    return str(found[0]) if len(found) == 1 else None


def _first_block(text: str, package: str) -> str:
    """The block under `Packages:` only: the one under `Hidden system packages:` has the old version (4.3)."""
    start = re.search(rf"^Packages:$(?:\n[ \t].*)*?\n[ \t]*Package \[{re.escape(package)}\] .*$", text, re.MULTILINE)
    if start is None:
        return ""
    rest = text[start.end() :]
    end = re.search(r"^[ \t]*Package \[|^\S", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def _is_usable(user: str) -> bool:
    state = dict(re.findall(r"(\w+)=(\S+)", user))
    return (
        state.get("installed") == "true"
        and state.get("hidden", "false") == "false"
        and state.get("suspended", "false") == "false"
        and state.get("enabled") in ("0", "1")
    )
