"""What each table takes from the class files of one API level."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import axml
from classfile import PUBLIC, ClassFile, Method, compared, filled, numbered
from jars import Jar
from levels import Facts

SERVER = "com.android.server."
POLICY = SERVER + "devicepolicy."
OWNER_SERVICE = POLICY + "DevicePolicyManagerService"

CALLED = (
    "android.app.Activity", "android.app.ActivityManager", "android.app.ActivityOptions",
    "android.app.admin.DeviceAdminReceiver", "android.app.admin.DevicePolicyManager",
    "android.app.admin.FreezePeriod", "android.app.admin.SystemUpdatePolicy",
    "android.app.admin.WifiSsidPolicy", "android.location.LocationManager",
    "android.net.wifi.WifiConfiguration", "android.net.wifi.WifiEnterpriseConfig",
    "android.net.wifi.WifiInfo", "android.net.wifi.WifiManager", "android.net.wifi.WifiSsid", "android.os.UserManager",
)  # fmt: skip
"""Classes an owner calls."""

ONLY = {
    "android.app.Activity": "LockTask",
    "android.app.ActivityManager": "LockTask|clearApplicationUserData",
    "android.app.ActivityOptions": "LockTask",
    "android.location.LocationManager": "Enabled",
    "android.os.UserManager": "Restriction|UserUnlocked|UserRunning",
}
"""Of these classes only methods whose name holds such a word: the rest is no owner's business."""

CODES = {
    "android.app.ActivityManager": "START_(?!FLAG_)|LOCK_TASK_MODE_",
    "android.app.admin.DevicePolicyManager": (
        "LOCK_TASK_FEATURE_|WIPE_|PERMISSION_GRANT_STATE_|PERMISSION_POLICY_|WIFI_SECURITY_|CODE_|STATUS_"
        "|KEYGUARD_DISABLE_"
    ),
    "android.app.admin.WifiSsidPolicy": "WIFI_SSID_POLICY_TYPE_",
    "android.content.pm.PackageInstaller": "STATUS_",
    "android.content.pm.PackageManager": "INSTALL_|DELETE_|COMPONENT_ENABLED_STATE_|VERIFICATION_",
    "android.content.pm.UserInfo": "FLAG_",
    "android.net.wifi.WifiConfiguration": "SECURITY_TYPE_",
    "android.net.wifi.WifiManager$AddNetworkResult": "STATUS_",
    "android.os.BatteryManager": "BATTERY_",
}
"""Numbers that Android prints or takes: class to the beginnings of their names."""

SHELLS: dict[str, tuple[str, ...]] = {
    "account": ("accounts.AccountManagerServiceShellCommand",),
    "activity": ("am.ActivityManagerShellCommand",),
    "adb": ("adb.AdbShellCommand",),
    "alarm": ("AlarmManagerService$ShellCmd", "alarm.AlarmManagerService$ShellCmd"),
    "appops": (
        "AppOpsService#onShellCommand", "AppOpsService$Shell", "appop.AppOpsService#onShellCommand",
        "appop.AppOpsService$Shell",
    ),
    "audio": ("audio.AudioManagerShellCommand",),
    "battery": ("BatteryService#onShellCommand",),
    "connectivity": ("ConnectivityService$ShellCmd",),
    "content": ("content.ContentShellCommand",),
    "device_policy": ("devicepolicy.DevicePolicyManagerServiceShellCommand",),
    "deviceidle": ("DeviceIdleController#onShellCommand",),
    "display": ("display.DisplayManagerShellCommand",),
    "input": ("input.InputManagerService$Shell", "input.InputShellCommand"),
    "input_method": (
        "InputMethodManagerService$ShellCommandImpl", "inputmethod.InputMethodManagerService$ShellCommandImpl",
    ),
    "locale": ("locales.LocaleManagerShellCommand",),
    "location": ("location.LocationShellCommand",),
    "lock_settings": ("LockSettingsShellCommand", "locksettings.LockSettingsShellCommand"),
    "media_session": ("media.MediaShellCommand",),
    "network_time_update_service": (
        "NetworkTimeUpdateServiceShellCommand", "timedetector.NetworkTimeUpdateServiceShellCommand",
    ),
    "notification": ("notification.NotificationManagerService$ShellCmd", "notification.NotificationShellCmd"),
    "overlay": ("om.OverlayManagerShellCommand",),
    "package": ("pm.PackageManagerShellCommand",),
    "power": ("power.PowerManagerShellCommand",),
    "role": ("role.RoleManagerShellCommand",),
    "statusbar": ("statusbar.StatusBarShellCommand",),
    "testharness": ("testharness.TestHarnessModeService$TestHarnessModeShellCommand",),
    "time_detector": ("timedetector.TimeDetectorShellCommand",),
    "time_zone_detector": ("timezonedetector.TimeZoneDetectorShellCommand",),
    "uimode": ("UiModeManagerService$Shell",),
    "user": (
        "pm.UserManagerService#onShellCommand", "pm.UserManagerService#runList", "pm.UserManagerService$Shell",
        "pm.UserManagerServiceShellCommand",
    ),
    "window": ("wm.WindowManagerShellCommand",),
}  # fmt: skip
"""Where the words of each `cmd` service are compared: classes, or one method of a class after `#`."""

