"""`service` and the `cmd` services a run meets only in passing: NFC, roles, overlays.

Source: reference, Wi-Fi document 3.6 (overlays), 5 (NFC, assistant, zone by number). The texts of `service`
are AOSP's and stand in neither document.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, thrown, unknown_verb

RUNNING = (
    "account", "activity", "alarm", "appops", "battery", "connectivity", "content", "device_policy", "location",
    "lock_settings", "notification", "package", "power", "settings", "statusbar", "user", "wifi", "window",
)  # fmt: skip
"""Services of every release, as `service list` names them."""

SECURITY = "java.lang.SecurityException"
NFC_WORDS_API = 35


def service(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`service check NAME|list|call ...`: a call by number changes nothing, the shell lacks the right."""
    verb, name = word(argv, 1), word(argv, 2)
    running = RUNNING if device.answering else ()
    if verb == "check" and name:
        return done(f"Service {name}: {'found' if name in running else 'not found'}")
    if verb == "list":
        rows = "".join(f"{number}\t{one}: []\n" for number, one in enumerate(running))
        return done(f"Found {len(running)} services:\n{rows}")
    if verb == "call" and name in running:
        return done('Result: Parcel(Error: 0xffffffffffffffff "Operation not permitted")')
    return failed("Usage: service [-h|-?]\n       service list\n       service check SERVICE", 10)


def nfc(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd nfc` of a tablet with NFC: no words before 15; then those of an allow-list are open to the shell."""
    verb = word(words, 0)
    if device.api < NFC_WORDS_API:
        return failed("No shell command implementation.", 0)
    if verb in {"enable-nfc", "disable-nfc"}:
        return Reply()
    said = f"Uid 2000 does not have access to {verb} nfc command (or such command doesn't exist)"
    return thrown(device.api, verb, SECURITY, said)


def role(_device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd role add-role-holder|remove-role-holder ROLE PKG` (29 on): silent."""
    known = word(words, 0) in {"add-role-holder", "remove-role-holder"}
    return Reply() if known else unknown_verb(word(words, 0))


def overlay(_device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd overlay enable|disable [--user N] PKG` (26 on): silent."""
    return Reply() if word(words, 0) in {"enable", "disable"} else unknown_verb(word(words, 0))
