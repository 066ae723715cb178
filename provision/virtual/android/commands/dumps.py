"""`dumpsys`: the services a station reads.

Source: reference, packages document 2.4 (battery), 6.6 and 6.7 (owner, accounts); Wi-Fi document 3.7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provision.virtual.android.commands.dump_package import package_text
from provision.virtual.android.commands.wifi_text import dump_text
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed

LINES_11, DOCK_API = 30, 34
CHARGING, FULL = 2, 5


def dumpsys(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`dumpsys SERVICE [words]`; an unknown service is an error text."""
    name = argv[1] if len(argv) > 1 else "-l"
    if name == "-l":
        return done("Currently running services:\n" + "".join(f"  {service}\n" for service in sorted(SERVICES)))
    run = SERVICES.get(name)
    if run is None:
        return failed(f"Can't find service: {name}", 0)
    return done(run(device, argv[2:]))


def _battery(device: Device, words: Sequence[str]) -> str:
    """`dumpsys battery`, or a forced level (`set level N`, `reset`)."""
    if words[:2] == ["set", "level"] and len(words) > 2 and words[2].isdigit():
        device.state.battery_level = int(words[2])
        return ""
    if words[:1] == ["reset"]:
        return ""
    battery, level = device.model.battery, device.state.battery_level
    lines = ["AC powered: false", "USB powered: true", "Wireless powered: false"]
    if device.api >= DOCK_API:
        lines.append("Dock powered: false")
    if device.api >= LINES_11:
        lines += ["Max charging current: 500000", "Max charging voltage: 5000000", f"Charge counter: {level * 50000}"]
    lines += [
        f"status: {device.state.battery_status}",
        "health: 2",
        "present: true",
        f"level: {level}",
        "scale: 100",
        f"voltage: {battery.voltage}",
        f"temperature: {battery.temperature}",
        f"technology: {battery.technology}",
    ]
    return "Current Battery Service state:\n" + "".join(f"  {line}\n" for line in lines)


