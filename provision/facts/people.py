"""Users, accounts and files a donor left; counted only, never named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Outputs, Query

USERS = Query("users", ("pm", "list", "users"))
QUERIES = (
    Query("accounts", ("dumpsys", "account")),
    Query("camera_files", ("ls", "/sdcard/DCIM/Camera")),
)
"""What the running system and the shell answer; `USERS` is asked beside them."""

_FOLDER_ERROR = re.compile(r"(?:ls: )?/sdcard/DCIM/Camera: |opendir failed, ")  # toybox, toolbox
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|heic|heif|webp|avif|dng|bmp|mp4|3gp|mov|mkv|webm|avi)\s*$", re.IGNORECASE)
"""Ends a name whatever it begins with: `[2024] garden.jpg` is no line of another program."""
_LISTED = re.compile(r"^\s*UserInfo\{(\d{1,9}):", re.MULTILINE)
_BLOCK = re.compile(r"^User UserInfo\{(\d{1,9}):", re.MULTILINE)
_COUNT = re.compile(r"^  Accounts: (?P<count>\d{1,9})$(?P<rows>(?:\n    Account \{.*$)*)", re.MULTILINE)
"""Indented by two blanks, where `dumpUser` stands: nothing else in a block is, but a name that was made to look so."""


@dataclass(frozen=True)
class People:
    """Traces of earlier people.

    Attributes:
        users: user profiles on the tablet, 1 on a fresh one.
        accounts: accounts of all users together.
        files: entries of the camera folder, 0 when there is none, None when it cannot be read.
    """

    users: int
    accounts: int
    files: int | None


def parse(outputs: Outputs) -> People:
    """Reference, packages document 6.7.

    Raises:
        AnswerError: the user list or the account dump is in no known form, or broke off.
    """
    listed = _list_users(outputs["users"])
    accounts = _count_accounts(outputs["accounts"])
    if not listed <= accounts.keys():
        raise outputs["accounts"].ended_early("a block of each user", private=True)
    return People(
        users=len(listed | accounts.keys()),
        accounts=sum(accounts.values()),
        files=_count_files(outputs["camera_files"]),
    )


def list_users(outputs: Outputs) -> tuple[str, ...]:
    """The users that the account dump names (packages document 6.7).

    As long as they are the same, so is the answer of `pm list users`, which is a start of Java on many releases.
    """
    return tuple(re.findall(r"^\s*User (UserInfo\{.*)$", outputs["accounts"].body, re.MULTILINE))


def _list_users(output: CommandOutput) -> set[int]:
    found = {int(number) for number in _LISTED.findall(output.body)}
    if 0 in found and not output.cut:
        return found
    expected = "`Users:` and one UserInfo line a user"
    if "Users:" in output.lines:  # a list without user 0 broke off
        raise output.ended_early(expected, private=True)
    raise output.unexpected(expected, private=True)


def _count_accounts(output: CommandOutput) -> dict[int, int]:
    """Accounts by user.

    A name may hold line feeds, and with them lines that look like Android's own: of several counts in one block, and of
    the accounts listed below one, the most stands.
    """
    _, *parts = _BLOCK.split(output.body)
    blocks: dict[int, str] = {}
    for number, block in zip(parts[::2], parts[1::2], strict=True):
        blocks[int(number)] = blocks.get(int(number), "") + block
    counts: dict[int, int] = {}
    for number, block in blocks.items():
        told = [max(int(one["count"]), len(set(one["rows"].split("\n")) - {""})) for one in _COUNT.finditer(block)]
        if not told:
            raise output.unexpected("`Accounts: N` under each user", private=True)
        counts[number] = max(told)
    if not counts:
        raise output.unexpected("`Accounts: N` under each user", private=True)
    return counts


def _count_files(output: CommandOutput) -> int | None:
    """A folder's error stands alone on its line; the same words in a file's name are no error.

    Raises:
        AnswerCut: the list broke off.
    """
    apart = output.err is not None  # then nothing but the list holds names
    listed = [line for line in output.body.split("\n") if line and not _FOLDER_ERROR.match(line)]
    names = [*listed, *filter(_PICTURE.search, output.noise)]
    errors = [line for line in output.said.split("\n") if _FOLDER_ERROR.match(line)]
    if output.cut:
        raise output.unexpected("names of files, or why there are none", private=True)
    if names or not (errors or (apart and output.status)):
        return len(names)
    return 0 if errors and all(line.rstrip().endswith("No such file or directory") for line in errors) else None
