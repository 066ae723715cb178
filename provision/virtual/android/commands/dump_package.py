"""`dumpsys package PKG`: the block of one package by release.

Source: reference, packages document 4.3 (layout), 4.4 (signatures), 11.4 (grants).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from provision.virtual.android.commands.dump_system import SHELL
from provision.virtual.android.commands.grants import DEVELOPMENT, INSTALL_TIME
from provision.virtual.android.commands.listing import uid_of
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import CMD_PM_API, done
from provision.virtual.android.state import Package, digest_of

SENSITIVE_API, SENSITIVE = 29, ", flags=[ USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED]"
"""What the permission controller sets on every run-time permission of an app, a moment after it came."""

PCC_API, PCC_INODES = 37, " pccCeDataInode=0 pccDeDataInode=0"
"""First level that prints second ids and inodes, and whether an app is locked (AOSP 17 Settings.dumpPackageLPr)."""

UNKNOWN_API, SDK_API, INSTANT_API, SUSPENDER_API, PRELOAD_API, DISTRACTION_API = 24, 24, 26, 28, 28, 30
USER_TIMES_API, SOURCE_API, APP_ID_API, QUARANTINE_API, SPLITS_API = 33, 33, 34, 35, 22
"""First levels of a text, of fields and of members of the user's line (packages document 4.3)."""


def dump(device: Device, words: Sequence[str], _stdin: bytes) -> Reply:
    """`pm dump PKG`: the dumps of several services, of which only the package's own is played (4.5)."""
    return done(f"DUMP OF SERVICE package:\n{package_text(device, words[-1])}")


def dump_profiles(_device: Device, _words: Sequence[str], _stdin: bytes) -> Reply:
    """`dump-profiles PKG`: writes a file the shell may not read, and prints nothing (4.5)."""
    return Reply()


def package_text(device: Device, name: str) -> str:
    """The dump of one package; an unknown one has its text from 7 on, as the whole list of a section of its own."""
    if name == "providers":
        return _providers_text(device)
    package = device.data.packages.get(name)
    if package is None:
        unknown = f"\nDexopt state:\n  Unable to find package: {name}\n"
        return unknown if device.api >= UNKNOWN_API else "Activity Resolver Table:\n"
    text = "Packages:\n" + _whole_block(device, name, package)
    if package.preloaded is None:
        return text
    return f"{text}\nHidden system packages:\n{_whole_block(device, name, package.preloaded)}"


def _providers_text(device: Device) -> str:
    """The section of content providers: who holds which authority (packages document 4.5)."""
    held = [(authority, name) for name, each in device.data.packages.items() for authority in each.authorities]
    rows = [
        f"  [{authority}]:\n    Provider{{{digest_of(authority)[:7]} {name}/.Provider}}\n"
        f"      applicationInfo=ApplicationInfo{{{digest_of(name)[:7]} {name}}}\n"
        for authority, name in held
    ]
    return f"ContentProvider Authorities:\n{''.join(rows)}" if rows else ""


def _whole_block(device: Device, name: str, package: Package) -> str:
    """Everything about one version of a package."""
    lines = _block(device, name, package) + _permissions(device, package) + _user(device, package)
    return f"  Package [{name}] ({digest_of(name)[:6]}):\n" + "".join(f"    {line}\n" for line in lines)


def _block(device: Device, name: str, package: Package) -> list[str]:
    """Fields of the package itself."""
    path = package.path.rpartition("/")[0] or package.path
    api, updated = device.api, _local(device, package.last_update)
    sdk = f"minSdk={package.min_sdk} " if api >= SDK_API else ""
    lines = [
        f"{'appId' if api >= APP_ID_API else 'userId'}={uid_of(device, name)}",
        *(["pccId=-1"] if api >= PCC_API else []),
        f"pkg=Package{{{digest_of(name)[:7]} {name}}}",
        f"codePath={path}",
        f"resourcePath={path}",
        "legacyNativeLibraryDir=null",
        f"primaryCpuAbi={'null' if package.system else device.model.props.get('ro.product.cpu.abi', 'null')}",
        "secondaryCpuAbi=null",
        f"versionCode={package.version_code} {sdk}targetSdk={package.target_sdk}",
        f"versionName={package.version_name}",
    ]
    lines += [f"splits=[{', '.join(['base', *package.splits])}]"] if api >= SPLITS_API else []
    lines += [f"apkSigningVersion={package.signing}"] if api >= SDK_API else []
    lines += [f"flags=[ {_flags(package)} ]", f"dataDir=/data/user/0/{name}", f"timeStamp={updated}"]
    lines += [] if api >= USER_TIMES_API else [f"firstInstallTime={_local(device, package.first_install)}"]
    lines += [f"lastUpdateTime={updated}", *_installer(device, package)]
    lines += [f"signatures=PackageSignatures{{{_signatures(device, name, package)}}}", "installPermissionsFixed=true"]
    return [*lines, f"pkgFlags=[ {_flags(package)} ]"]


