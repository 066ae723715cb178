"""`grant` and `revoke`: which permissions the shell may change, and the texts.

Source: reference, packages document 8, 11.4. Which permissions are granted at install and which are
development permissions: AOSP `core/res/AndroidManifest.xml` (`protectionLevel`).
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import without_user
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, USAGE, AndroidException, failed
from provision.virtual.android.state import Package

SECURITY, ILLEGAL = "java.lang.SecurityException", "java.lang.IllegalArgumentException"
RUNTIME_API, IGNORED_API, ASKED_FIRST_API, RUNTIME_TARGET = 23, 30, 35, 23
"""Levels: runtime permissions; grants to old targets and absent packages are only logged; the package is asked for
first, and another service words what it refuses; the first target that has run-time permissions."""

INSTALL_TIME = frozenset({
    "android.permission.INTERNET", "android.permission.ACCESS_WIFI_STATE", "android.permission.CHANGE_WIFI_STATE",
    "android.permission.ACCESS_NETWORK_STATE", "android.permission.RECEIVE_BOOT_COMPLETED",
})  # fmt: skip
"""Permissions granted at install, which `grant` cannot change."""

DEVELOPMENT = frozenset({
    "android.permission.WRITE_SECURE_SETTINGS", "android.permission.DUMP", "android.permission.READ_LOGS",
    "android.permission.PACKAGE_USAGE_STATS", "android.permission.SET_VOLUME_KEY_LONG_PRESS_LISTENER",
})  # fmt: skip
"""Permissions the shell may grant on every release, even on 5.x."""

LATER = {
    f"android.permission.{name}": api
    for api, names in {
        26: "ANSWER_PHONE_CALLS READ_PHONE_NUMBERS",
        28: "ACCEPT_HANDOVER",
        29: "ACCESS_BACKGROUND_LOCATION ACCESS_MEDIA_LOCATION ACTIVITY_RECOGNITION",
        31: "BLUETOOTH_ADVERTISE BLUETOOTH_CONNECT BLUETOOTH_SCAN UWB_RANGING",
        33: "BODY_SENSORS_BACKGROUND NEARBY_WIFI_DEVICES POST_NOTIFICATIONS READ_MEDIA_AUDIO READ_MEDIA_IMAGES"
            " READ_MEDIA_VIDEO",
        34: "READ_MEDIA_VISUAL_USER_SELECTED",
        36: "RANGING",
        37: "ACCESS_LOCAL_NETWORK",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Permissions with a switch that are not in the framework of every release, with the first that has them."""


def grant(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`grant|revoke [--user N] PKG PERMISSION`: silent when it worked."""
    name, permission = (*without_user(words[1:]), "", "")[:2]
    if not permission:
        missing = "Error: no permission specified" if name else "Error: no package specified"
        return failed(missing if device.api >= CMD_PM_API else f"{missing}\n{USAGE}")
    package = device.installed(name)
    if package is None:
        return _miss(device.api, name)
    _may_change(device, package, name, permission)
    if permission not in DEVELOPMENT and device.api >= IGNORED_API and package.target_sdk < RUNTIME_TARGET:
        return Reply()
    kept = {one for one in package.granted if one != permission}
    package.granted = sorted(kept | {permission}) if words[0] == "grant" else sorted(kept)
    if words[0] == "revoke":
        device.processes.pop(name, None)
    return Reply()


def _miss(api: int, name: str) -> Reply:
    """A package that is not there: only logged by 11 to 14, told on both streams later.

    Raises:
        AndroidException: to 10.
    """
    if api >= ASKED_FIRST_API:
        return failed("Error: package not found", out="Failure [package not found]\n")
    if api >= IGNORED_API:
        return Reply()
    raise AndroidException(ILLEGAL, f"Unknown package: {name}")


def _may_change(device: Device, package: Package, name: str, permission: str) -> None:
    """Refuse what no shell may change.

    Raises:
        AndroidException: with the message of the release.
    """
    if not is_defined(device, permission):
        colon = "" if device.api >= ASKED_FIRST_API else ":"
        raise AndroidException(ILLEGAL, f"Unknown permission{colon} {permission}")
    if permission not in package.permissions:
        raise AndroidException(SECURITY, f"Package {name} has not requested permission {permission}")
    runtime = device.api >= RUNTIME_API and permission not in INSTALL_TIME
    if not runtime and permission not in DEVELOPMENT:
        by = "" if device.api < CMD_PM_API else f" requested by {name}"
        raise AndroidException(SECURITY, f"Permission {permission}{by} is not a changeable permission type")


def is_defined(device: Device, permission: str) -> bool:
    """Tell whether the system or an installed app defines a permission."""
    if permission.startswith("android.permission."):
        return device.api >= LATER.get(permission, 0)
    return any(permission in one.defines for one in device.data.packages.values() if one.installed)
