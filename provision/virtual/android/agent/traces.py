"""What a patient leaves outside the apps of the kiosk, cleared for the next one (contract 6)."""

from __future__ import annotations

from provision.virtual.android.agent.owner import AndroidOwner
from provision.virtual.android.agent.owner_calls import Threw
from provision.virtual.android.device import Device

CALL_HISTORY = "com.android.providers.contacts"
"""Keeps the history of calls in Android itself."""

CLEAR_API = 28
NOT_HERE = "not by an owner on this release"
Trace = dict[str, object]


def keyboard(device: Device) -> str | None:
    """Package of the keyboard in use, None for none."""
    chosen = device.setting("secure", "default_input_method") or ""
    return chosen.partition("/")[0] or None


def call_history(device: Device) -> str | None:
    """Package that keeps the history of calls, None for none."""
    return None if device.installed(CALL_HISTORY) is None else CALL_HISTORY


def clear_traces(device: Device, owner: AndroidOwner) -> list[Trace]:
    """Clear the clipboard, the keyboard's words and the history of calls; a row each."""
    call = "clearPrimaryClip" if owner.api >= CLEAR_API else "setPrimaryClip"
    owner.calls.append([call])
    return [
        _row("clipboard", call, cleared=True),
        _clear("keyboard", keyboard(device), owner),
        _clear("calls", call_history(device), owner),
    ]


def _clear(part: str, keeper: str | None, owner: AndroidOwner) -> Trace:
    if keeper is None:
        return _row(part, None, cleared=True)
    if owner.api < CLEAR_API:
        return _row(part, None, cleared=False, error=NOT_HERE)
    try:
        cleared = owner.clear_user_data(keeper)
    except Threw as error:
        return _row(part, "clearApplicationUserData", cleared=False, error=str(error))
    return _row(part, "clearApplicationUserData", cleared=cleared, error=None if cleared else "refused")


def _row(part: str, api: str | None, *, cleared: bool, error: str | None = None) -> Trace:
    return {"part": part, "api": api, "cleared": cleared, "error": error}
