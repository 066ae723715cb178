"""`appops`: operations of an app, allowed or not.

Source: reference, packages document 8.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import without_user, word
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, unknown_verb

MODES = frozenset({"allow", "ignore", "deny", "default", "foreground"})
MOCK = "MOCK_LOCATION"
DEFAULT_MODE_API = 30
FIRST_API = {
    "MOCK_LOCATION": 23,
    "RUN_IN_BACKGROUND": 24,
    "REQUEST_INSTALL_PACKAGES": 26,
    "RUN_ANY_IN_BACKGROUND": 28,
    "USE_FULL_SCREEN_INTENT": 34,
}
"""Operations that are not there from the start, with their first level (packages document 8)."""


def appops(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`appops set|get [--user N] PKG OP [MODE]`."""
    verb, words = word(argv, 1), without_user(argv[2:])
    if verb not in {"set", "get"}:
        return unknown_verb(verb)
    if not words:
        return failed("Error: Package name not specified.", 255)
    if device.installed(words[0]) is None:
        return failed(f"Error: No UID for {words[0]} in user 0", 255)
    if verb == "get":
        return done(_listed(device, words[0], _name(word(words, 1))))
    return _set(device, words)


def allowed(device: Device, package: str, operation: str) -> bool:
    """Tell whether an operation was allowed to an app by name."""
    return device.data.appops.get(package, {}).get(operation) == "allow"


def _name(operation: str) -> str:
    """`android:mock_location` and `MOCK_LOCATION` are one operation."""
    return operation.removeprefix("android:").upper()


def _set(device: Device, words: Sequence[str]) -> Reply:
    if len(words) < 2:  # PKG OP
        return failed("Error: Operation not specified.", 255)
    if device.api < FIRST_API.get(_name(words[1]), 0):
        return failed(f"Error: Unknown operation string: {words[1]}", 255)
    mode = word(words, 2)
    if mode not in MODES:
        return failed(f"Error: Mode {mode} is not valid{',' if device.api == 23 else ''}", 255)
    device.data.appops.setdefault(words[0], {})[_name(words[1])] = mode
    return Reply()


def _listed(device: Device, package: str, operation: str) -> str:
    """One line an operation that was ever set."""
    held = device.data.appops.get(package, {})
    lines = [f"{name}: {mode}" for name, mode in sorted(held.items()) if operation in {"", name}]
    if lines:
        return "\n".join(lines)
    return "No operations." + ("\nDefault mode: allow" if operation and device.api >= DEFAULT_MODE_API else "")
