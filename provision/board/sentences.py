"""What is said of one slot: its name, which tablet it holds, what is there, what to do now."""

from __future__ import annotations

from collections.abc import Mapping

from provision.bench.slot_views import Group, SlotView
from provision.bench.slots import SlotState
from provision.runs.run_end import UNIDENTIFIED
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language, printable, say

REMEDIES: Mapping[Reason, str] = {
    Reason.NOT_RESET_ACCOUNTS: "reset",
    Reason.NOT_RESET_USERS: "reset",
    Reason.NOT_RESET_FILES: "reset",
    Reason.OWNER_REFUSED: "reset",
    Reason.STORAGE_LOW: "reset",
    Reason.BATTERY_LOW: "charge",
}
"""What a technician can do about a refusal, by the text key `remedy.<name>`; without one it is final."""

_LABELLED_ENDS = frozenset({Outcome.DONE, Outcome.DONE_WITH_WARNINGS})


def name_slot(seen: SlotView, language: Language) -> str:
    """`Slot 4`, or the USB port where there is no label."""
    if seen.label:
        return say(language, "slot.name", label=seen.label)
    return say(language, "slot.port", port=seen.port)


def name_tablet(seen: SlotView, language: Language) -> str:
    """Asset id and model as far as they are known, else the serial number, said to be one, else nothing."""
    asset = "" if seen.asset_id == UNIDENTIFIED else seen.asset_id
    known = [printable(part) for part in (asset, seen.model) if part]
    if not known and seen.serial:
        return say(language, "tablet.serial", serial=seen.serial)
    return " ".join(known)


def tell_what(seen: SlotView, language: Language) -> str:
    """What is there, without a full stop."""
    if seen.state is SlotState.RUNNING and seen.phase is not None:
        phase = say(language, f"phase.{seen.phase}")
        return f"{phase}, {printable(seen.step)}" if seen.step else phase
    if seen.state is SlotState.READY and seen.group is Group.WORKING:
        return say(language, "board.starting")
    if seen.outcome is not None:
        return tell_end(seen.outcome, seen.reason, language)
    return say(language, f"slot.{seen.state}.what")


def tell_now(seen: SlotView, language: Language) -> str:
    """What a person does now, one or two sentences."""
    if seen.state is SlotState.READY and seen.group is Group.WORKING:
        return say(language, "slot.running.now")
    if seen.state is SlotState.LOST and seen.reason in {None, Reason.TABLET_GONE}:
        return say(language, "slot.lost.replug" if seen.present else "slot.lost.now")
    if seen.outcome is not None:
        return read_advice(seen.advice, language) or advise(seen.outcome, seen.reason, seen.asset_id, language)
    return say(language, f"slot.{seen.state}.now", label=seen.label)


def tell_end(outcome: Outcome, reason: Reason | None, language: Language) -> str:
    """`refused, to be redone after charging: the battery is too low`."""
    word = say(language, f"outcome.{outcome}")
    if reason is None:
        return word
    title = say(language, f"reason.{reason}.title")
    remedy = find_remedy(outcome, reason)
    if remedy is None:
        return say(language, "slot.ended.why", outcome=word, reason=title)
    return say(language, "slot.ended.redo", outcome=word, remedy=say(language, f"remedy.{remedy}"), reason=title)


def find_remedy(outcome: Outcome, reason: Reason | None) -> str | None:
    """The name in `REMEDIES` of what makes a refused tablet fit; None for a final refusal and other ends."""
    return REMEDIES.get(reason) if outcome is Outcome.REFUSED and reason is not None else None


def read_advice(advice: Mapping[str, str] | None, language: Language) -> str | None:
    """The profile's word for this model as a sentence; None where it has none."""
    text = (advice or {}).get(language)
    return f"{printable(text).rstrip('.')}." if text else None


def advise(outcome: Outcome, reason: Reason | None, asset_id: str | None, language: Language) -> str:
    """What to do with a tablet whose run has ended."""
    if reason is not None:
        return say(language, f"reason.{reason}.action")
    if outcome in _LABELLED_ENDS and asset_id:
        return say(language, "slot.ended.label", asset_id=asset_id)
    return say(language, "slot.ended.now")


def tell_line(seen: SlotView, language: Language) -> str:
    """The whole slot in one line, for logs and terminals that cannot move the cursor."""
    tablet = name_tablet(seen, language)
    return say(
        language,
        "board.line",
        slot=name_slot(seen, language),
        who=f"{tablet}, " if tablet else "",
        what=tell_what(seen, language),
        now=tell_now(seen, language),
    )
