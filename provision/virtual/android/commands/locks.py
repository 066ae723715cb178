"""`locksettings`: the lock screen and its PIN.

Source: reference, Wi-Fi document 3.6. The text for a PIN that was not given is unconfirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import value_of, word
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, unknown_verb

VERBS = {"set-disabled": 26, "clear": 26, "get-disabled": 27}
"""The program is there from 24 on; what it asks has these verbs, and none at all before 26."""

SERVICE_API, FREE_API, NEVER = 26, 34, 99
"""First levels: it has a service with verbs; the switch of the lock screen asks for no PIN."""


def locksettings(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`locksettings get-disabled|set-disabled|clear [--old PIN] [true|false]`."""
    verb = word(argv, 1)
    if device.api < SERVICE_API:
        return failed("No shell command implementation.", 0)
    old, free = value_of(argv, "--old"), device.api >= FREE_API and verb in {"set-disabled", "get-disabled"}
    if not free and device.data.pin is not None and old != device.data.pin:
        return failed(f"Old password '{old or ''}' didn't match", 255)
    if VERBS.get(verb, NEVER) > device.api:
        return failed(f"Unknown command: {verb}", 0)
    if verb == "clear":
        device.data.pin = None
        return done("Lock credential cleared")
    if verb == "get-disabled":
        return done(str(device.data.lock_disabled).lower())
    return _set_disabled(device, [one for one in argv[2:] if one not in {"--old", old}])


def _set_disabled(device: Device, words: Sequence[str]) -> Reply:
    if not words:
        return unknown_verb("set-disabled")
    device.data.lock_disabled = words[0] == "true"
    return done(f"Lock screen disabled set to {str(device.data.lock_disabled).lower()}")
