"""`dumpsys device_policy` and `dumpsys user`: owner, admins, restrictions, users by release.

Source: reference, packages document 6.6 and 11.2, Wi-Fi document 3.7 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.commands.users import flags_of
from provision.virtual.android.components import short
from provision.virtual.android.device import Device

UPDATES_API, FREEZES_API = 24, 28
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OWNER_API, NAMED_API, ORGANIZATION_API, NAMELESS_API = 23, 24, 30, 34
ALLOW_LIST_API, BLOCKS_API, DEVICE_API, ENGINE_API = 33, 24, 34, 35


def device_policy_text(device: Device, _words: Sequence[str]) -> str:
    """The owner block where the release has one, then every active admin."""
    text = "Current Device Policy Manager state:\n"
    if device.api >= NAMELESS_API:
        text += "  Immutable state:\n    mHasFeature=true\n"
    owner = device.data.owner
    if owner and device.api >= OWNER_API:
        text += "  Device Owner: \n" + "".join(f"    {line}\n" for line in _owner_lines(device, owner))
    text += _updates(device)
    state = ", provisioningState: 3" if device.api >= NAMED_API else ""
    text += f"  Enabled Device Admins (User 0{state}):\n"
    admins = [*([owner] if owner else []), *device.data.admins]
    return text + "".join(_admin(device, admin) for admin in admins) + _engine(device)


def _updates(device: Device) -> str:
    """Print the owner's windowed policy; 6.0 prints none."""
    if device.api < UPDATES_API or not device.data.update_window:
        return ""
    first, last = device.data.update_window.split("-")
    days = ",".join(" - ".join(map(_print_day, each.split("/"))) for each in device.data.update_freezes)
    freezes = f", freezes: [{days}]" if device.api >= FREEZES_API else ""
    policy = f"SystemUpdatePolicy (type: 2, windowStart: {first}, windowEnd: {last}{freezes})"
    return f"  System Update Policy: {policy}\n"


def _print_day(day: str) -> str:
    month, number = day.split("-")
    return f"{MONTHS[int(month) - 1]} {number}"


def _engine(device: Device) -> str:
    """The policy engine with the owner's values in plain text, where flags of 15 and 16 say so (13.4, U)."""
    owner = device.data.owner
    if device.api < ENGINE_API or not device.model.answers.dumps_configuration or owner is None:
        return ""
    text = "Local Policies:\n  User 0:\n"
    for package, settings in sorted(device.data.configurations.items()):
        values = ", ".join(f"{key}={_value(value)}" for key, value in sorted(settings.items()))
        text += f"    PackagePolicyKey{{mPolicyKey= applicationRestrictions; mPackageName= {package}}}\n"
        text += f"      Per-admin Policy:\n        EnforcingAdmin {{ mPackageName= {owner.partition('/')[0]} }}\n"
        text += f"          BundlePolicyValue {{ mValue= Bundle[{{{values}}}] }}\n"
    return text


def _value(value: object) -> str:
    """As Java prints it: an array by its kind and a number only."""
    if isinstance(value, list):
        return "[Ljava.lang.String;@1b2c3d4"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _owner_lines(device: Device, owner: str) -> list[str]:
    package, name = owner.split("/")
    if device.api < NAMED_API:
        return [f"admin=ComponentInfo{{{package}/}}", "name=null"]
    lines = [f"admin=ComponentInfo{{{package}/{name}}}"]
    if device.api < NAMELESS_API:
        lines.append("name=")
    lines.append(f"package={package}")
    if device.api >= ORGANIZATION_API:
        lines.append("isOrganizationOwnedDevice=true")
    return [*lines, "User ID: 0"]


def _admin(device: Device, admin: str) -> str:
    """One active admin; only an owner has restrictions and Wi-Fi policies here."""
    if device.api < OWNER_API:
        return f"  {short(admin)}:\n    uid=10120\n"
    owns = admin == device.data.owner
    names = device.data.restrictions if owns else []
    text = f"    {short(admin)}:\n      uid=10120\n"
    if device.api >= NAMED_API:
        text += "      userRestrictions:\n" + ("".join(f"        {name}\n" for name in names) or "        none\n")
    if owns and device.api >= ALLOW_LIST_API:
        listed = "{" + ", ".join(f'"{ssid}"' for ssid in device.data.allowed_ssids) + "}"
        text += f"      mSsidAllowlist={listed}\n" if device.data.allowed_ssids else ""
        text += "      mWifiMinimumSecurityLevel=0\n"
    return text


def user_text(device: Device, _words: Sequence[str]) -> str:
    """Users, the state of user 0 and the restriction blocks of the release."""
    data = device.data
    lines = ["Users:", f"  UserInfo{{0:{device.model.answers.owner_name}:{flags_of(device.api)}}} serialNo=0"]
    lines += _restriction_lines(device) if device.api >= BLOCKS_API else []
    lines += [f"  UserInfo{{{number}:{name}:10}} serialNo={number}" for number, name in sorted(data.users.items())]
    if device.api >= DEVICE_API:
        lines += ["", "Device properties:", "  Device policy global restrictions:", "    none"]
    return "\n".join(lines) + "\n"


def _restriction_lines(device: Device) -> list[str]:
    """State and restrictions of user 0; 5.x and 6.0 print neither."""
    data = device.data
    held = data.restrictions if data.owner else []
    base = [*(one for one in data.restrictions if one not in held), *device.base_restrictions]
    lines = [f"    State: {_state(device)}", "    Restrictions:", *_names(base)]
    if device.api < DEVICE_API:
        lines += ["    Device policy global restrictions:", *_names(held)]
        lines += ["    Device policy local restrictions:", *_names([])]
    else:
        lines += ["    Device policy restrictions:", *_names(held)]
    return [*lines, "    Effective restrictions:", *_names([*data.restrictions, *device.base_restrictions])]


def _state(device: Device) -> str:
    if not device.booted:
        return "BOOTING"
    return "RUNNING_LOCKED" if device.data.user_locked else "RUNNING_UNLOCKED"


def _names(restrictions: Sequence[str]) -> list[str]:
    """One restriction a line, or `none`."""
    return [f"      {name}" for name in restrictions] or ["      none"]