def _local(device: Device, moment: str) -> str:
    """A stored moment in the tablet's zone: the dump knows no other (packages document 4.3)."""
    try:
        zone = ZoneInfo(device.data.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("GMT")  # as Java takes a name it does not know
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _flags(package: Package) -> str:
    """The flags of an application."""
    kinds = {"SYSTEM": package.system, "DEBUGGABLE": package.debuggable, "TEST_ONLY": package.test_only}
    return " ".join(
        [*(["SYSTEM"] if kinds.pop("SYSTEM") else []), "HAS_CODE", "ALLOW_CLEAR_USER_DATA"]
        + [name for name, holds in kinds.items() if holds]
    )


def _installer(device: Device, package: Package) -> list[str]:
    """Who installed it: not printed when unknown to 13, with more members from 14 on."""
    if device.api >= APP_ID_API:
        by = "null" if package.system else "com.android.shell"
        source = ["installerPackageUid=-1", f"initiatingPackageName={by}", "originatingPackageName=null"]
        return [f"installerPackageName={package.installer or 'null'}", *source, "packageSource=0"]
    by_name = [f"installerPackageName={package.installer}"] if package.installer else []
    return [*by_name, "packageSource=0"] if device.api >= SOURCE_API else by_name


def _signatures(device: Device, name: str, package: Package) -> str:
    """The checksum list; an object identity, new at each boot, before 7.0 (packages document 4.4)."""
    identity = digest_of(f"{name}/{device.state.boot_id}")
    if device.api < 24:
        return f"{identity[:7]} [{identity[7:15]}]"
    if device.api < 28:
        return f"{identity[:7]} [{package.checksum:x}]"
    return f"{identity[:7]} version:2, signatures:[{package.checksum:x}], past signatures:[]"


def _permissions(device: Device, package: Package) -> list[str]:
    """Requested and install permissions; on 5.x one list of what is held (packages document 11.4)."""
    lines = ["requested permissions:", *(f"  {name}" for name in package.permissions)]
    if device.api < 23:
        held = [n for n in package.permissions if n not in DEVELOPMENT or n in package.granted]
        return [*lines, "grantedPermissions:", *(f"  {name}" for name in held)]
    fixed = [n for n in package.permissions if n in INSTALL_TIME or (n in DEVELOPMENT and n in package.granted)]
    return [*lines, "install permissions:", *(f"  {name}: granted=true" for name in fixed)]


def _user(device: Device, package: Package) -> list[str]:
    """The User 0 line, what follows it, and the runtime permissions under it."""
    lines = [_user_line(device, package)]
    if package.suspended and device.api >= DISTRACTION_API:
        lines.append("Suspend params:")
        lines.append(f"  suspendingPackage={SHELL}")
    if device.api >= USER_TIMES_API:
        lines += [
            "  installReason=0",
            f"  firstInstallTime={_local(device, package.first_install)}",
            "  uninstallReason=0",
        ]
    if package.enabled == 3:  # disabled-user; the Java `pm` runs as the shell, the service as the system
        lines.append(f"  lastDisabledCaller: shell:{1000 if device.api >= CMD_PM_API else 2000}")
    lines += _components(package)
    if device.api < 23:
        return lines
    lines.append("  runtime permissions:")
    flags = SENSITIVE if device.api >= SENSITIVE_API else ""
    return lines + [f"    {name}: granted={str(held).lower()}{flags}" for name, held in _runtime(device, package)]


def _user_line(device: Device, package: Package) -> str:
    """The members of the user's state, which grew with the releases (packages document 4.3)."""
    truth = {True: "true", False: "false"}
    state = f"installed={truth[package.installed]} hidden={truth[package.hidden]}"
    tail = f"stopped={truth[package.stopped]} notLaunched={truth[package.stopped]} enabled={package.enabled}"
    if device.api < SDK_API:
        return f"User 0:  {state} {tail}"
    more = " distractionFlags=0" if device.api >= DISTRACTION_API else ""
    named = package.suspended and SUSPENDER_API <= device.api < DISTRACTION_API
    by = f" suspendingPackage={SHELL}" if named else ""
    last = {INSTANT_API: " instant=false", PRELOAD_API: " virtual=false", QUARANTINE_API: " quarantined=false"}
    instant = "".join(text for level, text in last.items() if device.api >= level)
    inodes, lock = (PCC_INODES, " appLockEnabled=false") if device.api >= PCC_API else ("", "")
    suspended = f"suspended={truth[package.suspended]}{lock}{by}{more}"
    return f"User 0: ceDataInode=131{inodes} {state} {suspended} {tail}{instant}"


def _components(package: Package) -> list[str]:
    """Classes whose state differs from the manifest."""
    lines: list[str] = []
    for title, states in (("disabledComponents:", {2, 3}), ("enabledComponents:", {1})):
        names = [name for name, state in package.components.items() if state in states]
        lines += [f"  {title}", *(f"    {name}" for name in names)] if names else []
    return lines


def _runtime(device: Device, package: Package) -> list[tuple[str, bool]]:
    """Runtime permissions; one never granted has no line on 6.0-9 (packages document 11.4)."""
    asked = [name for name in package.permissions if name not in INSTALL_TIME | DEVELOPMENT]
    if device.api >= SENSITIVE_API:
        return [(name, name in package.granted) for name in asked]
    return [(name, True) for name in asked if name in package.granted]
