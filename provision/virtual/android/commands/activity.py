"""`am` and `content`: talking to components; of our apps only the agent answers.

Source: reference, packages document 7.1, 7.3, 7.4; Wi-Fi document 1.7, 6 (protected broadcasts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.agent import provider
from provision.virtual.android.commands import screen
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, stack, thrown, unknown_verb

CMD_ACTIVITY_API, FLAG_API = 26, 30
PROTECTED = frozenset({
    "android.intent.action.AIRPLANE_MODE", "android.intent.action.BOOT_COMPLETED",
    "android.intent.action.PACKAGE_ADDED", "android.intent.action.LOCKED_BOOT_COMPLETED",
})  # fmt: skip
"""Broadcasts only the system may send."""

CONTENT_USAGE = "usage: adb shell content [subcommand] [options]\n"


def am(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`am VERB ...`."""
    return activity(device, argv[1:], stdin)


def activity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """One verb of the activity service; words start with it."""
    verb = words[0] if words else ""
    run = VERBS.get(verb)
    if run is not None:
        return run(device, words[1:])
    if device.api >= CMD_ACTIVITY_API:
        return unknown_verb(verb)
    return failed(f"usage: am [subcommand] [options]\n\nError: unknown command '{verb}'", 1)


def _current_user(_device: Device, _words: Sequence[str]) -> Reply:
    return done("0")


def _force_stop(device: Device, words: Sequence[str]) -> Reply:
    """Silent in every case; the device owner is left alone from 11 on (packages document 6.5)."""
    name = words[-1] if words else ""
    package = device.data.packages.get(name)
    if package and not (device.owns(name) and device.api >= FLAG_API):
        package.stopped = True
        device.processes.pop(name, None)
    return Reply()


def _option(words: Sequence[str], name: str) -> str | None:
    """The word after an option."""
    return words[words.index(name) + 1] if name in words[:-1] else None


def _broadcast(device: Device, words: Sequence[str]) -> Reply:
    """Two lines and result 0: nobody here answers (packages document 7.1)."""
    action, component = _option(words, "-a"), _option(words, "-n")
    if action in PROTECTED:
        message = f"Permission Denial: not allowed to send broadcast {action} from pid=4211, uid=2000"
        if device.api >= CMD_ACTIVITY_API:
            return thrown(device.api, "broadcast", "java.lang.SecurityException", message)
        return failed(stack("java.lang.SecurityException", message), 1)
    parts = [f"act={action}"] if action else []
    parts += ["flg=0x400000"] if device.api >= FLAG_API else []
    parts += [f"cmp={component}"] if component else []
    parts += ["(has extras)"] if any(word.startswith("--e") for word in words) else []
    return done(f"Broadcasting: Intent {{ {' '.join(parts)} }}\nBroadcast completed: result=0")


VERBS: dict[str, Callable[[Device, Sequence[str]], Reply]] = {
    "get-current-user": _current_user,
    "start": screen.start,
    "force-stop": _force_stop,
    "broadcast": _broadcast,
}


def content(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`content query|call --uri content://AUTH/...`: only the agent has a provider; status 0 in every case."""
    words = argv[1:]
    uri = _option(words, "--uri")
    if not words or words[0] not in {"query", "call", "insert", "update", "delete", "read", "write"}:
        return Reply(out=CONTENT_USAGE + "[ERROR] Unsupported operation: " + "".join(words[:1]) + "\n")
    if uri is None:
        return Reply(
            out=CONTENT_USAGE + "[ERROR] Content provider URI not specified. Did you specify --uri argument?\n"
        )
    authority = uri.removeprefix("content://").split("/")[0]
    if provider.serves(device, authority):
        return provider.answer(device, words[0], uri, _option(words, "--method"), _option(words, "--arg"))
    error = stack("java.lang.IllegalStateException", f"Could not find provider: {authority}")
    return failed(f"Error while accessing provider:{authority}\n{error}", 0)
