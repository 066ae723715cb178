"""Who may hear notifications: `dumpsys notification p PKG`, and the words of 8.1 that allow a listener.

Source: reference, Wi-Fi and kiosk document 14.2. Up to 8.0 the service follows the setting, on 8.1 its own list.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.argv import word
from provision.virtual.android.components import full, info
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import failed

LISTED_API = 27
"""First level that keeps a list of its own."""

LISTENER = f"{AGENT}/{AGENT}.CallListener"
FIRST_AGENT, LAST_SWITCHED_ON = 6, 27
"""The agent has a listener from this version code on, which its manifest switches off on later levels."""

BOUND = "android.service.notification.INotificationListener$Stub$Proxy@6d0b1c2"
ALLOWS = {"allow_listener": True, "disallow_listener": False}


def notification_text(device: Device, _words: Sequence[str]) -> str:
    """Listeners alone: no virtual tablet has notifications."""
    allowed = [name for name in map(full, _list_allowed(device)) if name is not None]
    live = [name for name in allowed if _is_there(device, name)]
    counted = live if device.api >= LISTED_API else allowed
    lines = [f"    All notification listeners ({len(counted)}) enabled for current profiles:"]
    lines += [f"      {info(name)}" for name in live]
    lines += [f"    Live notification listeners ({len(live)}):"]
    lines += [f"      {info(name)} (user 0): {BOUND}" for name in live]
    if device.api >= LISTED_API:
        kept = f"      {':'.join(allowed)} (user: 0 isPrimary: true)"
        lines = ["    Allowed notification listeners:", kept, *lines]
    head = ["Current Notification Manager state:", "", "  Notification listeners:"]
    return "".join(f"{line}\n" for line in (*head, *lines))


def allow_listener(device: Device, words: Sequence[str]) -> Reply:
    """`cmd notification allow_listener|disallow_listener COMPONENT` (8.1 on); nothing happens with little memory."""
    allows, name = ALLOWS[word(words, 0)], full(word(words, 1))
    if name is None:
        return failed("Invalid listener - must be a ComponentName", 255)
    if device.model.props.get("ro.config.low_ram") != "true":
        others = [each for each in device.data.listeners if each != name]
        device.data.listeners = [*others, name] if allows else others
    return Reply()


def _list_allowed(device: Device) -> Sequence[str]:
    if device.api >= LISTED_API:
        return device.data.listeners
    text = device.setting("secure", "enabled_notification_listeners")
    return [] if text in {None, "null"} else (text or "").split(":")


def _is_there(device: Device, name: str) -> bool:
    """See whether Android can bind it: of apps alone the agent's is known to be a listener."""
    agent = device.installed(AGENT)
    known = name == LISTENER and device.api <= LAST_SWITCHED_ON
    return known and agent is not None and agent.version_code >= FIRST_AGENT
