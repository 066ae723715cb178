"""The small results of the agent, each exactly as the contract says (contract 3, 6).

Every function raises `AnswerError` for another form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.agent.strict_json import Members
from provision.errors import AnswerError

Result = Mapping[str, object]


@dataclass(frozen=True)
class DrillState:
    """The kiosk's door.

    Attributes:
        challenge: eight digits, only after asking for them.
        seconds_locked: until the next answer is taken, 0 for now.
        opened: whether somebody opened it and nobody closed it since.
        lock_task: `none`, `locked` or `pinned`, as Android says inside the tablet.
    """

    challenge: str | None
    seconds_locked: int
    opened: bool
    lock_task: str


@dataclass(frozen=True)
class Cleaned:
    """One app between two patients; not `supported` below API 28, where the shell clears it."""

    package: str
    supported: bool
    cleared: bool


def read_drill(result: Result, command: str) -> DrillState:
    """The result of every step of `drill`."""
    members = Members(dict(result), "drill", command)
    challenge = members.text_or_null("challenge")
    if challenge is not None and not (len(challenge) == 8 and challenge.isascii() and challenge.isdigit()):
        raise members.unlike("challenge", "eight digits or null", challenge)
    state = DrillState(
        challenge,
        members.number("seconds_locked", 0, 10**6),
        members.flag("opened"),
        members.text("lock_task", "none|locked|pinned"),
    )
    members.end()
    return state


def read_lifted(result: Result, command: str) -> int:
    """The result of `lift`: seconds until the next answer is taken."""
    members = Members(dict(result), "lift", command)
    seconds = members.number("seconds_locked", 0, 10**6)
    members.end()
    return seconds


def read_cleaned(result: Result, packages: tuple[str, ...], command: str) -> tuple[Cleaned, ...]:
    """The result of `clean`: one row for each package, in the order they were named."""
    members = Members(dict(result), "clean", command)
    rows = tuple(_read_one(item, command) for item in members.items("packages"))
    members.end()
    if tuple(row.package for row in rows) != packages:
        raise AnswerError(command, f"clean.packages: {', '.join(packages)}", ", ".join(row.package for row in rows))
    return rows


def _read_one(item: object, command: str) -> Cleaned:
    members = Members(item, "clean.packages", command)
    package, cleared = members.text("package"), members.flag("cleared")
    supported = members.text("assurance", "set|unsupported") == "set"
    api = members.text_or_null("api")
    members.end()
    if (api is not None) != supported or (cleared and not supported):
        raise members.unlike("api", "a call exactly where it is supported", api)
    return Cleaned(package, supported, cleared)


def read_asset(result: Result, command: str) -> str:
    """The result of `show`: the asset id on the screen."""
    members = Members(dict(result), "show", command)
    asset = members.text("asset", "[A-Z0-9]{1,8}-[0-9]{1,8}")
    members.end()
    return asset


def read_owner_left(result: Result, command: str) -> bool:
    """The result of `release`: whether the agent is still owner."""
    members = Members(dict(result), "release", command)
    owner = members.flag("owner")
    members.end()
    return owner


def read_pieces(result: Result, command: str) -> int:
    """The result of `put`: how many pieces are held now."""
    members = Members(dict(result), "put", command)
    pieces = members.number("pieces", 1, 64)
    members.end()
    return pieces
