"""Install sessions: create, write, remove a split, link, commit, abandon.

Source: reference, packages document 3.3, 3.8 (storage), 11.6.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from provision.virtual.android.argv import word
from provision.virtual.android.commands.files import read_path
from provision.virtual.android.commands.install import install_all, may_install, open_apk
from provision.virtual.android.commands.install_options import Options, parse_options
from provision.virtual.android.commands.parts import COMPANIONS
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import AndroidException, done, failed
from provision.virtual.android.state import Session

SECURITY, ILLEGAL_STATE, IO = "java.lang.SecurityException", "java.lang.IllegalStateException", "java.io.IOException"
MOST_SESSIONS = 1024
STAGED = "--staged"
STAGED_TEXT_API = 32
"""First level that tells to reboot after the commit of a staged session (packages document 3.3)."""

PUBLIC_API, SPLIT_API = range(26, 30), 29
FAILURE = re.compile(r"Failure \[INSTALL_(PARSE_)?FAILED_(\w+)")
PUBLIC_STATUS = {
    3: {"VERIFICATION_TIMEOUT", "VERIFICATION_FAILURE", "ABORTED"},
    4: {
        "INVALID_APK", "INVALID_URI", "DEXOPT", "TEST_ONLY", "PACKAGE_CHANGED", "UID_CHANGED", "VERSION_DOWNGRADE",
        "PERMISSION_MODEL_DOWNGRADE", "SANDBOX_VERSION_DOWNGRADE", "BAD_DEX_METADATA",
    },
    5: {
        "ALREADY_EXISTS", "DUPLICATE_PACKAGE", "NO_SHARED_USER", "UPDATE_INCOMPATIBLE", "SHARED_USER_INCOMPATIBLE",
        "REPLACE_COULDNT_DELETE", "CONFLICTING_PROVIDER", "DUPLICATE_PERMISSION",
    },
    6: {"INSUFFICIENT_STORAGE", "CONTAINER_ERROR", "INVALID_INSTALL_LOCATION", "MEDIA_UNAVAILABLE"},
    7: {
        "MISSING_SHARED_LIBRARY", "OLDER_SDK", "NEWER_SDK", "CPU_ABI_INCOMPATIBLE", "MISSING_FEATURE",
        "USER_RESTRICTED", "NO_MATCHING_ABIS",
    },
}  # fmt: skip
PARSE_STATUS, OTHER_STATUS, SPLIT_STATUS = 4, 1, 7


def end_publicly(api: int, reply: Reply) -> Reply:
    """A failed commit through the service: 8 to 10 end it with the failure's public status (packages document 3.3)."""
    found = FAILURE.match(reply.out) if api in PUBLIC_API else None
    if found is None:
        return reply
    if found[1]:
        return replace(reply, status=PARSE_STATUS)
    if found[2] == "MISSING_SPLIT" and api >= SPLIT_API:
        return replace(reply, status=SPLIT_STATUS)
    return replace(reply, status=next((one for one, names in PUBLIC_STATUS.items() if found[2] in names), OTHER_STATUS))


