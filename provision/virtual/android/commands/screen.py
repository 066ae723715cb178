"""Window in front: `am start`, `input keyevent`.

Source: reference, packages document 7.3 (texts), Wi-Fi document 3.2 (what lock task refuses), 3.7 (what
is printed). The code of a refusal is `START_RETURN_LOCK_TASK_MODE_VIOLATION` of AOSP `ActivityManager`:
5 up to API 25, 101 from 26 on, which the tool prints as an unknown error.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.components import full
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed

HOME_CATEGORY = "android.intent.category.HOME"
SETTINGS_ACTION = "android.settings.SETTINGS"
LOCALE_ACTION, PRIVACY_ACTION = "android.settings.LOCALE_SETTINGS", "android.settings.PRIVACY_SETTINGS"
ACTIVITIES = {
    SETTINGS_ACTION: "com.android.settings/.Settings",
    LOCALE_ACTION: "com.android.settings/.Settings$LocalePickerActivity",
    PRIVACY_ACTION: "com.android.settings/.Settings$PrivacySettingsActivity",
}
"""Who answers an action."""

PRIVACY_TO = 27
"""Backup and reset answer that action to 8.1 (Wi-Fi document 6)."""

HOME_FEATURE = 4
TASKS_API, FEATURES_API, CODES_API = 23, 28, 26
THIS_TIME_TO, LAUNCH_STATE_API = 28, 30
OLD_VIOLATION, VIOLATION = 5, 101
HOME_KEYS = frozenset({"3", "HOME", "KEYCODE_HOME"})
WAKE_KEYS = frozenset({"224", "WAKEUP", "KEYCODE_WAKEUP"})
SLEEP_KEYS = frozenset({"223", "SLEEP", "KEYCODE_SLEEP"})


def start(device: Device, words: Sequence[str]) -> Reply:
    """`am start [-W] [-a ACTION] [-c CATEGORY] [-n PKG/.Cls]`: status 0 in every case (packages document 7.3)."""
    intent = _describe(words)
    said = f"Starting: Intent {{ {intent} }}\n"
    found = _resolve(device, words)
    waits = "-W" in words
    trouble = _trouble(device, found, intent, _option(words, "-n"))
    if found is None or trouble:
        return done(said + trouble) if waits else failed(trouble, 0, out=said)
    bring(device, found)
    return Reply(out=said + (_timed(device.api, found) if waits else ""))


def bring(device: Device, component: str) -> None:
    """Put an activity in front; its app is not stopped any more (packages document 11.1)."""
    device.data.front = None if component == device.home else component
    package = device.data.packages.get(component.split("/", maxsplit=1)[0])
    if package is not None:
        package.stopped = False


def _trouble(device: Device, found: str | None, intent: str, component: str | None) -> str:
    """Why nothing starts, empty when it does; on standard output with `-W`, else on standard error."""
    if found is None and component is not None:
        return f"Error type 3\nError: Activity class {{{full(component) or component}}} does not exist."
    if found is None:
        return f"Error: Activity not started, unable to resolve Intent {{ {intent} flg=0x10000000 }}"
    if is_locked_in(device, found.split("/")[0]):
        code = VIOLATION if device.api >= CODES_API else OLD_VIOLATION
        return f"Error: Activity not started, unknown error code {code}"
    return ""


def _timed(api: int, component: str) -> str:
    """Write the lines that `-W` adds; `ThisTime` to 9, `LaunchState` from 11 on."""
    lines = ["Status: ok", *(["LaunchState: COLD"] if api >= LAUNCH_STATE_API else []), f"Activity: {component}"]
    lines += ["ThisTime: 512"] if api <= THIS_TIME_TO else []
    return "\n".join([*lines, "TotalTime: 512", "WaitTime: 530", "Complete"]) + "\n"


def _option(words: Sequence[str], name: str) -> str | None:
    return words[words.index(name) + 1] if name in words[:-1] else None


def _describe(words: Sequence[str]) -> str:
    """The intent as Android prints it."""
    parts = {"act": _option(words, "-a"), "cat": _option(words, "-c"), "cmp": _option(words, "-n")}
    return " ".join(f"{key}=[{value}]" if key == "cat" else f"{key}={value}" for key, value in parts.items() if value)


def _resolve(device: Device, words: Sequence[str]) -> str | None:
    """The component that would come to the front, None when nobody answers."""
    if _option(words, "-c") == HOME_CATEGORY:
        return device.home
    action = _option(words, "-a") or ""
    known = action != PRIVACY_ACTION or device.api <= PRIVACY_TO
    component = _option(words, "-n") or (ACTIVITIES.get(action) if known else None)
    package = device.installed(component.split("/")[0]) if component else None
    usable = package is not None and not package.hidden and package.enabled in {0, 1}
    return component if usable else None


def is_locked_in(device: Device, package: str) -> bool:
    """Tell whether lock task keeps this package's own task from coming to the front (Wi-Fi document 3.2).

    5.x knows one task only: even a package of the allow-list is refused.
    """
    lock = device.data.lock_task
    if lock.mode == "none" or device.faulty("lock-task-leaks"):
        return False
    if device.api < TASKS_API:
        return not device.is_front(package)
    return package not in lock.packages


def input_words(device: Device, argv: Sequence[str], _stdin: bytes) -> Reply:
    """`input keyevent KEY...`: silent; keys without an effect here are taken and forgotten."""
    if word(argv, 1) != "keyevent" or len(argv) < 3:
        return failed("Usage: input [<source>] <command> [<arg>...]", 0)
    for key in argv[2:]:
        if key in WAKE_KEYS:
            device.data.asleep = False
        elif key in SLEEP_KEYS:
            device.data.asleep = True
        elif key in HOME_KEYS and not device.data.asleep:
            press_home(device)
    return Reply()


def press_home(device: Device) -> None:
    """HOME leads to the launcher; lock task lets it through from 6 on, from 9 on only with its feature bit."""
    lock = device.data.lock_task
    bits = lock.features or 0
    held = lock.mode != "none" and (device.api < TASKS_API or (device.api >= FEATURES_API and not bits & HOME_FEATURE))
    if not held and not is_locked_in(device, device.home.split("/")[0]):
        device.data.front = None
