"""Verbs that change an installed package: uninstall, clear, grants, enabled state, restrictions.

Source: reference, packages document 5 and 8; Wi-Fi document 3.6 (restrictions).
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import operands, value_of, without_user
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, done, failed, thrown_by_pm
from provision.virtual.android.restrictions import impose, lift
from provision.virtual.android.state import Package

SECURITY, ILLEGAL = "java.lang.SecurityException", "java.lang.IllegalArgumentException"
CHANGE_STATE_API, TO_OUTPUT_API = 24, 24
HIDE_PATCH = "2016-08-01"
"""From this patch level on the shell lacks MANAGE_USERS (packages document 5.1)."""

GRANTS_API = 23
INSTALL_TIME = frozenset({
    "android.permission.INTERNET", "android.permission.ACCESS_WIFI_STATE", "android.permission.CHANGE_WIFI_STATE",
    "android.permission.ACCESS_NETWORK_STATE", "android.permission.RECEIVE_BOOT_COMPLETED",
})  # fmt: skip
"""Permissions granted at install, which `grant` cannot change."""

STATES = {"disable-user": (3, "disabled-user"), "enable": (1, "enabled"), "default-state": (0, "default")}


def uninstall(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`uninstall [-k] [--user N] PKG`."""
    user = value_of(words, "--user")
    names = [one for one in operands(words[1:]) if one != user]
    if not names:
        return failed("Error: no package specified")
    refusal = _cannot_uninstall(device, names[0], user=user is not None)
    if refusal:
        return _failure(device, refusal)
    _uninstall(device, names[0], keep="-k" in words)
    return done("Success")


def _failure(device: Device, text: str) -> Reply:
    """A failure line; brackets and stream by release (packages document 5.2)."""
    if device.api < TO_OUTPUT_API and text.startswith("not installed"):
        return failed(f"Failure - {text}")
    return Reply(out=f"Failure [{text}]\n", status=1)


def _cannot_uninstall(device: Device, name: str, *, user: bool) -> str | None:
    """Why a package stays, None when it may go."""
    package = device.installed(name)
    if package is None:
        return "not installed for 0" if user else "DELETE_FAILED_INTERNAL_ERROR"
    if device.owns(name):
        return "DELETE_FAILED_DEVICE_POLICY_MANAGER"
    if device.restricted("no_uninstall_apps") or device.restricted("no_control_apps"):
        return "DELETE_FAILED_USER_RESTRICTED"
    preloaded = package.system and not package.blob
    return "DELETE_FAILED_INTERNAL_ERROR" if preloaded and not user else None


def _uninstall(device: Device, name: str, *, keep: bool) -> None:
    """System packages stay for other users; `-k` leaves the signer behind (packages document 5.1, 3.7)."""
    package = device.data.packages[name]
    if not keep:
        _forget_data(device, name)
    device.processes.pop(name, None)
    if package.system or keep:
        package.installed, package.stopped = False, True
        package.enabled, package.hidden = 0, False
    else:
        del device.data.packages[name]


def _forget_data(device: Device, name: str) -> None:
    """An app's private storage goes, and its process with it."""
    device.data.app_data.pop(name, None)
    device.processes.pop(name, None)


