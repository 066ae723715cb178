"""Verbs that change an installed package: uninstall, clear, enabled state, suspension, restrictions.

Source: reference, packages document 5; Wi-Fi document 3.6 (restrictions).
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import operands, value_of, without_user, word
from provision.virtual.android.commands.listing import uid_of
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, USAGE, AndroidException, done, failed
from provision.virtual.android.restrictions import impose, lift

SECURITY, ILLEGAL = "java.lang.SecurityException", "java.lang.IllegalArgumentException"
CHANGE_STATE_API, TO_OUTPUT_API = 24, 24
HIDE_PATCH = "2016-08-01"
"""From this patch level on the shell lacks MANAGE_USERS (packages document 5.1)."""

MANAGE_USERS = "Neither user 2000 nor current process has android.permission.MANAGE_USERS."
DISABLED, TEST_DISABLED = 3, 2
SUSPEND_APPS = "setPackagesSuspendedAsUser: Neither user 2000 nor current process has android.permission.SUSPEND_APPS."
SUSPEND_API, PINNED_API, CLEAR_API, ROOT_API, ERROR_STREAM_API = 29, 31, 24, 37, 23
STATES = {
    "disable-user": (DISABLED, "disabled-user"),
    "disable": (TEST_DISABLED, "disabled"),
    "enable": (1, "enabled"),
    "default-state": (0, "default"),
}
"""Component state and its word, by verb."""


def uninstall(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`uninstall [-k] [--user N] PKG`."""
    user = value_of(words, "--user")
    names = [one for one in operands(words[1:]) if one != user]
    if not names and device.api >= TO_OUTPUT_API:
        return Reply(out="Error: package name not specified\n", status=1)
    if not names:
        return failed(f"Error: no package specified\n{USAGE}")
    refusal = _cannot_uninstall(device, names[0], user=user is not None)
    if refusal:
        return _failure(device, refusal)
    covered = device.data.packages[names[0]].preloaded
    if covered is not None and user is None:
        device.data.packages[names[0]] = covered  # the update goes, the system image's version stays (3.9)
        device.processes.pop(names[0], None)
        return done("Success")
    stays = "-k" in words or (user is not None and bool(device.data.users))
    _uninstall(device, names[0], keep="-k" in words, stays=stays)
    return done("Success")


def _failure(device: Device, text: str) -> Reply:
    """A failure line; brackets and stream by release (packages document 5.2)."""
    if device.api < TO_OUTPUT_API and text.startswith("not installed"):
        return failed(f"Failure - {text}")
    if device.api == ERROR_STREAM_API:
        return failed(f"Failure [{text}]")
    return Reply(out=f"Failure [{text}]\n", status=1)


def _cannot_uninstall(device: Device, name: str, *, user: bool) -> str | None:
    """Why a package stays, None when it may go."""
    package = device.installed(name)
    if package is None:
        return "not installed for 0" if user else "DELETE_FAILED_INTERNAL_ERROR"
    if user and package.system and device.api >= ROOT_API:
        return "only root can delete system app for a particular user"
    return _policy_keeps(device, name) or ("DELETE_FAILED_INTERNAL_ERROR" if package.factory and not user else None)


def _policy_keeps(device: Device, name: str) -> str | None:
    """Find what an owner's policy says against the removal of a package, in the order of asking."""
    if device.owns(name):
        return "DELETE_FAILED_DEVICE_POLICY_MANAGER"
    if device.restricted("no_uninstall_apps") or device.restricted("no_control_apps"):
        return "DELETE_FAILED_USER_RESTRICTED"
    if name in device.data.uninstall_blocked:
        return "DELETE_FAILED_OWNER_BLOCKED"
    lock = device.data.lock_task
    pinned = lock.mode != "none" and name in lock.packages
    return "DELETE_FAILED_APP_PINNED" if pinned and device.api >= PINNED_API else None


def _uninstall(device: Device, name: str, *, keep: bool, stays: bool) -> None:
    """Remove a package; other users and system packages keep theirs; `-k` leaves the signer behind (5.1, 3.7)."""
    package = device.data.packages[name]
    if not keep:
        _forget_data(device, name)
    device.processes.pop(name, None)
    if package.system or stays:
        package.installed, package.stopped = False, True
        package.enabled, package.hidden, package.suspended = 0, False, False
    else:
        del device.data.packages[name]
        device.data.appops.pop(name, None)
        device.data.spared = [each for each in device.data.spared if each != name]


def _forget_data(device: Device, name: str) -> None:
    """An app's private storage goes, and its process with it."""
    device.data.app_data.pop(name, None)
    device.processes.pop(name, None)


