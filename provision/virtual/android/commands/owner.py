"""`dpm`: becoming device owner from the shell, with every refusal of the release.

Source: reference, packages document 6.1 to 6.6; Wi-Fi document 3.1. A Java program to 11, `cmd
device_policy` from 12 on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.components import full, info, short
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.oem_gates import find_gate
from provision.virtual.android.replies import done, failed, stack, thrown, unknown_verb
from provision.virtual.android.restrictions import BASE_API, brought, impose

STATE, ILLEGAL, SECURITY, RUNTIME = (
    "java.lang.IllegalStateException",
    "java.lang.IllegalArgumentException",
    "java.lang.SecurityException",
    "java.lang.RuntimeException",
)
SERVICE_API, USER_OPTION_API, REMOVE_API, ADMIN_API = 31, 24, 24, 23
LOGS_API, NETWORK_LOGS_API, EXEMPT_API = 28, 30, 31
TOLERANT_API, RUNNING_API, NAMELESS_API, HIDING_API = 26, 24, 34, 35
"""First levels: a test admin ignores accounts that tolerate an owner; user 0 must run; `--name` is gone; bad
admins are hidden behind a misleading line."""
STARTED_API, UNLOCKED_API, HEADLESS_LIST_API = 26, 24, 37
"""First levels: user 0 counts as running while it starts; an admin is removed for an unlocked user only; the list of
owners has no head."""
LOCKED = "User must be running and unlocked"
"""What hides the reason of a refusal: the admin that was added cannot be taken back (packages document 6.4)."""

NOT_UNMANAGED = (
    "Not allowed to change provisioning state unless current provisioning state is unmanaged, "
    "and new stateis finalized."
)
BIND = "android.permission.BIND_DEVICE_ADMIN"
USAGE = (
    "usage: dpm [subcommand] [options]\n"
    "usage: dpm set-active-admin [ --user <USER_ID> | current ] <COMPONENT>\n"
    "usage: dpm set-device-owner <COMPONENT>\n"
)
Refusal = tuple[str, str]
"""(exception class, message)."""


def dpm(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`dpm VERB ...`."""
    return device_policy(device, argv[1:], stdin)


