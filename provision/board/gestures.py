"""What a hand does about a slot in three or four words, for lines that have no room for the whole of it."""

from __future__ import annotations

from collections.abc import Mapping

from provision.bench.kernel_words import Complaint
from provision.bench.slot_events import Rung
from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.board.cable import TOLD_BY_KERNEL, name_gesture, tell_cable
from provision.board.medium import Medium, needs_own_text
from provision.records.run_end import RunEnd
from provision.terms import Reason
from provision.texts.catalogue import Language, say

_BY_COMPLAINT: Mapping[Complaint, str] = {
    Complaint.HUB_OVER_CURRENT: "hub-power",
    Complaint.HUB_NO_POWER: "hub-power",
    Complaint.NO_POWER: "hub-power",
    Complaint.NO_BANDWIDTH: "other-hub",
    Complaint.NO_ANSWER: "wake",
}
"""Whatever else the kernel says is mostly the cable."""

_BY_STATE: Mapping[SlotState, str] = {
    SlotState.EMPTY: "cable",  # only the kernel's complaint makes it one of a hand's
    SlotState.CHARGING: "debugging",
    SlotState.NO_PERMISSION: "call",
    SlotState.UNAUTHORIZED: "allow",
    SlotState.NO_ANSWER: "wake",
    SlotState.SERVICE_MODE: "restart",
    SlotState.READY: "enter",
    SlotState.AWAITING_CONFIRMATION: "word",
    SlotState.ENDED: "unplug",
    SlotState.LOST: "replug",
    SlotState.UNLABELLED: "move",
}

_BY_REASON: Mapping[Reason, str] = {
    Reason.NOT_A_TABLET: "unplug",
    Reason.MODEL_UNKNOWN: "look",
    Reason.NOT_RESET_ACCOUNTS: "reset",
    Reason.NOT_RESET_USERS: "reset",
    Reason.GUEST_USER: "guest",
    Reason.LOCAL_ACCOUNT: "account",
    Reason.ACCOUNT_HIDDEN: "account",
    Reason.NOT_RESET_FILES: "reset",
    Reason.OWNER_REFUSED: "reset",
    Reason.SITE_RENAMED: "call",
    Reason.USER_LOCKED: "code",
    Reason.BATTERY_LOW: "charge",
    Reason.STORAGE_LOW: "reset",
    Reason.WIFI_NOT_JOINED: "wifi",
    Reason.OEM_GATE: "settings",
    Reason.APP_OTHER_SIGNER: "reset",
    Reason.UPLOAD_DAMAGED: "cable",
    Reason.VERIFIER_REFUSED: "settings",
    Reason.VERIFIER_UNREACHABLE: "settings",
    Reason.DEVELOPER_UNVERIFIED: "settings",
    Reason.INSTALL_CANCELLED: "screen",
    Reason.INSTALL_HUNG: "screen",
    Reason.FILES_UNREADABLE: "restart",
    Reason.RESTART_NEEDED: "restart",
    Reason.STORAGE_FAULTY: "restart",
    Reason.ANSWER_CUT: "restart",
    Reason.TABLET_HUNG: "restart",
    Reason.KEY_NOT_MADE: "restart",
    Reason.AGENT_UNFIT: "replug",
    Reason.INSTALL_REFUSED: "replug",
    Reason.READ_BACK_DIFFERS: "replug",
    Reason.BOOT_INCOMPLETE: "replug",
    Reason.TABLET_GONE: "replug",
    Reason.ADB_SERVER_GONE: "replug",
    Reason.STATION_KILLED: "replug",
    Reason.SEAL_NOT_SEEN: "replug",
    Reason.STOPPED_BY_OPERATOR: "replug",
    Reason.BENCH_BROKEN: "again",
    Reason.DEBUGGING_OPEN: "again",
    Reason.RECORD_NOT_WRITTEN: "call",
    Reason.BENCH_FILE_WRONG: "call",
    Reason.DEVIATIONS_LEFT: "record",
    Reason.LABEL_UNSURE: "read-label",
    Reason.TABLET_KEY_CHANGED: "read-label",
    Reason.CERTIFICATE_AWAITED: "record",
    Reason.CERTIFICATE_UNFIT: "call",
}
"""Whatever is not here is set aside."""

_ON_SCREENS = frozenset({"enter-screen", "word-screen"})

_AFTER_GOOD_ENDS = frozenset({"hold", "keep-label", "label", "label-hold"})

GESTURES = frozenset(
    {
        *(*_BY_STATE.values(), *_BY_REASON.values(), *_BY_COMPLAINT.values()),
        *(*_ON_SCREENS, *_AFTER_GOOD_ENDS, "aside", "check-cable", "end-other-adb", "slow"),
    }
)


def tell_gesture(seen: SlotView, language: Language, medium: Medium = Medium.TERMINAL) -> str:
    """`reset it, plug it in again`, `put label A-0042 on it`."""
    if seen.rung is Rung.HELD:
        return say(language, "gesture.end-other-adb")
    if seen.is_slow:
        return say(language, "gesture.slow")
    if seen.complaint is not None and seen.state in TOLD_BY_KERNEL:
        return say(language, f"gesture.{_BY_COMPLAINT.get(seen.complaint, 'cable')}")
    if seen.end is None:
        gesture = name_gesture(seen) or _BY_STATE.get(seen.state, "unplug")
        if needs_own_text(seen.state, medium):
            return say(language, f"gesture.{gesture}-screen")
        return say(language, f"gesture.{gesture}", label=seen.label)
    name = "read-label" if seen.asks_label_first else name_end(seen.end)
    if name == "replug" and seen.state is SlotState.LOST and seen.end.reason in {None, Reason.TABLET_GONE}:
        name = "check-cable"
    return say(language, f"gesture.{name}", label=seen.label, asset_id=seen.end.asset_id)


def tell_cause(seen: SlotView, language: Language) -> str:
    """Why it is to be done: the reason alone where a run had one."""
    if seen.overdue:
        return say(language, "slot.away.overdue")
    if seen.usual is not None:
        return say(language, "board.slow-cause")
    if seen.end is None:
        return tell_cable(seen, language) or say(language, f"slot.{seen.state}.what")
    if seen.end.reason is None:
        return say(language, f"outcome.{seen.end.outcome}")
    return say(language, f"reason.{seen.end.reason}.title")


def name_end(end: RunEnd) -> str:
    """Name the gesture about an ended run, of `gestures.yaml`."""
    if end.doubt is not None and end.outcome.is_good:
        return "read-label"
    if end.outcome.is_good and end.reason is Reason.DEVIATIONS_LEFT and end.asset_id:
        return "hold" if end.given_by else "label-hold"
    if end.reason is not None:
        return _BY_REASON.get(end.reason, "aside")
    if end.outcome.is_good:
        return "keep-label" if end.given_by else "label"
    return "unplug"
