"""Losses of a reboot, and what Android writes down at each boot.

Source: reference, packages document 1.10 (what stays) and 11.2 (owner property), Wi-Fi document 3.2, 3.6, 6.
"""

from __future__ import annotations

from provision.virtual.android.device import Device
from provision.virtual.android.state import new_boot_id

ENCRYPTED_API = 24


def lose_and_note(device: Device) -> None:
    """Change the state as the boot of a tablet that was on does; nothing here waits."""
    data, state = device.data, device.state
    state.boot_id = new_boot_id()
    state.battery_forced = None
    device.target = None
    device.processes.clear()
    data.lock_task.mode = "none"
    data.front, data.asleep = None, device.model.answers.asleep
    data.status_bar = []
    data.boot_reason = "reboot"
    data.user_locked = data.pin is not None and device.api >= ENCRYPTED_API
    owned = data.owner is not None
    data.owned_at_boot = owned if owned or device.setup_complete else None
