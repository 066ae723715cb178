"""`am`: broadcasts, force-stop, users, pinning; of our apps none answers a broadcast.

Source: reference, packages document 7.1, 7.3; Wi-Fi document 1.7, 6 (protected broadcasts), 3.2, 3.6 (pinning).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.commands import link, screen, users
from provision.virtual.android.components import full
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, stack, thrown, unknown_verb

CMD_ACTIVITY_API, FLAG_API, TASKS_RIGHT_API, KEPT_OWNER_API, PROTECTED_API = 26, 30, 24, 28, 24
VERBS_SINCE = {"get-current-user": 24, "start-foreground-service": CMD_ACTIVITY_API}
SHELL_HOLDS = frozenset({None, "android.permission.DUMP", "android.permission.WRITE_SECURE_SETTINGS"})
"""Permissions of a receiver that lets the shell in; None for no permission at all."""

AIRPLANE = "android.intent.action.AIRPLANE_MODE"
PROTECTED = frozenset({
    AIRPLANE, "android.intent.action.BOOT_COMPLETED",
    "android.intent.action.PACKAGE_ADDED", "android.intent.action.LOCKED_BOOT_COMPLETED",
})  # fmt: skip
"""Broadcasts only the system may send; on 5.x and 6.0 uid 2000 counts as the system (Wi-Fi document 1.7)."""


def am(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`am VERB ...`."""
    return activity(device, argv[1:], stdin)


def activity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """One verb of the activity service; words start with it."""
    verb = words[0] if words else ""
    run = VERBS.get(verb)
    if run is None or device.api < VERBS_SINCE.get(verb, 0):
        return _unknown(device, verb)
    return run(device, words[1:])


def _unknown(device: Device, verb: str) -> Reply:
    """A verb this release does not have; the Java program ends such a call with 0."""
    if device.api >= CMD_ACTIVITY_API:
        return unknown_verb(verb)
    return failed(f"usage: am [subcommand] [options]\n\nError: unknown command '{verb}'", 0)


def _force_stop(device: Device, words: Sequence[str]) -> Reply:
    """Silent in every case; the device owner is left alone from 9 on (packages document 6.5)."""
    name = words[-1] if words else ""
    package = device.data.packages.get(name)
    if package and not (device.owns(name) and device.api >= KEPT_OWNER_API):
        package.stopped = True
        device.go_home_from(name)
        device.processes.pop(name, None)
    return Reply()


def _option(words: Sequence[str], name: str) -> str | None:
    """The word after an option."""
    return words[words.index(name) + 1] if name in words[:-1] else None


def _broadcast(device: Device, words: Sequence[str]) -> Reply:
    """Two lines and result 0: nobody here answers (packages document 7.1)."""
    action, component = _option(words, "-a"), _option(words, "-n")
    if action in PROTECTED and device.api >= PROTECTED_API:
        message = f"Permission Denial: not allowed to send broadcast {action} from pid=4211, uid=2000"
        if device.api >= CMD_ACTIVITY_API:
            return thrown(device.api, "broadcast", "java.lang.SecurityException", message)
        return failed(stack("java.lang.SecurityException", message), 1)
    parts = [f"act={action}"] if action else []
    parts += ["flg=0x400000"] if device.api >= FLAG_API else []
    parts += [f"cmp={component}"] if component else []
    parts += ["(has extras)"] if any(word.startswith("--e") for word in words) else []
    _deliver(device, component)
    if action == AIRPLANE:
        link.set_radio(device, on=device.setting("global", "airplane_mode_on") != "1")
    said = f"Broadcasting: Intent {{ {' '.join(parts)} }}"
    return done(said if "--async" in words else f"{said}\nBroadcast completed: result=0")


def _deliver(device: Device, component: str | None) -> None:
    """A receiver the shell may reach gets an explicit intent, which ends the stopped state (document 7.1, 11.1)."""
    found = full(component or "")
    package = device.installed(found.split("/")[0]) if found else None
    if not found or package is None:
        return
    name = found.split("/")[1]
    if name in package.exported and package.receivers[name] in SHELL_HOLDS:
        package.stopped = False


def _start_service(device: Device, words: Sequence[str]) -> Reply:
    """`am startservice`: no app here has a service."""
    said = f"Starting service: Intent {{ cmp={_option(words, '-n')} }}\n"
    return failed("Error: Not found; no service started.", 255 if device.api >= CMD_ACTIVITY_API else 1, out=said)


def _task(device: Device, words: Sequence[str]) -> Reply:
    """`am task lock ID|stop`: pins at most, and never ends what an owner locked (Wi-Fi document 3.2, 3.6)."""
    if word(words, 0) != "lock":
        return failed(f"Error: unknown command 'task {word(words, 0)}'", 255)
    if device.api < TASKS_RIGHT_API:
        message = "Permission Denial: startLockTaskMode() requires android.permission.MANAGE_ACTIVITY_STACKS"
        return failed(stack("java.lang.SecurityException", message), 1)
    lock = device.data.lock_task
    if lock.mode != "locked":
        lock.mode = "none" if word(words, 1) == "stop" else "pinned"
    return done(f"Activity manager is {'not ' if lock.mode == 'none' else ''}in lockTaskMode")


VERBS: dict[str, Callable[[Device, Sequence[str]], Reply]] = {
    "get-current-user": users.current_user,
    "switch-user": users.switch_user,
    "task": _task,
    "startservice": _start_service,
    "start-foreground-service": _start_service,
    "start": screen.start,
    "force-stop": _force_stop,
    "broadcast": _broadcast,
}