def create(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-create [-S TOTAL] [OPTIONS]`: prints the session number in brackets."""
    options = parse_options(device.api, words[1:], create=True)
    may_install(device)
    if len(device.data.sessions) >= MOST_SESSIONS:
        raise AndroidException(ILLEGAL_STATE, "Too many active sessions for UID 2000")
    if max(int(options.values.get("-S", "0") or 0), 1) > device.free_bytes():
        raise AndroidException(IO, _no_room(device.api, options))
    number = _new_number(device)
    device.data.sessions[number] = Session(options=list(options.flags), values=dict(options.values))
    return done(f"Success: created install session [{number}]")


def _no_room(api: int, options: Options) -> str:
    """The text of a session that does not fit (packages document 3.8)."""
    if api < 23:  # 5.x
        return "No storage with enough free space; res=-1"
    if options.values.get("--install-location") == "1":
        return "Requested internal only, but not enough space"
    return "No special requests, but no room " + ("anywhere" if api == 23 else "on allowed volumes. ")


def _new_number(device: Device) -> str:
    """A session number nobody uses, the same in every run of one history."""
    count = len(device.data.sessions) + len(device.data.packages) + device.state.resets
    while True:
        digest = hashlib.sha256(f"{device.state.identity.mac}/{count}".encode()).hexdigest()
        number = str(1_000_000 + int(digest[:8], 16) % 900_000_000)
        if number not in device.data.sessions:
            return number
        count += 1


def _open(device: Device, number: str) -> Session:
    """An open session of the shell.

    Raises:
        AndroidException: there is none of that number.
    """
    if number not in device.data.sessions:
        raise AndroidException(SECURITY, f"Caller has no access to session {number}")
    return device.data.sessions[number]


def write(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`install-write [-S SIZE] SESSION NAME [-|PATH]`."""
    options = parse_options(device.api, words[1:], create=True)
    number, name, source = (*options.rest, "", "", "-")[:3]
    session = _open(device, number)
    size = options.values.get("-S", "")
    if source in {"-", ""}:
        if not size.isdecimal() or int(size) <= 0:
            return failed("Error: must specify an APK size")
        content = stdin[: int(size)]
        told = len(content) if device.api <= 23 else int(size)  # packages document 11.6
    else:
        found = _from_file(device, source)
        if isinstance(found, Reply):
            return found
        content, told = found, len(found)
    if len(content) > device.free_bytes():
        return failed("Error: failed to write; write failed: ENOSPC (No space left on device)")
    session.parts[name] = device.store_blob(content)
    return done(f"Success: streamed {told} bytes")


def _from_file(device: Device, path: str) -> bytes | Reply:
    """The content of a path argument; the Java program of 21-23 reads what the shell reads."""
    if device.api < 24:
        content = read_path(device, path)
        if content is None:
            return failed(f"Error: failed to write; {path}: open failed: ENOENT (No such file or directory)")
        return content
    try:
        found = open_apk(device, path)
    except AndroidException:
        return failed(f"Unable to get size of: {path}", 255)
    return failed(f"Unable to get size of: {path}", 255) if isinstance(found, Reply) else found


def remove(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-remove SESSION SPLIT`: the split goes with the commit."""
    session, split = _open(device, word(words, 1)), word(words, 2)
    if not split:
        return failed("Error: split name not specified")
    session.removed.append(split)
    return done("Success")


def commit(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-commit SESSION`: the session is gone afterwards, whatever the verdict."""
    number = words[-1] if len(words) > 1 else ""
    session = _open(device, number)
    del device.data.sessions[number]
    children = [device.data.sessions.pop(child) for child in session.children if child in device.data.sessions]
    if children:
        return _install_together(device, children)
    if STAGED in session.options:
        device.data.staged.append(session)
        return done("Success. Reboot device to apply staged session" if device.api >= STAGED_TEXT_API else "Success")
    return _install(device, session)


def _install_together(device: Device, sessions: Sequence[Session]) -> Reply:
    """The children of a parent: the first that is refused ends it, and those before it are taken back."""
    before = device.data.model_copy(deep=True).packages
    reply = Reply()
    for session in sessions:
        reply = _install(device, session)
        if reply.status:
            device.data.packages = before
            break
    return reply


def add_session(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-add-session PARENT CHILD...` (10 on): the children are committed with their parent."""
    parent = _open(device, word(words, 1))
    for number in words[2:]:
        _open(device, number)
        parent.children.append(number)
    return done("Success")


def apply_staged(device: Device) -> None:
    """Apply at a reboot the sessions that waited for it; their verdicts reach nobody."""
    waiting, device.data.staged = device.data.staged, []
    for session in waiting:
        _install(device, session)


def _install(device: Device, session: Session) -> Reply:
    """Judge and install the parts of a session; removed splits go only when all went well."""
    names = sorted(name for name in session.parts if not name.endswith(COMPANIONS))
    contents = [device.blob(session.parts[name]) for name in names]
    options = Options(tuple(session.options), session.values)
    reply = install_all(device, contents, options, session=True)
    package = device.installed(session.values.get("-p", ""))
    if reply.status == 0 and package is not None:
        for split in session.removed:
            package.splits.pop(split, None)
    return reply


def abandon(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-abandon SESSION`."""
    number = words[-1] if len(words) > 1 else ""
    _open(device, number)
    del device.data.sessions[number]
    return done("Success")