def device_policy(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """One verb of the policy service; words start with it."""
    verb = words[0] if words else ""
    entry = VERBS.get(verb)
    if entry is None or device.api < entry[1]:
        return _unknown(device, verb)
    return entry[0](device, words)


def _unknown(device: Device, verb: str) -> Reply:
    """A verb this release does not have."""
    if device.api >= SERVICE_API:
        return unknown_verb(verb)
    return failed(f"{USAGE}\nError: unknown command '{verb}'", 0) if verb else done(USAGE)


def thrown_by_dpm(api: int, verb: str, kind: str, message: str) -> Reply:
    """Print form of an exception: stack, or usage and status 0 for a bad argument before 12 (6.4)."""
    if api >= SERVICE_API:
        return thrown(api, verb, kind, message)
    if kind == ILLEGAL:
        return failed(f"{USAGE}\nError: {message}", 0)
    return failed(stack(kind, message) + "\tat android.os.Parcel.readException(Parcel.java)\n", 1)


def _refuse(device: Device, verb: str, refusal: Refusal) -> Reply:
    return thrown_by_dpm(device.api, verb, *refusal)


def _named(device: Device, words: Sequence[str]) -> tuple[str, Refusal | None]:
    """The component behind `[--user N] [--name X]`, or what is wrong with the words."""
    rest = list(words[1:])
    while rest and rest[0].startswith("--") and device.api >= USER_OPTION_API:
        if rest[0] not in {"--user", "--name"} or (rest[0] == "--name" and device.api >= NAMELESS_API):
            return "", (ILLEGAL, f"Unknown option: {rest[0]}")
        del rest[:2]
    component = full(rest[0] if rest else "")
    return component or "", None if component else (ILLEGAL, f"Invalid component {rest[0] if rest else 'null'}")


def _set_owner(device: Device, words: Sequence[str]) -> Reply:
    """`set-device-owner [--user N] [--name X] COMPONENT`."""
    component, wrong = _named(device, words)
    if wrong:
        return _refuse(device, words[0], wrong)
    head, refusal = _judge(device, component)
    if refusal:
        reply = _refuse(device, words[0], _take_back(device, component, refusal))
        return Reply(out=head + reply.out, err=reply.err, status=reply.status)
    _become_owner(device, component)
    if device.api >= NAMELESS_API and device.model.answers.finalize_throws:
        reply = _refuse(device, words[0], (STATE, NOT_UNMANAGED))
        return Reply(out=head, err=reply.err, status=reply.status)
    return done(head + _success(device, component))


def _take_back(device: Device, component: str, refusal: Refusal) -> Refusal:
    """Remove the admin that was added before the refusal; what is said of it all in the end (packages document 6.4).

    An older admin goes too where the tool does not tell it from a new one. Where user 0 is locked it stays and the
    reason is lost.
    """
    added = component not in {*device.data.admins, device.data.owner}
    if _bad_admin(device, component) or (_hides_bad_admins(device) and not added):
        return refusal  # nothing was added
    if device.api >= UNLOCKED_API and not device.unlocked:
        device.data.admins += [component] if added else []
        return STATE, LOCKED
    device.data.admins = [one for one in device.data.admins if one != component]
    return refusal


def _judge(device: Device, component: str) -> tuple[str, Refusal | None]:
    """The misleading first line of late 14 (else empty), and why not (packages document 6.4).

    It stands for whatever setActiveAdmin refused: a bad admin, and one that is an admin already.
    """
    bad = _bad_admin(device, component)
    added = component in {*device.data.admins, device.data.owner}
    if not _hides_bad_admins(device) or not (bad or added):
        return "", bad or _not_allowed(device, component)
    head = f"{short(component)} was already an admin for user 0. No need to set it again.\n"
    installed = device.installed(component.split("/", maxsplit=1)[0]) is not None
    hidden = (
        f"Not active admin: {info(component)}" if installed else f"Invalid component {info(component)} for device owner"
    )
    return head, _not_allowed(device, component) or ((ILLEGAL, hidden) if bad else None)


def _hides_bad_admins(device: Device) -> bool:
    """Late 14 and everything after it (packages document 6.4)."""
    return device.api >= HIDING_API or device.model.answers.already_admin_line


def _bad_admin(device: Device, component: str) -> Refusal | None:
    """Find what setActiveAdmin finds wrong: package, receiver, permission (packages document 6.2, 6.4)."""
    name, receiver = component.split("/")
    package = device.data.packages.get(name)
    if package is None or not package.installed or receiver not in package.receivers:
        return ILLEGAL, f"Unknown admin: {info(component)}"
    enforced = device.api >= 24 and package.target_sdk > 23
    if enforced and package.receivers[receiver] != BIND:
        return ILLEGAL, f"DeviceAdminReceiver {info(component)} must be protected with {BIND}"
    return None


def _not_allowed(device: Device, component: str) -> Refusal | None:
    """The owner tests in the order of the service (packages document 6.2, 6.4)."""
    standing = _stands_in_the_way(device, component)
    if standing:
        return STATE, standing
    who = info(component) if device.api >= 24 else component.split("/", maxsplit=1)[0]
    said_no = (RUNTIME, f"Can't set package {who} as device owner.")
    if "android.software.device_admin" not in device.model.features:
        return said_no
    if device.api >= NAMELESS_API and _tolerated(device) and not _is_test_only(device, component):
        return said_no
    return _not_reset(device, component) or (said_no if _says_no(device) else None)


def _stands_in_the_way(device: Device, component: str) -> str | None:
    """An owner, a profile owner, a user 0 that does not run yet; the last two count from 7 on.

    From 8 on user 0 runs from the moment the service answers.
    """
    if device.data.owner:
        return _already_owner(device, component, device.data.owner)
    if device.api < RUNNING_API:
        return None
    if device.data.profile_owner:
        return _already_profile(device, component, device.data.profile_owner)
    return None if device.booted or device.api >= STARTED_API else "User not running: 0"


def _says_no(device: Device) -> bool:
    """Tell whether a maker's service returns false and gives no reason (packages document 6.4, 6.8)."""
    found = find_gate(device.shut_gates, "device_policy set-device-owner")
    return found is not None and found[0].returns_false


def _is_test_only(device: Device, component: str) -> bool:
    package = device.data.packages.get(component.split("/", maxsplit=1)[0])
    return package is not None and package.test_only


def _tolerated(device: Device) -> bool:
    """Tell whether there are accounts and all of them tolerate an owner (packages document 6.2)."""
    return bool(device.data.accounts) and all(one.allowed for one in device.data.accounts)


def _not_reset(device: Device, component: str) -> Refusal | None:
    """Users and accounts: 5.x counts accounts at any time, later only after setup (document 6.2)."""
    if device.api < 23:
        message = "Trying to set device owner but device is already provisioned."
        return (STATE, message) if device.data.accounts else None
    if not device.setup_complete:
        return None
    ignored = device.api >= TOLERANT_API and _tolerated(device) and _is_test_only(device, component)
    accounts = (bool(device.data.accounts) and not ignored) or _accounts_not_computed(device)
    what = "several users" if device.data.users else "some accounts" if accounts else None
    if what is None:
        return None
    start = f"Not allowed to set the device owner because there are already {what} on the device"
    return STATE, start + ("." if device.api >= SERVICE_API else "")


def _already_owner(device: Device, component: str, owner: str) -> str:
    """The text of a second owner."""
    if device.api < 23:
        return "Trying to set device owner but device owner is already set."
    if device.api >= 34:
        return f"Trying to set the device owner ({short(component)}), but device owner ({short(owner)}) is already set."
    return "Trying to set the device owner, but device owner is already set."


def _already_profile(device: Device, component: str, owner: str) -> str:
    """The text beside a profile owner; 14 names both components."""
    new, old = (f" ({short(component)})", f" ({short(owner)})") if device.api >= NAMELESS_API else ("", "")
    return f"Trying to set the device owner{new}, but the user already has a profile owner{old}."


def _accounts_not_computed(device: Device) -> bool:
    """API 34: the account state is unknown for a while after boot and counts as bad (document 6.2)."""
    waiting = device.clock() < device.ready_at + device.model.timing.boot
    return device.api >= 34 and device.model.answers.accounts_cached and waiting


def _become_owner(device: Device, component: str) -> None:
    """Owner, its broadcast (which ends the stopped state) and its side effects (document 11.1, 11.2)."""
    device.data.owner = component
    device.data.packages[component.split("/", maxsplit=1)[0]].stopped = False
    device.data.admins = [one for one in device.data.admins if one != component]
    for name in brought(device.api):
        if device.api < BASE_API:
            impose(device.data, device.api, name)


def _success(device: Device, component: str) -> str:
    """Two lines, three forms (packages document 6.3)."""
    if device.api >= SERVICE_API:
        return (
            f"Success: Device owner set to package {short(component)}\nActive admin set to component {short(component)}"
        )
    who = component.split("/", maxsplit=1)[0] if device.api < 24 else info(component)
    return f"Success: Device owner set to package {who}\nActive admin set to component {{{component}}}"


def _set_admin(device: Device, words: Sequence[str]) -> Reply:
    """`set-active-admin [--user N] COMPONENT`: an admin without ownership."""
    component, wrong = _named(device, words)
    wrong = wrong or _bad_admin(device, component)
    if wrong:
        return _refuse(device, words[0], wrong)
    if component not in {*device.data.admins, device.data.owner}:
        device.data.admins.append(component)
    who = short(component) if device.api >= SERVICE_API else f"{{{component}}}"
    return done(f"Success: Active admin set to component {who}")


def _list_owners(device: Device, _words: Sequence[str]) -> Reply:
    """`list-owners` (12 on): user 0 is always affiliated to 16, and not told to be from 17 on (6.6)."""
    owner = device.data.owner
    if device.api >= HEADLESS_LIST_API:
        return done(f"User 0: admin={short(owner)},DeviceOwner" if owner else "")
    return done(f"1 owner:\nUser  0: admin={short(owner)},DeviceOwner,Affiliated" if owner else "no owners")


def _remove_admin(device: Device, words: Sequence[str]) -> Reply:
    """`remove-active-admin [--user N] COMPONENT`: only an admin of a testOnly package goes."""
    component, wrong = _named(device, words)
    if wrong:
        return _refuse(device, words[0], wrong)
    admin = component in {device.data.owner, *device.data.admins}
    if not admin or not _is_test_only(device, component):
        return _refuse(device, words[0], (SECURITY, f"Attempt to remove non-test admin {info(component)} 0"))
    device.data.admins = [one for one in device.data.admins if one != component]
    if component == device.data.owner:
        device.data.owner, device.data.restrictions = None, []
    return done(f"Success: Admin removed {info(component)}")


def _success_only(_device: Device, _words: Sequence[str]) -> Reply:
    """Verbs of logs and freeze periods, which have nothing to work on here."""
    return done("Success")


def _silent(_device: Device, _words: Sequence[str]) -> Reply:
    return Reply()


VERBS: dict[str, tuple[Callable[[Device, Sequence[str]], Reply], int]] = {
    "set-device-owner": (_set_owner, 21),
    "clear-freeze-period-record": (_success_only, LOGS_API),
    "force-security-logs": (_success_only, LOGS_API),
    "force-network-logs": (_success_only, NETWORK_LOGS_API),
    "is-operation-safe": (_silent, SERVICE_API),
    "set-operation-safe": (_silent, SERVICE_API),
    "list-policy-exempt-apps": (_silent, EXEMPT_API),
    "set-active-admin": (_set_admin, ADMIN_API),
    "list-owners": (_list_owners, SERVICE_API),
    "remove-active-admin": (_remove_admin, REMOVE_API),
}
"""Verbs and their first level."""
