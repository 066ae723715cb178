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
        AnswerError: the user list or the account dump is in no known form.
    """
    return People(
        users=_count_users(outputs["users"]),
        accounts=_count_accounts(outputs["accounts"]),
        files=_count_files(outputs["camera_files"]),
    )


def list_users(outputs: Outputs) -> tuple[str, ...]:
    """The users that the account dump names (packages document 6.7).

    As long as they are the same, so is the answer of `pm list users`, which is a start of Java on many releases.
    """
    return tuple(re.findall(r"^\s*User (UserInfo\{.*)$", outputs["accounts"].text, re.MULTILINE))


def _count_users(output: CommandOutput) -> int:
    count = len(re.findall(r"^\s*UserInfo\{", output.text, re.MULTILINE))
    if count == 0:
        raise output.unexpected("`Users:` and one UserInfo line a user", private=True)
    return count


def _count_accounts(output: CommandOutput) -> int:
    blocks = re.split(r"^\s*User UserInfo\{.*$", output.text, flags=re.MULTILINE)[1:]
    counts = [re.search(r"^\s*Accounts: (\d+)", block, re.MULTILINE) for block in blocks]
    found = [int(count[1]) for count in counts if count is not None]
    if not found or len(found) < len(blocks):
        raise output.unexpected("`Accounts: N` under each user", private=True)
    return sum(found)


def _count_files(output: CommandOutput) -> int | None:
    """A folder's error stands alone on its line; the same words in a file's name are no error."""
    lines = [line for line in output.lines if line]
    if len(lines) == 1 and _FOLDER_ERROR.match(lines[0]):
        return 0 if lines[0].endswith("No such file or directory") else None
    return len(lines)
