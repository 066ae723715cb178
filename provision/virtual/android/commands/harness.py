"""`cmd testharness`: the one factory reset the shell may start, which keeps the adb keys.

Source: reference, Wi-Fi document 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import failed, unknown_verb
from provision.virtual.android.state import factory_reset

LOCKED = 2
"""Status when a PIN is set."""

GLOBAL = {
    "adb_enabled": "1",
    "device_provisioned": "1",
    "development_settings_enabled": "1",
    "ota_disable_automatic_update": "1",
    "adb_allowed_connection_time": "0",
}
"""What the mode writes into the global table on every release; from 13 on debugging comes back without its row."""

ADB_SWITCH_API, DOCK_API = 30, 33
"""First levels whose verifiers have a switch of their own for adb; that count the dock among the chargers."""


def testharness(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`cmd testharness enable|restore` (10 on): the tablet is reset and reboots."""
    if word(words, 0) not in {"enable", "restore"}:
        return unknown_verb(word(words, 0))
    if device.data.pin is not None:
        return failed("Test Harness Mode cannot be enabled if there is a lock screen", LOCKED)
    if not device.model.answers.data_block:
        return failed("Failed to enable Test Harness Mode", 1)
    keys = list(device.data.keys)
    factory_reset(device.state, device.model)
    data = device.data
    data.keys, data.test_harness, data.lock_disabled = keys, True, True
    verifier = "verifier_verify_adb_installs" if device.api >= ADB_SWITCH_API else "package_verifier_enable"
    awake = "15" if device.api >= DOCK_API else "7"
    data.settings["global"] |= GLOBAL | {verifier: "0", "stay_on_while_plugged_in": awake}
    data.settings["secure"]["user_setup_complete"] = "1"
    return Reply(effect=Effect.REBOOT)
