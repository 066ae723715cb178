"""Words of adb's list that last, and those that pass (reference, adb host side, sections 2 and 5)."""

from __future__ import annotations

from provision.bench.slot_events import ListedTransport

DEVICE = "device"
SERVICE_MODES = frozenset({"bootloader", "recovery", "rescue", "sideload", "host"})


def is_settled(row: ListedTransport | None) -> bool:
    """Tell whether adb says something of a connection that lasts."""
    if row is None:
        return False
    known = row.state in SERVICE_MODES or row.state in {DEVICE, "unauthorized"}
    return known or row.state.startswith("no permissions")


def is_same_state(row: ListedTransport | None, other: ListedTransport | None) -> bool:
    """Tell whether both say the same; all states that do not last are one."""
    if row is None or other is None or not (is_settled(row) and is_settled(other)):
        return not is_settled(row) and not is_settled(other)
    return (row.transport_id, row.state) == (other.transport_id, other.state)