def install_existing(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-existing [--user N] [--wait] PKG` (9 on; packages document 5.2)."""
    name = words[-1]
    package = device.data.packages.get(name)
    if package is None:
        kind = "android.content.pm.PackageManager$NameNotFoundException"
        return failed(f"{kind}: Package {name} doesn't exist")
    package.installed, package.hidden = True, False
    if "--wait" in words:
        return done(f"Installing package {name} for user: 0\nReceived intent for package install")
    return done(f"Package {name} installed for user: 0")


def clear(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`clear PKG`: refused for the owner on 7.1+, wipes it before (packages document 4.5)."""
    name = words[-1]
    package = device.installed(name)
    if package is None:
        return failed("Failed")
    if device.owns(name) and device.api >= 25:
        return thrown_by_pm(device.api, "clear", SECURITY, f"Cannot clear data for a protected package: {name}")
    package.stopped, package.granted = True, []
    _forget_data(device, name)
    return done("Success") if device.api >= TO_OUTPUT_API else Reply(err="Success\n")


def grant(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`grant|revoke [--user N] PKG PERMISSION`: silent when it worked (packages document 8)."""
    name, permission = (*without_user(words[1:]), "", "")[:2]
    if not permission:
        return failed("Error: no permission specified" if name else "Error: no package specified")
    package = device.installed(name)
    if package is None:
        return _grant_refused(device, words[0], ILLEGAL, f"Unknown package: {name}")
    problem = _no_grant(device.api, package, name, permission)
    if problem:
        return _grant_refused(device, words[0], SECURITY, problem)
    kept = {one for one in package.granted if one != permission}
    package.granted = sorted(kept | {permission}) if words[0] == "grant" else sorted(kept)
    return Reply()


def _no_grant(api: int, package: Package, name: str, permission: str) -> str | None:
    """The message of a refused grant."""
    if permission not in package.permissions:
        return f"Package {name} has not requested permission {permission}"
    if api < GRANTS_API or permission in INSTALL_TIME:
        by = "" if api < CMD_PM_API else f" requested by {name}"
        return f"Permission {permission}{by} is not a changeable permission type"
    return None


def _grant_refused(device: Device, verb: str, kind: str, message: str) -> Reply:
    """Text of the Java `pm`, or the service's exception."""
    if device.api >= CMD_PM_API:
        return thrown_by_pm(device.api, verb, kind, message)
    head = "Operation not allowed" if kind == SECURITY else "Bad argument"
    return failed(f"{head}: {kind}: {message}")


def hide(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`hide|unhide PKG`: only on 21-23 with a patch level before 2016-08-01."""
    if device.api >= CHANGE_STATE_API or device.model.patch >= HIDE_PATCH:
        message = "Neither user 2000 nor current process has android.permission.MANAGE_USERS."
        return thrown_by_pm(device.api, words[0], SECURITY, message)
    name = words[-1]
    package = device.data.packages.get(name)
    if package is not None:
        package.hidden = words[0] == "hide"
    hidden = bool(package and package.hidden)
    return Reply(err=f"Package {name} new hidden state: {str(hidden).lower()}\n")


def enable(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`enable|disable|disable-user|default-state [--user N] PKG`."""
    name = words[-1]
    package = device.installed(name)
    if package is None:
        return thrown_by_pm(device.api, words[0], ILLEGAL, f"Unknown package: {name}")
    if device.api < CHANGE_STATE_API:
        text = "Permission Denial: attempt to change component state from pid=4211, uid=2000, package uid=10045"
        return thrown_by_pm(device.api, words[0], SECURITY, text)
    if device.owns(name):
        return thrown_by_pm(device.api, words[0], SECURITY, f"Cannot disable a protected package: {name}")
    if words[0] == "disable":
        who = "null" if device.api >= 34 else f"{name}/null"  # packages document 5.2
        message = f"Shell cannot change component state for {who} to 2"
        return thrown_by_pm(device.api, words[0], SECURITY, message)
    package.enabled, said = STATES[words[0]]
    return done(f"Package {name} new state: {said}")


def set_user_restriction(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`set-user-restriction [--user N] KEY 0|1`: needs MANAGE_USERS (Wi-Fi document 3.6)."""
    name, value = (*without_user(words[1:]), "", "")[:2]
    if value not in {"0", "1"}:
        return failed("Error: valid value not specified")
    if device.api >= CHANGE_STATE_API or device.model.patch >= HIDE_PATCH:
        message = "You need MANAGE_USERS permission to: setUserRestriction"
        return thrown_by_pm(device.api, words[0], SECURITY, message)
    if value == "1":
        impose(device.data, device.api, name)
    else:
        lift(device.data, name)
    return Reply()


def set_home_activity(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`set-home-activity [--user N] PKG/CLS`: the package must be there."""
    package, slash, _ = words[-1].partition("/")
    if not slash or device.installed(package) is None:
        old = "Error: component name not specified or invalid"
        return failed("Error: Failed to set default home." if device.api >= 34 else old)
    device.data.home = words[-1]
    return done("Success")