def _account(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys account`: one block a user, accounts of user 0 only."""
    flags = "13" if device.api < 30 else "c13" if device.api < 34 else "4c13"  # packages document 6.7
    text = f"User UserInfo{{0:{device.model.answers.owner_name}:{flags}}}:\n  Accounts: {len(device.data.accounts)}\n"
    text += "".join(f"    Account {{name={one.name}, type={one.type}}}\n" for one in device.data.accounts)
    for number, name in sorted(device.data.users.items()):
        text += f"User UserInfo{{{number}:{name}:10}}:\n  Accounts: 0\n"
    return text + "\n  Accounts History\n"


def _device_policy(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys device_policy`: owner block by release; the line is absent without an owner."""
    text = "Current Device Policy Manager state:\n"
    if device.api >= 34:  # packages document 6.6
        text += "  Immutable state:\n    mHasFeature=true\n"
    owner = device.data.owner
    if owner and device.api >= 23:  # 5.x prints no owner
        text += "  Device Owner: \n" + "".join(f"    {line}\n" for line in _owner_lines(device, owner))
    text += "  Enabled Device Admins (User 0, provisioningState: 3):\n"
    if owner:
        text += f"    {short(owner)}:\n      uid=10120\n      userRestrictions:\n"
        text += "".join(f"        {name}\n" for name in device.data.restrictions) or "        none\n"
    return text


def _owner_lines(device: Device, owner: str) -> list[str]:
    """Lines of the owner block (packages document 6.6)."""
    package, name = owner.split("/")
    if device.api < 24:
        return [f"admin=ComponentInfo{{{package}/}}", "name=null"]
    lines = [f"admin=ComponentInfo{{{package}/{name}}}"]
    if device.api < 34:
        lines.append("name=")
    lines.append(f"package={package}")
    if device.api >= LINES_11:
        lines.append("isOrganizationOwnedDevice=true")
    return [*lines, "User ID: 0"]


def short(component: str) -> str:
    """`pkg/.Cls` where the class is inside the package."""
    package, name = component.split("/")
    return f"{package}/{name[len(package) :]}" if name.startswith(package + ".") else component


def _user(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys user`: restriction blocks by release (Wi-Fi document 3.7)."""
    flags = "13" if device.api < 30 else "c13" if device.api < 34 else "4c13"
    lines = ["Users:", f"  UserInfo{{0:{device.model.answers.owner_name}:{flags}}} serialNo=0"]
    lines += ["    State: RUNNING_UNLOCKED"] if device.api >= 24 else []
    base = device.data.restrictions if device.data.owner is None else []
    lines += ["    Restrictions:", *_names(base)]
    held = device.data.restrictions if device.data.owner else []
    if 24 <= device.api < 34:
        lines += ["    Device policy global restrictions:", *_names(held)]
        lines += ["    Device policy local restrictions:", *_names([])]
    elif device.api >= 34:
        lines += ["    Device policy restrictions:", *_names(held)]
    lines += ["    Effective restrictions:", *_names(device.data.restrictions)]
    lines += [
        f"  UserInfo{{{number}:{name}:10}} serialNo={number}" for number, name in sorted(device.data.users.items())
    ]
    return "\n".join(lines) + "\n"


def _names(restrictions: Sequence[str]) -> list[str]:
    """One restriction a line, or `none`."""
    return [f"      {name}" for name in restrictions] or ["      none"]


def _activity(device: Device, words: Sequence[str]) -> str:
    """`dumpsys activity activities`: foreground activity and lock task state."""
    if list(words[:1]) not in ([], ["activities"], ["a"]):
        return "" if list(words[:1]) != ["service"] else f"No services match: {words[1] if len(words) > 1 else ''}\n"
    record = f"ActivityRecord{{5b1a2c3 u0 {short(device.front)} t12}}"
    lines = ["ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)"]
    if device.data.asleep:
        lines.append("  mSleeping=true")  # nothing is resumed behind a dark screen
    elif device.api >= 29:  # Wi-Fi document 3.7
        lines += [f"  topResumedActivity={record}", f"  mResumedActivity: {record}"]
    else:
        lines.append(f"  mResumedActivity: {record}")
    return "\n".join(lines + _lock_task(device)) + "\n"


def _lock_task(device: Device) -> list[str]:
    """Lock task lines: nothing before 6.0, one line to 25, a block later. Only an agent can lock."""
    lock, api = device.data.lock_task, device.api
    packages, running = ", ".join(lock.packages), lock.mode != "none"
    if api < 23:
        return []
    if api < 26:
        listed = [f" mLockTaskPackages (userId:packages)=\n    0:[{packages}]\n"] if packages else []
        task = f"TaskRecord{{3d1f0a9 #12 A={short(device.home).split('/')[0]} U=0 sz=1}}" if running else ""
        return [f"  mLockTaskModeState={lock.mode.upper()}{''.join(listed)} mLockTaskModeTasks[{task}]"]
    return [
        f"  LockTaskController{'' if api in {28, 29} else ':'}",
        f"    mLockTaskModeState={lock.mode.upper()}",
        "    mLockTaskModeTasks=",
        *([f"      #0 Task{{3d1f0a9 #12 A={short(device.home).split('/')[0]} U=0 sz=1}}"] if running else []),
        "    mLockTaskPackages (userId:packages)=",
        *([f"      u0:[{packages}]"] if packages else []),
    ]


def _diskstats(device: Device, _words: Sequence[str]) -> str:
    """`dumpsys diskstats`: free space of /data in KiB."""
    total, free = device.model.storage.total_mb * 1024, device.free_bytes() // 1024
    return f"Latency: 0ms [512B Data Write]\nData-Free: {free}K / {total}K total = {100 * free // total}% free\n"


def _package(device: Device, words: Sequence[str]) -> str:
    return package_text(device, words[0] if words else "")


def _wifi(device: Device, _words: Sequence[str]) -> str:
    return dump_text(device)


SERVICES: dict[str, Callable[[Device, Sequence[str]], str]] = {
    "account": _account,
    "activity": _activity,
    "battery": _battery,
    "device_policy": _device_policy,
    "diskstats": _diskstats,
    "package": _package,
    "user": _user,
    "wifi": _wifi,
}
