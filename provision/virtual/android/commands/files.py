"""`df`, `ls`, `cat`, `sha256sum`, `rm`, `mkdir`, `id`: what a shell of a user build sees of the disk.

Toolbox to 6.0, toybox from 7.0 on. Source: reference, packages document 1.7, 2.5; Wi-Fi document 2.3 (Wi-Fi address), 6
(boot id).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from provision.virtual.android.argv import letters, operands, word
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed
from provision.virtual.android.state import Package

BOOT_ID = "/proc/sys/kernel/random/boot_id"
ADDRESS = "/sys/class/net/wlan0/address"
TOYBOX_API, ONE_LINE_API = 24, 31
TOOLBOX_HEAD = "Filesystem               Size     Used     Free   Blksize\n"
TOYBOX_HEAD = "Filesystem     1K-blocks Used Available Use% Mounted on\n"
"""The heads alone: columns as narrow as their titles."""

WRITABLE = ("/data/local/tmp", "/sdcard")
MIB = 1024 * 1024


def canonical(path: str) -> str:
    """One name for a place: no doubled or trailing slash, `/storage/emulated/0` is `/sdcard`."""
    clean = "/" + "/".join(part for part in path.split("/") if part)
    for alias in ("/storage/emulated/0", "/mnt/sdcard", "/storage/self/primary"):
        if clean == alias or clean.startswith(alias + "/"):
            return "/sdcard" + clean[len(alias) :]
    return clean


def writable(path: str) -> bool:
    """Tell whether the shell may create this file."""
    return any(path.startswith(place + "/") for place in WRITABLE)


def system_file(device: Device, path: str) -> bytes | None:
    """Content of a kernel file or an installed APK, None when it is neither.

    Raises:
        PermissionError: the release closed it to the shell.
    """
    if path == BOOT_ID:
        return f"{device.state.boot_id}\n".encode()
    if path == ADDRESS:
        if device.api >= TOYBOX_API:
            raise PermissionError(path)
        return f"{device.state.identity.mac}\n".encode()
    for package in device.data.packages.values():
        if package.blob and package.installed:
            found = {package.path: package.blob, **split_paths(package)}.get(path)
            if found:
                return device.blob(found)
    return None


def split_paths(package: Package) -> dict[str, str]:
    """Where the splits of a package lie, beside its base: path -> blob (packages document 4.2)."""
    folder = package.path.rpartition("/")[0]
    return {f"{folder}/split_{name}.apk": blob for name, blob in package.splits.items()}


def read_path(device: Device, path: str) -> bytes | None:
    """Content of any file the shell may read, None when there is none.

    Raises:
        PermissionError: the release closed it to the shell.
    """
    place = canonical(path)
    stored = device.data.files.get(place)
    return device.blob(stored.blob) if stored else system_file(device, place)


def cat(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`cat PATH...`: contents one after the other; errors on standard error, status 1."""
    out, err = "", ""
    for path in argv[1:]:
        try:
            content = read_path(device, path)
        except PermissionError:
            err += f"cat: {path}: Permission denied\n"
            continue
        if content is None:
            err += f"cat: {path}: {_why_not(device, path)}\n"
        else:
            out += content.decode("utf-8", "replace")
    return Reply(out=out if argv[1:] else stdin.decode("utf-8", "replace"), err=err, status=1 if err else 0)


def sha256sum(device: Device, argv: Sequence[str], stdin: bytes) -> Reply:
    """`sha256sum PATH...` of toybox: one line a file; errors on standard error, status 1 (packages document 4.4)."""
    if not argv[1:]:
        return done(f"{hashlib.sha256(stdin).hexdigest()}  -")
    out, err, size = "", "", 0
    for path in argv[1:]:
        try:
            content = read_path(device, path)
        except PermissionError:
            err += f"sha256sum: {path}: Permission denied\n"
            continue
        if content is None:
            err += f"sha256sum: {path}: {_why_not(device, path)}\n"
        else:
            out, size = out + f"{hashlib.sha256(content).hexdigest()}  {path}\n", size + len(content)
    return Reply(out=out, err=err, status=1 if err else 0, delay=device.model.timing.hash_seconds(size))


def _why_not(device: Device, path: str) -> str:
    """The system's words for a path that cannot be read as a file."""
    return "Is a directory" if canonical(path) in device.data.folders else "No such file or directory"


def entries(device: Device, folder: str) -> list[str] | None:
    """Sorted names in a folder, None when there is none the shell may list."""
    place = canonical(folder)
    if place not in device.data.folders:
        return None
    prefix = place + "/"
    inside = [*device.data.files, *device.data.folders]
    names = {path[len(prefix) :].split("/")[0] for path in inside if path.startswith(prefix)}
    return sorted(names)


