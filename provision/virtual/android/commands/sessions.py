"""Install sessions: create, write, commit, abandon.

Source: reference, packages document 3.3, 3.8 (storage), 11.6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from provision.virtual.android.commands.files import read_path
from provision.virtual.android.commands.install import (
    UnknownOption,
    install_content,
    open_apk,
    parse_options,
    unknown_option,
)
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, thrown_by_pm
from provision.virtual.android.state import Session

SECURITY, ILLEGAL_STATE, IO = "java.lang.SecurityException", "java.lang.IllegalStateException", "java.io.IOException"
MOST_SESSIONS = 1024
NO_BASE = "Failure [INSTALL_FAILED_INVALID_APK: Full install must include a base package]"


def create(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-create [-S TOTAL] [OPTIONS]`: prints the session number in brackets."""
    try:
        options = parse_options(device.api, words[1:], create=True)
    except UnknownOption as error:
        return unknown_option(device.api, words[0], str(error))
    refusal = _cannot_create(device, int(options.values.get("-S", "0") or 0))
    if refusal:
        return thrown_by_pm(device.api, words[0], *refusal)
    number = _new_number(device)
    device.data.sessions[number] = Session(options=list(options.flags))
    return done(f"Success: created install session [{number}]")


def _cannot_create(device: Device, size: int) -> tuple[str, str] | None:
    """(exception class, message) when a session is refused (packages document 3.3, 3.8)."""
    if device.restricted("no_install_apps"):
        return SECURITY, "User restriction prevents installing"
    if len(device.data.sessions) >= MOST_SESSIONS:
        return ILLEGAL_STATE, "Too many active sessions for UID 2000"
    if max(size, 1) > device.free_bytes():
        return IO, _no_room(device.api)
    return None


def _no_room(api: int) -> str:
    """The text of a session that does not fit (packages document 3.8)."""
    if api < 23:  # 5.x
        return "No storage with enough free space; res=-1"
    return "Requested internal only, but not enough space"


def _new_number(device: Device) -> str:
    """A session number nobody uses, the same in every run of one history."""
    count = len(device.data.sessions) + len(device.data.packages) + device.state.resets
    while True:
        digest = hashlib.sha256(f"{device.state.identity.mac}/{count}".encode()).hexdigest()
        number = str(1_000_000 + int(digest[:8], 16) % 900_000_000)
        if number not in device.data.sessions:
            return number
        count += 1


def _no_access(device: Device, verb: str, number: str) -> Reply:
    """An unknown or foreign session."""
    return thrown_by_pm(device.api, verb, SECURITY, f"Caller has no access to session {number}")


def write(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`install-write [-S SIZE] SESSION NAME [-|PATH]`."""
    options = parse_options(device.api, words[1:], create=True)
    number, name, source = (*options.rest, "", "", "-")[:3]
    session = device.data.sessions.get(number)
    if session is None:
        return _no_access(device, words[0], number)
    size = options.values.get("-S", "")
    if source in {"-", ""}:
        if not size.isdigit() or int(size) <= 0:
            return failed("Error: must specify an APK size")
        content = stdin[: int(size)]
        told = len(content) if device.api <= 23 else int(size)  # packages document 11.6
    else:
        content, refusal = _from_file(device, words[0], source)
        if refusal:
            return refusal
        told = len(content)
    if len(content) > device.free_bytes():
        return failed("Error: failed to write; write failed: ENOSPC (No space left on device)")
    session.parts[name] = device.store_blob(content)
    return done(f"Success: streamed {told} bytes")


def _from_file(device: Device, verb: str, path: str) -> tuple[bytes, Reply | None]:
    """The content of a path argument; the Java program of 21-23 reads what the shell reads."""
    if device.api < 24:
        content = read_path(device, path)
        if content is None:
            return b"", failed(f"Error: failed to write; {path}: open failed: ENOENT (No such file or directory)")
        return content, None
    content, refusal = open_apk(device, verb, path)
    return content, failed(f"Unable to get size of: {path}", 255) if refusal else None


def commit(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-commit SESSION`: the session is gone afterwards, whatever the verdict."""
    number = words[-1] if len(words) > 1 else ""
    session = device.data.sessions.pop(number, None)
    if session is None:
        return _no_access(device, words[0], number)
    base = _base(device, session)
    if base is None:
        return failed(NO_BASE) if device.api == 23 else Reply(out=NO_BASE + "\n", status=1)
    return install_content(device, base, tuple(session.options), session=True)


def _base(device: Device, session: Session) -> bytes | None:
    """The base package of a session: `base*`, or the first part written."""
    names = sorted(session.parts, key=lambda name: not name.startswith("base"))
    return device.blob(session.parts[names[0]]) if names else None


def abandon(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-abandon SESSION`."""
    number = words[-1] if len(words) > 1 else ""
    if device.data.sessions.pop(number, None) is None:
        return _no_access(device, words[0], number)
    return done("Success")
