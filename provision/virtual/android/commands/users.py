"""Users: `pm create-user|remove-user`, `cmd user list`, `am switch-user`.

Source: reference, packages document 6.6, 6.7; Wi-Fi document 3.3 and 11 (restrictions).
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.commands.listing import list_users
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, unknown_verb

FIRST_USER, LIST_API, VERBOSE_API = 10, 24, 30
CREATED_STATUS = range(24, 26)
"""7.x ends `create-user` with 1 even when it made the user."""

FLAGS = ((34, "4c13"), (30, "c13"), (0, "13"))


def flags_of(api: int) -> str:
    """Flags of user 0, hexadecimal (packages document 6.7)."""
    return next(flags for level, flags in FLAGS if api >= level)


def create_user(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`create-user NAME`."""
    if device.restricted("no_add_user"):
        return failed("Error: couldn't create User.")
    number = next(str(n) for n in range(FIRST_USER, 1000) if str(n) not in device.data.users)
    device.data.users[number] = words[-1] if len(words) > 1 else ""
    return Reply(out=f"Success: created user id {number}\n", status=int(device.api in CREATED_STATUS))


def remove_user(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`remove-user N`: user 0 always stays."""
    number = word(words, 1)
    if number not in device.data.users or device.restricted("no_remove_user"):
        return failed(f"Error: couldn't remove user id {number}")
    del device.data.users[number]
    return done("Success: removed user")


def user_service(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd user list`, as `pm list users`; with `-v` (11 on) in words."""
    if word(words, 0) != "list":
        return unknown_verb(word(words, 0))
    if "-v" not in words or device.api < VERBOSE_API:
        return list_users(device, words)
    marks = " ".join(f"({mark})" for mark in _marks(device))
    lines = [f"0: id=0, name={device.model.answers.owner_name}, type=full.SYSTEM, flags=ADMIN|FULL|MAIN {marks}"]
    lines += [f"{n}: id={n}, name={name}, type=full.SECONDARY, flags=FULL" for n, name in device.data.users.items()]
    return done(f"{len(lines)} users:\n\n" + "\n".join(lines))


def _marks(device: Device) -> list[str]:
    owner = ["device-owner"] if device.data.owner else []
    return ["running", *owner, *(["current"] if device.data.current_user == "0" else []), "visible"]


def switch_user(device: Device, words: Sequence[str]) -> Reply:
    """`am switch-user N`: silent; a restriction of 9 and later keeps the user."""
    number = word(words, 0)
    if number not in {"0", *device.data.users}:
        return failed(f"Error: Failed to switch to user {number}")
    if not device.restricted("no_user_switch"):
        device.data.current_user = number
    return Reply()


def current_user(device: Device, _words: Sequence[str]) -> Reply:
    """`am get-current-user`."""
    return done(device.data.current_user)