def install_existing(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`install-existing [--user N] [--wait] PKG` (packages document 5.2).

    The program prints its line whatever the service returned; under `no_install_apps` nothing happened
    (Wi-Fi document 3.3).
    """
    name = words[-1]
    package = device.data.packages.get(name)
    if package is None:
        kind = "android.content.pm.PackageManager$NameNotFoundException"
        return failed(f"{kind}: Package {name} doesn't exist")
    if not device.restricted("no_install_apps"):
        package.installed, package.hidden = True, False
    if "--wait" in words:
        return done(f"Installing package {name} for user: 0\nReceived intent for package install")
    return done(f"Package {name} installed for user: 0")


def clear(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`clear PKG`: refused for the owner on 7+, wipes it before; stopped stays (packages document 4.5, 11.1)."""
    name = words[-1]
    package = device.installed(name)
    if package is None:
        return failed("Failed")
    if device.owns(name) and device.api >= CLEAR_API:
        raise AndroidException(SECURITY, f"Cannot clear data for a protected package: {name}")
    package.forget_grants()
    _forget_data(device, name)
    return done("Success") if device.api >= TO_OUTPUT_API else Reply(err="Success\n")


def hide(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`hide|unhide PKG`: only on 21-23 with a patch level before 2016-08-01; `false` alone is a refusal."""
    if device.api >= CHANGE_STATE_API or device.model.patch >= HIDE_PATCH:
        raise AndroidException(SECURITY, MANAGE_USERS)
    name = words[-1]
    package = device.data.packages.get(name)
    if package is not None and not device.owns(name):
        package.hidden = words[0] == "hide"
    hidden = bool(package and package.hidden)
    return Reply(err=f"Package {name} new hidden state: {str(hidden).lower()}\n")


def _may_suspend(device: Device) -> bool:
    return device.api >= SUSPEND_API or (device.api == SUSPEND_API - 1 and device.model.answers.suspend_on_9)


def suspend(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`suspend|unsuspend [--user N] PKG`: the owner's own prints `false` and no reason (packages document 5.1, 5.2).

    Raises:
        AndroidException: the shell of 7 to 9 lacks the right.
    """
    name = word(operands(without_user(words[1:])), 0)
    package = device.installed(name)
    if not name:
        return Reply(out="Error: package name not specified\n", status=1)
    if not _may_suspend(device):
        raise AndroidException(SECURITY, MANAGE_USERS if device.api < CMD_PM_API else SUSPEND_APPS)
    if package is None or device.owns(name):
        return done(f"Package {name} new suspended state: false")
    package.suspended = words[0] == "suspend"
    return done(f"Package {name} new suspended state: {str(package.suspended).lower()}")


def enable(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`enable|disable|disable-user|default-state [--user N] PKG[/CLS]`."""
    name, slash, component = words[-1].partition("/")
    package = device.installed(name)
    if package is None:
        raise AndroidException(ILLEGAL, f"Unknown package: {name}")
    _may_change_state(device, name, component, test=words[0] == "disable" and not package.test_only)
    state, said = STATES[words[0]]
    if slash:
        package.components[name + component if component.startswith(".") else component] = state
        return done(f"Component {{{words[-1]}}} new state: {said}")
    package.enabled = state
    return done(f"Package {name} new state: {said}")


def _may_change_state(device: Device, name: str, component: str, *, test: bool) -> None:
    """Tell what uid 2000 may not do (packages document 5.1, 5.2).

    Args:
        device: the tablet.
        name: the package.
        component: a class of it, empty for the package itself.
        test: whether the new state is one the shell may give to packages made for tests only.

    Raises:
        AndroidException: with the message of the release.
    """
    if device.api < CHANGE_STATE_API:
        who = f"from pid=4211, uid=2000, package uid={uid_of(device, name)}"
        raise AndroidException(SECURITY, f"Permission Denial: attempt to change component state {who}")
    if device.owns(name):
        raise AndroidException(SECURITY, f"Cannot disable a protected package: {name}")
    if test:
        who = component or "null"
        who = who if device.api >= 34 else f"{name}/{who}"  # packages document 5.2
        raise AndroidException(SECURITY, f"Shell cannot change component state for {who} to {TEST_DISABLED}")


def set_user_restriction(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`set-user-restriction [--user N] KEY 0|1`: needs MANAGE_USERS (Wi-Fi document 3.6)."""
    name, value = (*without_user(words[1:]), "", "")[:2]
    if value not in {"0", "1"}:
        return failed("Error: valid value not specified")
    if device.api >= CHANGE_STATE_API or device.model.patch >= HIDE_PATCH:
        raise AndroidException(SECURITY, "You need MANAGE_USERS permission to: setUserRestriction")
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