TOLD = ("privileged", "development", "appop", "preinstalled")
"""Flags of a permission's protection level that the table tells: by the others no tablet of a bench gets one."""


def restrictions(jar: Jar) -> Facts:
    """User restrictions: constants, what is accepted (24+), what the policy engine knows (34+), named sets.

    From 28 on also the keys of settings that are looked at before somebody else than an owner writes them.
    """
    manager = jar.constants("android.os.UserManager")
    words = frozenset(
        str(one.constant) for one in manager if one.name.startswith(("DISALLOW_", "ENSURE_", "ALLOW_PARENT"))
    )
    facts: dict[str, Facts] = {"constants": words, "sets": {}}
    utils = jar.find(SERVER + "pm.UserRestrictionsUtils")
    if utils is not None:
        sets = _collections([utils], "USER_RESTRICTIONS|_RESTRICTIONS$|^IMMUTABLE_|^DEFAULT_|^GLOBAL_", words)
        facts["accepted"] = sets.pop("USER_RESTRICTIONS")
        facts["sets"] = sets
        for method in utils.named("isSettingRestrictedForUser"):
            facts["guarded settings"] = frozenset(method.texts) & _keys(jar)
    service = jar.find(OWNER_SERVICE)
    if service is not None and utils is None:
        facts["sets"] = _collections([service], "USER_RESTRICTIONS", words)
    engine = _engine(jar, words)
    if engine:
        facts["engine"] = engine
    return facts


def _collections(classes: Iterable[ClassFile], names: str, words: frozenset[str]) -> dict[str, Facts]:
    """Named sets of a class's static initialiser, of them those words."""
    sets: dict[str, Facts] = {}
    for one in classes:
        for method in one.named("<clinit>"):
            for name, texts in filled(method).items():
                if re.search(names, name) and words & set(texts):
                    sets[name] = words & set(texts)
    return sets


def _engine(jar: Jar, words: frozenset[str]) -> dict[str, Facts]:
    """Restrictions the policy engine has a definition for: those for the whole device only, and the others."""
    flags: dict[str, int] = {}
    for name, method in (("PolicyDefinition", "<clinit>"), ("PolicyDefinitionMap", "loadPolicyDefinitions")):
        found = jar.find(POLICY + name)
        for one in found.named(method) if found is not None else ():
            flags |= {key: flag for key, flag in numbered(one).items() if key in words}
    if not flags:
        return {}
    return {
        "global only": frozenset(key for key, flag in flags.items() if flag & 1),
        "global or of a user": frozenset(key for key, flag in flags.items() if not flag & 1),
    }


def methods(jar: Jar) -> Facts:
    """Public methods of the classes an owner calls, with the simple names of their parameters' types."""
    facts: dict[str, Facts] = {}
    for name in CALLED:
        found = jar.find(name)
        if found is not None:
            facts[name] = frozenset(
                one.signature
                for one in found.methods
                if one.access & PUBLIC and "$" not in one.name and re.search(ONLY.get(name, ""), one.name)
            )
    return facts


def owner_settings(jar: Jar) -> Facts:
    """Settings an owner may write, by table; and global ones whose writing says nothing and does nothing."""
    service = jar.find(OWNER_SERVICE)
    if service is None:
        return {}
    sets = {name: frozenset(texts) for one in service.named("<clinit>") for name, texts in filled(one).items()}
    names = {
        "GLOBAL_SETTINGS": "global",
        "SECURE_SETTINGS": "secure of profile owners",
        "SECURE_SETTINGS_DEVICEOWNER": "secure",
        "SYSTEM_SETTINGS": "system",
    }
    facts: dict[str, Facts] = {}
    for field, table in names.items():
        for suffix in ("_WHITELIST", "_ALLOWLIST"):
            if field + suffix in sets:
                facts[table] = sets[field + suffix]
    if "GLOBAL_SETTINGS_DEPRECATED" in sets:
        facts["global ignored"] = sets["GLOBAL_SETTINGS_DEPRECATED"]
    return facts


def settings(jar: Jar) -> dict[str, frozenset[str]]:
    """Keys of the three tables (constants of the classes), and keys that a table hands on to another one."""
    facts: dict[str, frozenset[str]] = {}
    for table in ("Global", "Secure", "System"):
        name = f"android.provider.Settings${table}"
        facts[table.lower()] = frozenset(
            one.constant
            for one in jar.constants(name)
            if isinstance(one.constant, str) and re.fullmatch(r"[a-z][a-zA-Z0-9_.]*", one.constant)
        )
        found = jar.find(name)
        for one in found.named("<clinit>") if found is not None else ():
            for field, texts in filled(one).items():
                if field.startswith("MOVED_TO_"):
                    facts[f"{table.lower()} {field.lower().replace('_', ' ')}"] = frozenset(texts)
    return facts


