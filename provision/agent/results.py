"""The small results of the agent, each exactly as the contract says (contract 3, 6).

Every function raises `AnswerError` for another form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from provision.agent.forms import AssetId, Form, Hex64, Line, Text, read_form, unlike
from provision.errors import AnswerError

Result = Mapping[str, object]
MOST_FILES = 200
"""Base and splits of one app."""

_Path = Annotated[str, Field(pattern=r"^/[^\x00-\x1f]{1,500}$")]
_Seconds = Annotated[int, Field(ge=0, le=10**6)]


class DrillState(Form):
    """The kiosk's door.

    Attributes:
        challenge: eight digits, only after asking for them.
        seconds_locked: until the next answer is taken, 0 for now.
        opened: whether somebody opened it and nobody closed it since.
        lock_task: as Android says inside the tablet.
    """

    challenge: Annotated[str, Field(pattern="^[0-9]{8}$")] | None
    seconds_locked: _Seconds
    opened: bool
    lock_task: Literal["none", "locked", "pinned"]


@dataclass(frozen=True)
class Cleaned:
    """One app between two patients; not `supported` below API 28, where the shell clears it."""

    package: str
    supported: bool
    cleared: bool


class Trace(Form):
    """What a patient left outside the apps.

    Attributes:
        api: the Android call made, None where there was nothing to clear, or no call for it on this release.
        error: English text, None when it was cleared.
    """

    part: Literal["clipboard", "keyboard", "calls"]
    api: Line | None
    cleared: bool
    error: Line | None


@dataclass(frozen=True)
class Cleaning:
    """One clean between two patients: the apps in the order they were named, and what is outside them."""

    apps: tuple[Cleaned, ...]
    traces: tuple[Trace, ...] = ()


class _Lifted(Form):
    seconds_locked: _Seconds


class _CleanedRow(Form):
    package: Text
    api: Line | None
    cleared: bool
    assurance: Literal["set", "unsupported"]


class _Clean(Form):
    packages: tuple[_CleanedRow, ...]
    traces: tuple[Trace, ...] = ()


class _Shown(Form):
    asset: AssetId


class _Released(Form):
    owner: bool


class _Put(Form):
    pieces: Annotated[int, Field(ge=1, le=64)]


class _Rekeyed(Form):
    rekeys: Annotated[int, Field(ge=1, le=2**31 - 1)]


def read_drill(result: Result, command: str) -> DrillState:
    """The result of every step of `drill`."""
    return read_form(DrillState, result, "drill", command)


def read_lifted(result: Result, command: str) -> int:
    """The result of `lift`: seconds until the next answer is taken."""
    return read_form(_Lifted, result, "lift", command).seconds_locked


def read_cleaned(result: Result, packages: tuple[str, ...], command: str) -> Cleaning:
    """The result of `clean`: one row for each package, in the order they were named, and the traces, each once."""
    found = read_form(_Clean, result, "clean", command)
    rows = tuple(_read_row(row, f"clean.packages[{place}]", command) for place, row in enumerate(found.packages))
    if tuple(row.package for row in rows) != packages:
        raise AnswerError(command, f"clean.packages: {', '.join(packages)}", ", ".join(row.package for row in rows))
    parts = [trace.part for trace in found.traces]
    if len(set(parts)) != len(parts):
        raise AnswerError(command, "clean.traces: each part once", ", ".join(parts))
    return Cleaning(rows, found.traces)


def _read_row(row: _CleanedRow, place: str, command: str) -> Cleaned:
    supported = row.assurance == "set"
    if (row.api is not None) != supported or (row.cleared and not supported):
        raise unlike(f"{place}.api", "a call exactly where it is supported", row.api, command)
    return Cleaned(row.package, supported, row.cleared)


def read_asset(result: Result, command: str) -> str:
    """The result of `show`: the asset id on the screen."""
    return read_form(_Shown, result, "show", command).asset


def read_owner_left(result: Result, command: str) -> bool:
    """The result of `release`: whether the agent is still owner."""
    return read_form(_Released, result, "release", command).owner


def read_pieces(result: Result, command: str) -> int:
    """The result of `put`: how many pieces are held now."""
    return read_form(_Put, result, "put", command).pieces


def read_rekeys(result: Result, command: str) -> int:
    """The result of `rekey`: how often the tablet's site key was replaced."""
    return read_form(_Rekeyed, result, "rekey", command).rekeys


class _Digests(Form):
    """The result of `digests`."""

    files: Annotated[dict[_Path, Hex64], Field(max_length=MOST_FILES)]


def read_file_digests(result: Result, command: str) -> Mapping[str, str]:
    """SHA-256 by path of the files of one app."""
    return read_form(_Digests, result, "digests", command).files
