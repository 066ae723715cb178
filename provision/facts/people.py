"""Users, accounts and files a donor left; counted only, never named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from provision.facts.folder import count_names
from provision.facts.local_accounts import LOCAL_TYPES
from provision.facts.query import CommandOutput, Outputs, Query

USERS = Query("users", ("pm", "list", "users"))
CAMERA = "/sdcard/DCIM/Camera"
QUERIES = (
    Query("accounts", ("dumpsys", "account")),
    Query("camera_files", ("ls", CAMERA)),
)
"""What the running system and the shell answer; `USERS` is asked beside them."""

_LISTED = re.compile(r"^[ \t]*UserInfo\{(\d{1,9}):(?:.*:([0-9a-f]{1,8})\})?", re.MULTILINE)
_BLOCK = re.compile(r"^User UserInfo\{(\d{1,9}):", re.MULTILINE)
_TYPE = re.compile(r", type=([^,{}]+)\}$", re.MULTILINE)
_HISTORY = re.compile(r"^ +(\d{1,9}),(action_\w+),", re.MULTILINE)
"""From 6.0 on: what became of each row of the database, by its number (packages document 6.7)."""
_SESSIONS = re.compile(r"^  Active Sessions: \d{1,9}$", re.MULTILINE)
_ADDED, _GONE = "action_account_add", ("action_account_remove", "action_authenticator_remove")
_GUEST = 0x4
"""`UserInfo.FLAG_GUEST`, on every release."""
_COUNT = re.compile(r"^  Accounts: (?P<count>\d{1,9})$(?=(?P<below>(?:\n.+)*))", re.MULTILINE)
"""Indented by two blanks, where `dumpUser` stands: nothing else in a block is, but a name that was made to look so."""
_ROW = re.compile(r"^    Account \{.*$", re.MULTILINE)
"""One account, in the lines up to the next blank one; a line of somebody else's may stand between."""


@dataclass(frozen=True)
class People:
    """Traces of earlier people.

    Attributes:
        users: user profiles on the tablet, 1 on a fresh one.
        accounts: accounts of all users together.
        files: entries of the camera folder, 0 when there is none, None when it cannot be read.
        guests: of the users those that are guests, which some systems make by themselves.
        local: of the accounts those that the maker's own contacts app made (`local_accounts`).
        hidden: accounts still in the database that no longer count, because their app is disabled: what public recipes
            call clean. Their owner's protection against a factory reset may still hold. None where this is not told.
    """

    users: int
    accounts: int
    files: int | None
    guests: int = 0
    local: int = 0
    hidden: int | None = None


def parse(outputs: Outputs) -> People:
    """Reference, packages document 6.7.

    Raises:
        AnswerError: the user list or the account dump is in no known form, or broke off.
    """
    listed = _list_users(outputs["users"])
    accounts = _count_accounts(outputs["accounts"])
    if not listed.keys() <= accounts.keys():
        raise outputs["accounts"].ended_early("a block of each user", private=True)
    return People(
        users=len(listed.keys() | accounts.keys()),
        accounts=sum(one.count for one in accounts.values()),
        files=count_names(outputs["camera_files"], CAMERA),
        guests=sum(flags & _GUEST != 0 for number, flags in listed.items() if number),
        local=sum(one.local for one in accounts.values()),
        hidden=_add(one.hidden for one in accounts.values()),
    )


def list_users(outputs: Outputs) -> tuple[str, ...]:
    """The users that the account dump names (packages document 6.7).

    As long as they are the same, so is the answer of `pm list users`, which is a start of Java on many releases.
    """
    return tuple(re.findall(r"^[ \t]*User (UserInfo\{.*)$", outputs["accounts"].body, re.MULTILINE))


def _list_users(output: CommandOutput) -> dict[int, int]:
    """Flags by user; of one that stands twice the flags that both rows have, so that no name makes a guest of it."""
    found: dict[int, int] = {}
    for number, flags in _LISTED.findall(output.body):
        found[int(number)] = int(flags or "0", 16) & found.get(int(number), -1)
    if 0 in found and not output.cut:
        return found
    expected = "`Users:` and one UserInfo line a user"
    if "Users:" in output.lines:  # a list without user 0 broke off
        raise output.ended_early(expected, private=True)
    raise output.unexpected(expected, private=True)


@dataclass(frozen=True)
class _Accounts:
    """Of one user."""

    count: int
    local: int
    hidden: int | None


def _count_accounts(output: CommandOutput) -> dict[int, _Accounts]:
    """Accounts by user.

    A name may hold line feeds, and with them lines that look like Android's own: of several counts in one block, and of
    the accounts listed below one, the most stands.
    """
    _, *parts = _BLOCK.split(output.body)
    blocks: dict[int, str] = {}
    for number, block in zip(parts[::2], parts[1::2], strict=True):
        blocks[int(number)] = blocks.get(int(number), "") + block
    counts: dict[int, _Accounts] = {}
    for number, block in blocks.items():
        found = tuple(_COUNT.finditer(block))
        told = [(int(one["count"]), set(_ROW.findall(one["below"]))) for one in found]
        if not told:
            raise output.unexpected("`Accounts: N` under each user", private=True)
        # Of a row that broke off nobody knows whether a reset takes it away; an exception ends a dump, too.
        if output.broke and any(len(_TYPE.findall(one["below"])) < int(one["count"]) for one in found):
            raise output.ended_early("a whole row of each account", private=True)
        rows = {row for _, below in told for row in below}
        most = max(len(rows), *(count for count, _ in told))
        local = sum(_find_type(row) in LOCAL_TYPES for row in rows) if len({count for count, _ in told}) == 1 else 0
        counts[number] = _Accounts(most, local, _count_hidden(block, most))
    if not counts:
        raise output.unexpected("`Accounts: N` under each user", private=True)
    return counts


def _add(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _find_type(row: str) -> str:
    found = _TYPE.search(row)
    return found[1] if found is not None else ""


def _count_hidden(block: str, counted: int) -> int | None:
    """Rows of the database by its own history, added and not removed since, beyond those that are counted.

    None where the block ends before the line behind that history.
    """
    if _SESSIONS.search(block) is None:
        return None
    events = _HISTORY.findall(block)
    gone = {row for row, event in events if event.startswith(_GONE)}
    return max(0, len({row for row, event in events if event == _ADDED} - gone) - counted)
