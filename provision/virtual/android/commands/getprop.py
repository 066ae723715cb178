"""`getprop`: properties of the model file plus those that change with state.

Source: reference, packages document 2.1 and 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.commands.link import ADDRESS, connected_ssid
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done

OWNER_PROPERTIES = dict.fromkeys(range(25, 30), "ro.device_owner") | dict.fromkeys(
    range(30, 35), "ro.organization_owned"
)
"""The property that tells an owner after the next boot (packages document 11.2); the service of 15 writes none."""

REASON_API, LEASE_TO = 28, 22


def properties(device: Device) -> dict[str, str]:
    """Every property of the tablet right now."""
    props = dict(device.model.props)
    props["ro.serialno"] = props["ro.boot.serialno"] = device.state.identity.serial
    props["persist.sys.timezone"] = device.data.timezone
    props["init.svc.bootanim"] = "stopped" if device.booted else "running"
    owned = OWNER_PROPERTIES.get(device.api)
    if owned and device.data.owned_at_boot is not None:
        props[owned] = str(device.data.owned_at_boot).lower()
    if device.api <= LEASE_TO and connected_ssid(device):
        props["dhcp.wlan0.ipaddress"] = ADDRESS
    if device.data.test_harness:
        props["persist.sys.test_harness"] = "1"
    if device.api >= REASON_API:
        props["sys.boot.reason"] = device.data.boot_reason
    if device.booted:
        props["sys.boot_completed"] = "1"
    return props


def getprop(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`getprop` (all, sorted), `getprop NAME`, `getprop NAME DEFAULT`; always status 0."""
    props = properties(device)
    if len(argv) == 1:
        return done("".join(f"[{key}]: [{value}]\n" for key, value in sorted(props.items())))
    default = argv[2] if len(argv) > 2 else ""  # getprop NAME DEFAULT
    return Reply(out=(props.get(argv[1]) or default) + "\n")
