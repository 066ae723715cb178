"""`locksettings`: the lock screen and its PIN.

Source: reference, Wi-Fi document 3.6. The text for a PIN that was not given is unconfirmed.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import value_of, word
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, unknown_verb

VERBS = frozenset({"get-disabled", "set-disabled", "clear"})
VERBS_API = 26
"""The program is there from 24 on, with the verbs a station uses from 26 on."""


def locksettings(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`locksettings get-disabled|set-disabled|clear [--old PIN] [true|false]`."""
    verb = word(argv, 1)
    if verb not in VERBS or device.api < VERBS_API:
        return unknown_verb(verb)
    old = value_of(argv, "--old")
    if device.data.pin is not None and old != device.data.pin:
        return failed(f"Old password '{old or ''}' didn't match", 255)
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
