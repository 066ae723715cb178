"""`dumpsys package PKG`: the block of one package by release.

Source: reference, packages document 4.3 (layout), 4.4 (signatures), 11.4 (grants).
"""

from __future__ import annotations

from provision.virtual.android.commands.listing import uid_of
from provision.virtual.android.commands.package_state import INSTALL_TIME
from provision.virtual.android.device import Device
from provision.virtual.android.state import Package, digest_of


def package_text(device: Device, name: str) -> str:
    """The dump of one package; an unknown one has its text from 11 on."""
    package = device.data.packages.get(name)
    if package is None:
        return f"\nUnable to find package: {name}\n" if device.api >= 30 else "Activity Resolver Table:\n"
    lines = _block(device, name, package) + _permissions(package) + _user(device, package)
    return f"Packages:\n  Package [{name}] ({digest_of(name)[:6]}):\n" + "".join(f"    {line}\n" for line in lines)


def _block(device: Device, name: str, package: Package) -> list[str]:
    """Fields of the package itself."""
    path = package.path.rpartition("/")[0] or package.path
    api = device.api
    sdk = f"minSdk={package.min_sdk} " if api >= 24 else ""  # "7 or 8 and later"
    lines = [
        f"{'appId' if api >= 34 else 'userId'}={uid_of(device, name)}",
        f"pkg=Package{{{digest_of(name)[:7]} {name}}}",
        f"codePath={path}",
        f"resourcePath={path}",
        "legacyNativeLibraryDir=null",
        f"primaryCpuAbi={'null' if package.system else device.model.props.get('ro.product.cpu.abi', 'null')}",
        "secondaryCpuAbi=null",
        f"versionCode={package.version_code} {sdk}targetSdk={package.target_sdk}",
        f"versionName={package.version_name}",
        "splits=[base]",
    ]
    lines += ["apkSigningVersion=2"] if api >= 26 else []  # 8+
    flags = " ".join(["HAS_CODE", "ALLOW_CLEAR_USER_DATA", *(["TEST_ONLY"] if package.test_only else [])])
    lines += [f"flags=[ {'SYSTEM ' if package.system else ''}{flags} ]", f"dataDir=/data/user/0/{name}"]
    lines += [f"timeStamp={package.last_update}"]
    lines += [f"firstInstallTime={package.last_update}"] if api < 34 else []
    lines += [f"lastUpdateTime={package.last_update}"]
    if package.installer or api >= 34:
        lines.append(f"installerPackageName={package.installer or 'null'}")
    lines += [f"signatures=PackageSignatures{{{_signatures(device, name, package)}}}", "installPermissionsFixed=true"]
    return lines


def _signatures(device: Device, name: str, package: Package) -> str:
    """The checksum list; an object identity, new at each boot, before 7.0 (packages document 4.4)."""
    identity = digest_of(f"{name}/{device.state.boot_id}")
    if device.api < 24:
        return f"{identity[:7]} [{identity[7:15]}]"
    if device.api < 28:
        return f"{identity[:7]} [{package.checksum:x}]"
    return f"{identity[:7]} version:2, signatures:[{package.checksum:x}], past signatures:[]"


def _permissions(package: Package) -> list[str]:
    """Requested and install permissions."""
    lines = ["requested permissions:", *(f"  {name}" for name in package.permissions)]
    return [*lines, "install permissions:", *(f"  {n}: granted=true" for n in package.permissions if n in INSTALL_TIME)]


def _user(device: Device, package: Package) -> list[str]:
    """The User 0 line and the runtime permissions under it."""
    truth = {True: "true", False: "false"}
    state = f"installed={truth[package.installed]} hidden={truth[package.hidden]}"
    tail = f"stopped={truth[package.stopped]} notLaunched={truth[package.stopped]} enabled={package.enabled}"
    if device.api < 24:
        lines = [f"User 0:  {state} {tail}"]
    else:
        more = " distractionFlags=0" if device.api >= 30 else ""
        instant = " instant=false virtual=false" if device.api >= 30 else ""
        lines = [f"User 0: ceDataInode=131 {state} suspended=false{more} {tail}{instant}"]
    if device.api >= 34:
        lines += ["  installReason=0", f"  firstInstallTime={package.last_update}", "  uninstallReason=0"]
    if package.enabled == 3:  # disabled-user
        lines.append("  lastDisabledCaller: shell:1000")
    lines.append("  runtime permissions:")
    return lines + [f"    {name}: granted={truth[held]}" for name, held in _runtime(device, package)]


def _runtime(device: Device, package: Package) -> list[tuple[str, bool]]:
    """Runtime permissions; one never granted has no line on 6.0-10 (packages document 11.4)."""
    asked = [name for name in package.permissions if name not in INSTALL_TIME]
    if device.api >= 30:
        return [(name, name in package.granted) for name in asked]
    return [(name, True) for name in asked if name in package.granted]
