"""`pm` and `cmd package`: which verb exists on which release, and which program runs it.

Source: reference, packages document 3.1 (programs), 3.5 (exit status), 5.1 (what uid 2000 may do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provision.virtual.android.argv import word
from provision.virtual.android.commands import dump_package, grants, install, listing, package_state, sessions, users
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import (
    CMD_PM_API,
    FAILED,
    FORWARDS_API,
    AndroidException,
    failed,
    java_error,
    thrown,
)

Verb = Callable[[Device, Sequence[str], bytes], Reply]
STATUS_API, SERVICE_API, FEATURES_API = 23, 24, 26
"""Levels: the Java `pm` has exit statuses; the service has verbs; it knows features and brings back what was
removed (packages document 3.1)."""

NEVER = 99
FORWARDED = frozenset({"list", "uninstall"})
"""Verbs the Java `pm` of 7 and 8 leaves to the service, whose status it drops; it runs all others itself (3.1, 3.5)."""

GRANTS = frozenset({"grant", "revoke"})


@dataclass(frozen=True)
class Entry:
    """One verb, and the first release on which the Java `pm` and the service have it; the service's last, too."""

    run: Verb
    java: int = 21
    service: int = CMD_PM_API
    last: int = NEVER


VERBS: dict[str, Entry] = {
    "list": Entry(listing.list_words, service=SERVICE_API),
    "path": Entry(listing.path),
    "has-feature": Entry(listing.has_feature, NEVER, FEATURES_API),
    "resolve-activity": Entry(listing.resolve_activity, NEVER, SERVICE_API),
    "query-activities": Entry(listing.query_activities, NEVER, SERVICE_API),
    "dump": Entry(dump_package.dump),
    "dump-profiles": Entry(dump_package.dump_profiles, NEVER, SERVICE_API),
    "install": Entry(install.install, service=SERVICE_API),
    "install-create": Entry(sessions.create, service=SERVICE_API),
    "install-write": Entry(sessions.write, service=SERVICE_API),
    "install-remove": Entry(sessions.remove, NEVER, SERVICE_API),
    "install-add-session": Entry(sessions.add_session, NEVER, 29),
    "install-commit": Entry(sessions.commit, service=SERVICE_API),
    "install-abandon": Entry(sessions.abandon, service=SERVICE_API),
    "install-destroy": Entry(sessions.abandon, service=SERVICE_API),
    "create-user": Entry(users.create_user),
    "remove-user": Entry(users.remove_user),
    "install-existing": Entry(package_state.install_existing, NEVER, FEATURES_API),
    "uninstall": Entry(package_state.uninstall, service=SERVICE_API),
    "clear": Entry(package_state.clear),
    "grant": Entry(grants.grant),
    "revoke": Entry(grants.grant),
    "hide": Entry(package_state.hide),
    "unhide": Entry(package_state.hide),
    "suspend": Entry(package_state.suspend, NEVER, SERVICE_API),
    "unsuspend": Entry(package_state.suspend, NEVER, SERVICE_API),
    "disable": Entry(package_state.enable),
    "disable-user": Entry(package_state.enable),
    "enable": Entry(package_state.enable),
    "default-state": Entry(package_state.enable, SERVICE_API),
    "set-user-restriction": Entry(package_state.set_user_restriction, STATUS_API),
    "set-home-activity": Entry(package_state.set_home_activity, NEVER, SERVICE_API),
}


def pm(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`pm VERB ...`: a Java program before 9, then a script around `cmd package`.

    On 7 and 8 the Java program forwards two verbs and drops their status (packages document 3.1, 3.5).
    """
    words = argv[1:]
    if device.api >= CMD_PM_API:
        return package_service(device, words, stdin)
    if _is_forwarded(device, word(words, 0)):
        return replace(package_service(device, words, stdin), status=0)
    reply = _java_pm(device, words, stdin)
    return replace(reply, status=0) if device.api < STATUS_API else reply


def _is_forwarded(device: Device, verb: str) -> bool:
    """Tell whether the Java program leaves a verb to the service."""
    return FORWARDS_API <= device.api < CMD_PM_API and verb in FORWARDED


def _java_pm(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """A verb inside the Java program: exceptions on one line; its own install fails on standard error."""
    entry = VERBS.get(word(words, 0))
    if entry is None or device.api < entry.java:
        text = f"Error: unknown command '{words[0]}'\n" if words else ""
        return failed(text + "usage: pm path [--user USER_ID] PACKAGE\n       pm list packages ...\n", 1)
    try:
        reply = entry.run(device, words, stdin)
    except AndroidException as error:
        return _java_exception(words[0], error)
    to_error = {"install", "install-commit"} if device.api >= FORWARDS_API else {"install"}
    if words[0] in to_error and reply.status:
        return replace(reply, out="", err=reply.out + reply.err)
    return reply


def print_exception(device: Device, argv: Sequence[str], error: AndroidException) -> Reply:
    """An exception of a package verb in the form of the program that was called, `pm` or `cmd package`."""
    if argv[0] != "pm" or device.api >= CMD_PM_API:
        return _service_exception(device.api, word(argv, 1 if argv[0] == "pm" else 2), error)
    verb = word(argv, 1)
    forwarded = _is_forwarded(device, verb)
    reply = _service_exception(device.api, verb, error) if forwarded else _java_exception(verb, error)
    return replace(reply, status=0) if forwarded or device.api < STATUS_API else reply


def _java_exception(verb: str, error: AndroidException) -> Reply:
    """One line of the Java program; grants have heads of their own (packages document 3.6, 8)."""
    if verb not in GRANTS:
        reply = java_error(error.kind, error.message)
        return replace(reply, err=error.said + reply.err)
    head = "Operation not allowed" if error.kind.endswith("SecurityException") else "Bad argument"
    return failed(f"{head}: {error.kind}: {error.message}")


def _service_exception(api: int, verb: str, error: AndroidException) -> Reply:
    """The service's form, after what the verb had said (packages document 3.6)."""
    reply = thrown(api, verb, error.kind, error.message)
    return replace(reply, err=error.said + reply.err)


def package_service(device: Device, words: Sequence[str], stdin: bytes) -> Reply:
    """`cmd package`: run one verb inside the service; the words start with it."""
    entry = VERBS.get(word(words, 0))
    if entry is None or not entry.service <= device.api <= entry.last:
        text = f"Unknown command: {words[0]}\n" if words else "Package manager (package) commands:\n  help\n"
        return Reply(out=text, status=FAILED)
    try:
        reply = entry.run(device, words, stdin)
        return sessions.end_publicly(device.api, reply) if words[0] == "install-commit" else reply
    except AndroidException as error:
        return _service_exception(device.api, words[0], error)