def _keys(jar: Jar) -> frozenset[str]:
    """The keys of all three tables of settings."""
    facts = settings(jar)
    return frozenset(key for part in ("global", "secure", "system") for key in facts[part])


def shell(jar: Jar) -> Facts:
    """Words of each `cmd` service: the class that compares them, and the words by method (overloads together)."""
    facts: dict[str, Facts] = {}
    for service, places in SHELLS.items():
        classes: set[str] = set()
        words: dict[str, set[str]] = {}
        for place in places:
            name, _, only = place.partition("#")
            found = jar.find(SERVER + name)
            for method in found.methods if found is not None else ():
                if not only or method.name == only:
                    entry, labels = _labels(method)
                    classes |= {found.name} if labels and found is not None else set()
                    words.setdefault(entry, set()).update(labels)
        if classes:
            facts[service] = {"classes": frozenset(classes)} | {
                name: frozenset(labels) for name, labels in words.items() if labels
            }
    return facts


def _labels(method: Method) -> tuple[str, set[str]]:
    """A method and the words it compares; verbs in a set of commands (handed on as a whole) are `onCommand`'s."""
    if method.name == "<clinit>":
        return "onCommand", {
            word for name, texts in filled(method).items() if name.endswith("_COMMANDS") for word in texts
        }
    return _plain(method.name), compared(method)


def _plain(name: str) -> str:
    """The method a lambda stands in."""
    return re.sub(r"^lambda\$(\w+)\$.*", r"\1", name)


def manifest(jar: Jar) -> Facts:
    """Permissions of the system by protection level, and broadcasts only the system may send."""
    content = jar.bytes("AndroidManifest.xml") or jar.bytes("raw-res/AndroidManifest.xml")
    if content is None:
        return {}
    words = {
        one.name.removeprefix("PROTECTION_").removeprefix("FLAG_").lower(): int(one.constant)
        for one in jar.constants("android.content.pm.PermissionInfo")
        if one.name.startswith("PROTECTION_") and isinstance(one.constant, int)
    }
    permissions: dict[str, set[str]] = {}
    broadcasts: set[str] = set()
    for one in axml.read(content):
        name = str(one.attributes.get("name"))
        if one.name == "permission":
            level = one.attributes.get("protectionLevel", "normal")
            permissions.setdefault(_protection(_numbered(level, words), words), set()).add(name)
        elif one.name == "protected-broadcast":
            broadcasts.add(name)
    return {
        "permissions": {level: frozenset(names) for level, names in permissions.items()},
        "protected broadcasts": frozenset(broadcasts),
    }


def _numbered(level: str | int, words: dict[str, int]) -> int:
    """A protection level as a number; text manifests tell it in words, such as `signature|system`."""
    if isinstance(level, int) or level.startswith("0x"):
        return level if isinstance(level, int) else int(level, 16)
    number = 0
    for word in level.split("|"):
        number |= words["signature_or_system" if word == "signatureOrSystem" else word.lower()]
    return number


def _protection(number: int, words: dict[str, int]) -> str:
    """A protection level in words: its base and those flags the table tells; what was `system` is `privileged`."""
    named = {"privileged": 0x10} | words
    bases = {value: word for word, value in words.items() if value < 0x10 and word != "mask_base"}
    base = bases[number & 0xF]
    flags = {word for word in TOLD if number & named.get(word, 0)}
    if base == "signature_or_system":
        base, flags = "signature", flags | {"privileged"}
    return "|".join([base, *sorted(flags)])


def codes(jar: Jar) -> Facts:
    """Numbers by class, as `-2 INSTALL_FAILED_INVALID_APK`; and the names of app ops."""
    facts: dict[str, Facts] = {}
    for name, begins in CODES.items():
        found = jar.constants(name)
        if found:
            facts[name] = frozenset(
                f"{one.constant} {one.name}"
                for one in found
                if isinstance(one.constant, int) and re.match(begins, one.name)
            )
    ops = jar.find("android.app.AppOpsManager")
    for one in ops.named("<clinit>") if ops is not None else ():
        facts["app ops"] = frozenset(text for text in one.texts if re.fullmatch(r"[A-Z][A-Z0-9_]+", text))
    return facts


TABLES: dict[str, Callable[[Jar], Facts]] = {
    "restrictions": restrictions,
    "methods": methods,
    "owner_settings": owner_settings,
    "settings": settings,
    "shell": shell,
    "manifest": manifest,
    "codes": codes,
}
"""Each table's name and how one level of it is read."""
