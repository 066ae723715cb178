"""`dumpsys activity activities`: the activity in front and lock task, by release.

Source: reference, Wi-Fi document 3.7.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.virtual.android.argv import word
from provision.virtual.android.components import short
from provision.virtual.android.device import Device

FOCUSED_TO, SLEEPING_API, KEYGUARD_API, END_API, TOP_API = 25, 28, 29, 29, 32
PRINTED_API, BLOCK_API = 23, 26
NO_COLON = frozenset({28, 29})


def activity_text(device: Device, words: Sequence[str]) -> str:
    """`dumpsys activity activities`, or `service PKG/.Cls`: no service of an app answers here."""
    what = word(words, 0)
    if what == "service":
        return f"No services match: {word(words, 1)}\n"
    if what in {"processes", "p"}:
        head = "ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)"
        return f"{head}\n  mSleeping={_truth(device.data.asleep)}\n"
    if what not in {"", "activities", "a"}:
        return ""
    lines = ["ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)", *_front(device)]
    return "\n".join(lines + _lock_task(device)) + "\n"


def _front(device: Device) -> list[str]:
    """The activity in front; nothing is resumed behind a dark screen."""
    record = f"ActivityRecord{{5b1a2c3 u0 {short(device.front)} t12}}"
    asleep = device.data.asleep
    rows = (
        (SLEEPING_API, 99, f"  isSleeping={_truth(asleep)}"),
        (TOP_API, 99, f"    topResumedActivity={record}"),
        (21, TOP_API - 1, f"    mResumedActivity: {record}"),
        (21, FOCUSED_TO, f"  mFocusedActivity: {record}"),
        (END_API, 99, f"  ResumedActivity: {record}"),
        (KEYGUARD_API, 99, f"  mKeyguardShowing={_truth(device.data.user_locked)}"),
    )
    shown = [row for row in rows if record not in row[2]] if asleep else rows
    return [text for first, last, text in shown if first <= device.api <= last]


def _truth(value: bool) -> str:  # noqa: FBT001 # printed
    return str(value).lower()


def _lock_task(device: Device) -> list[str]:
    """Lock task lines: nothing before 6.0, one line to 25, a block later."""
    lock, api = device.data.lock_task, device.api
    packages, running = ", ".join(lock.packages), lock.mode != "none"
    package = short(device.front).split("/")[0]
    if api < PRINTED_API:
        return []
    if api < BLOCK_API:
        listed = f" mLockTaskPackages (userId:packages)=\n    0:[{packages}]\n" if packages else ""
        task = f"TaskRecord{{3d1f0a9 #12 A={package} U=0 sz=1}}" if running else ""
        return [f"  mLockTaskModeState={lock.mode.upper()}{listed} mLockTaskModeTasks[{task}]"]
    return [
        f"  LockTaskController{'' if api in NO_COLON else ':'}",
        f"    mLockTaskModeState={lock.mode.upper()}",
        "    mLockTaskModeTasks=",
        *([f"      #0 Task{{3d1f0a9 #12 A={package} U=0 sz=1}}"] if running else []),
        "    mLockTaskPackages (userId:packages)=",
        *([f"      u0:[{packages}]"] if packages else []),
    ]