def ls(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`ls [-1] [-a] PATH`: names, one a line; other options are accepted and change nothing."""
    found = [(path, _listed(device, path)) for path in operands(argv[1:]) or ["/sdcard"]]
    out = "".join(f"{name}\n" for _, names in found if names is not None for name in names)
    program = "ls: " if device.api >= TOYBOX_API else ""
    err = "".join(f"{program}{path}: {_why_unlisted(path)}\n" for path, names in found if names is None)
    return Reply(out=out, err=err, status=1 if err else 0)


def _listed(device: Device, path: str) -> list[str] | None:
    """List one place as `ls` prints it, None when it is an error."""
    if path == "/sdcard" and device.api < TOYBOX_API:
        return [path]  # a link, which toolbox does not follow
    names = entries(device, path)
    if names is None and canonical(path) in device.data.files:
        return [path]
    return names


def _why_unlisted(path: str) -> str:
    """The system's words for a folder the shell may not or cannot list."""
    return "Permission denied" if canonical(path) == "/data/app" else "No such file or directory"


def rm(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`rm [-f] [-r] PATH...`; -f says nothing about missing files."""
    flags = letters(argv[1:]).lower()
    err = "".join(_remove(device, path, flags) for path in operands(argv[1:]))
    return Reply(err=err, status=1 if err else 0)


def _remove(device: Device, path: str, flags: str) -> str:
    """Forget a file, or a folder with all below it; returns the error line, empty when it worked."""
    place, folders = canonical(path), device.data.folders
    inside = [name for name in device.data.files if _below(name, place)]
    if place in folders and "r" not in flags:
        return f"rm: {path}: Is a directory\n"
    if not inside and place not in folders:
        return "" if "f" in flags else f"rm: {path}: No such file or directory\n"
    for name in inside:
        del device.data.files[name]
    device.data.folders = [folder for folder in folders if not _below(folder, place)]
    return ""


def _below(path: str, place: str) -> bool:
    """Tell whether a path is a place or lies under it."""
    return path == place or path.startswith(place + "/")


def mkdir(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`mkdir [-p] PATH...` in the places the shell may write."""
    for path in operands(argv[1:]):
        place = canonical(path)
        if not writable(place):
            return failed(f"mkdir: '{path}': Permission denied")
        if place not in device.data.folders:
            device.data.folders.append(place)
    return Reply()


def df(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`df PATH`: toolbox columns before 7.0, toybox KiB columns after (packages document 2.5)."""
    path = word(operands(argv[1:]), 0, "/data")
    if not path.startswith(("/data", "/sdcard", "/storage")):
        return _miss(device.api, f"{path}: No such file or directory", f"df: '{path}': No such file or directory\n")
    total, free = device.model.storage.total_mb * MIB, device.free_bytes()
    if device.api < TOYBOX_API:
        sizes = "".join(f" {_human(size):>8}" for size in (total, total - free, free))
        return done(f"{TOOLBOX_HEAD}{path:<20} {sizes}   4096\n")
    used = total - free
    row = f"/dev/block/dm-5 {total // 1024:>11} {used // 1024:>8} {free // 1024:>9} {100 * used // total:>3}% /data"
    return done(f"Filesystem        1K-blocks     Used Available Use% Mounted on\n{row}\n")


def _miss(api: int, toolbox: str, toybox: str) -> Reply:
    """A place that is not there: toybox says it once for each of its two passes, to 11."""
    if api < TOYBOX_API:
        return failed(toolbox, out=TOOLBOX_HEAD)
    return failed(toybox, out=TOYBOX_HEAD) if api >= ONE_LINE_API else failed(toybox + toybox)


def _human(size: int) -> str:
    """A size as toolbox prints it: `1.0G`, `512.3M`."""
    value, unit = float(size), "K"
    for unit in "KMGT":
        value /= 1024
        if value < 1024 or unit == "T":  # bytes in a unit
            break
    return f"{value:.1f}{unit}"


def identity(_device: Device, _argv: Sequence[str], _stdin: bytes) -> Reply:
    """`id` of the shell user on a user build."""
    groups = "1004(input),1007(log),1011(adb),1015(sdcard_rw),1028(sdcard_r),3001(net_bt_admin),3002(net_bt)"
    return done(f"uid=2000(shell) gid=2000(shell) groups={groups},3003(inet),3006(net_bw_stats) context=u:r:shell:s0")
