"""`pm` and `cmd package`: which verb exists on which release, and which program runs it.

Source: reference, packages document 3.1 (programs), 3.5 (exit status), 5.1 (what uid 2000 may do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provision.virtual.android.commands import install, listing, package_state, sessions, users
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, failed

Verb = Callable[[Device, Sequence[str], bytes], Reply]
STATUS_LOST = range(24, 28)
"""API 24-27: `pm` forwards most verbs and drops their status; its own install fails on standard error (3.4, 3.5)."""

KEEPS_STATUS = frozenset({"install", "install-create", "install-write", "install-commit", "install-abandon"})


@dataclass(frozen=True)
class Entry:
    """One verb and the first release that has it."""

    run: Verb
    since: int = 21


VERBS: dict[str, Entry] = {
    "list": Entry(listing.list_words),
    "path": Entry(listing.path),
    "has-feature": Entry(listing.has_feature, 28),
    "resolve-activity": Entry(listing.resolve_activity, 24),
    "install": Entry(install.install),
    "install-create": Entry(sessions.create),
    "install-write": Entry(sessions.write),
    "install-commit": Entry(sessions.commit),
    "install-abandon": Entry(sessions.abandon),
    "install-destroy": Entry(sessions.abandon),
    "create-user": Entry(users.create_user),
    "remove-user": Entry(users.remove_user),
    "install-existing": Entry(package_state.install_existing, 28),
    "uninstall": Entry(package_state.uninstall),
    "clear": Entry(package_state.clear),
    "grant": Entry(package_state.grant),
    "revoke": Entry(package_state.grant),
    "hide": Entry(package_state.hide),
    "unhide": Entry(package_state.hide),
    "disable": Entry(package_state.enable),
    "disable-user": Entry(package_state.enable),
    "enable": Entry(package_state.enable),
    "default-state": Entry(package_state.enable, 24),
    "set-user-restriction": Entry(package_state.set_user_restriction, 23),
    "set-home-activity": Entry(package_state.set_home_activity, 24),
}


def pm(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`pm VERB ...`: a Java program before 9, then a script around `cmd package`."""
    reply = package_service(device, argv[1:], stdin)
    verb = argv[1] if len(argv) > 1 else ""
    if device.api not in STATUS_LOST:
        return reply
    if verb == "install" and reply.status:
        return replace(reply, out="", err=reply.out + reply.err)
    return reply if verb in KEEPS_STATUS else replace(reply, status=0)


def package_service(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """Run one verb; the words start with it."""
    if not words:
        return _usage(device, "")
    entry = VERBS.get(words[0])
    if entry is None or device.api < entry.since:
        return _usage(device, words[0])
    return entry.run(device, words, stdin)


def _usage(device: Device, verb: str) -> Reply:
    """No verb or an unknown one."""
    if device.api >= CMD_PM_API:
        text = f"Unknown command: {verb}\n" if verb else "Package manager (package) commands:\n  help\n"
        return Reply(out=text, status=255)
    text = f"Error: unknown command '{verb}'\n" if verb else ""
    return failed(text + "usage: pm path [--user USER_ID] PACKAGE\n       pm list packages ...\n", 1)
