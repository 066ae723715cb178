"""Sentences about one slot: its name, which tablet it holds, what is there, what to do now."""

from __future__ import annotations

from collections.abc import Mapping

from provision.bench.slot_events import CLIMBING, Rung
from provision.bench.slot_views import Group, SlotView
from provision.bench.slots import SlotState
from provision.board.cable import TOLD_BY_KERNEL, tell_cable, tell_candidate, tell_steps
from provision.board.medium import Medium, needs_own_text
from provision.board.next_step import tell_next
from provision.board.spans import tell_span
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language, printable, say

NO_RECORD = "–"

REMEDIES: Mapping[Reason, str] = {
    Reason.NOT_RESET_ACCOUNTS: "reset",
    Reason.NOT_RESET_USERS: "reset",
    Reason.GUEST_USER: "guest",
    Reason.LOCAL_ACCOUNT: "account",
    Reason.NOT_RESET_FILES: "reset",
    Reason.FILES_UNREADABLE: "restart",
    Reason.OWNER_REFUSED: "reset",
    Reason.STORAGE_LOW: "reset",
    Reason.BATTERY_LOW: "charge",
}
"""What a technician can do about a refusal, by the text key `remedy.<name>`; without one it is final."""


_BY_KERNEL = frozenset({*TOLD_BY_KERNEL, SlotState.CHARGING, SlotState.AWAY, SlotState.LOST})
"""States in which the kernel's word about the port says more than they do, or as much."""


def name_slot(seen: SlotView, language: Language) -> str:
    """`Slot 4`, or the USB port where there is no label."""
    if seen.label:
        return say(language, "slot.name", label=seen.label)
    return say(language, "slot.port", port=seen.port)


def name_number(asset_id: str | None, end: RunEnd | None, language: Language) -> str:
    """The tablet's number; with a question mark as long as a person is to read its label. Empty for none."""
    if not asset_id or asset_id == UNIDENTIFIED:
        return ""
    doubted = end is not None and end.doubt is not None
    return say(language, "tablet.doubted", asset_id=asset_id) if doubted else printable(asset_id)


def name_tablet(seen: SlotView, language: Language) -> str:
    """Asset id and model as far as they are known, else the serial number, said to be one, else what USB calls it."""
    asset, model = name_number(seen.asset_id, seen.end, language), printable(seen.model)
    known = [part for part in (asset, model) if part]
    if not known and seen.serial:
        return say(language, "tablet.serial", serial=seen.serial)
    return " ".join(known) if known else tell_candidate(seen, language)


def tell_what(seen: SlotView, language: Language) -> str:
    """Tell what is there, without a full stop."""
    run = seen.run
    if seen.state is SlotState.RUNNING and run is not None and run.phase is not None:
        phase = say(language, f"phase.{run.phase}")
        what = f"{phase}, {printable(run.step)}" if run.step else phase
        return what if seen.usual is None else say(language, "board.slow", what=what, usual=tell_span(seen.usual))
    if seen.state is SlotState.READY and seen.group is Group.WORKING:
        return say(language, "board.starting")
    if seen.end is not None:
        return tell_end(seen.end, language)
    if seen.overdue:
        return say(language, "slot.away.overdue")
    return tell_cable(seen, language) or say(language, f"slot.{seen.state}.what")


def tell_now(seen: SlotView, language: Language, medium: Medium = Medium.TERMINAL) -> str:
    """Tell what a person does now, in one or two sentences, as the medium they read it on allows.

    What the kernel says of the port comes before, or instead of, what is done about a tablet that does not answer.
    """
    if seen.rung is Rung.HELD:
        return say(language, "slot.no-adb-answer.held-now")
    if seen.complaint is None or seen.state not in _BY_KERNEL or seen.rung in CLIMBING:
        return _tell_now(seen, language, medium)
    heard = say(language, f"kernel.{seen.complaint}")
    heard = heard[0].upper() + heard[1:]
    return heard if seen.state in TOLD_BY_KERNEL else f"{heard} {_tell_now(seen, language, medium)}"


def _tell_now(seen: SlotView, language: Language, medium: Medium) -> str:
    if seen.end is not None and seen.rung not in CLIMBING:
        return f"{_tell_after_end(seen, seen.end, language, medium)} {tell_next(seen, language, medium)}".rstrip()
    if key := _find_key(seen, medium):
        return say(language, key, label=seen.label)
    return tell_steps(seen, language) or say(language, f"slot.{seen.state}.now", label=seen.label)


def _find_key(seen: SlotView, medium: Medium) -> str | None:
    """The text of what a person does about a slot whose state alone does not tell it; None where that does."""
    if seen.state is SlotState.READY and seen.group is Group.WORKING:
        return "slot.running.now"
    if seen.rung in CLIMBING:
        return f"ladder.{seen.rung}.now"
    if seen.overdue:
        return "slot.away.overdue-now"
    if seen.usual is not None:
        return "board.slow-now"
    return f"slot.{seen.state}.now-{medium}" if needs_own_text(seen.state, medium) else None


def _tell_after_end(seen: SlotView, end: RunEnd, language: Language, medium: Medium) -> str:
    first = ""
    if seen.asks_label_first:  # what follows mostly unplugs it, and then nobody can be told
        first = say(language, f"slot.ended.label-first.{medium}", label=printable(end.slot)) + " "
    if seen.state is SlotState.LOST and end.reason in {None, Reason.TABLET_GONE}:
        return first + say(language, "slot.lost.replug" if seen.present else "slot.lost.now")
    return first + advise(end, language, medium)


def tell_end(end: RunEnd, language: Language) -> str:
    """`refused, try again after charging: the battery is too low`."""
    word = say(language, f"outcome.{end.outcome}")
    if end.reason is None:
        return word
    title = say(language, f"reason.{end.reason}.title")
    if end.deviating:
        left = ", ".join(say(language, f"control.{control}") for control in end.deviating)
        title = say(language, "slot.ended.unmet", controls=left)
    remedy = find_remedy(end)
    if remedy is None:
        return say(language, "slot.ended.why", outcome=word, reason=title)
    return say(language, "slot.ended.redo", outcome=word, remedy=say(language, f"remedy.{remedy}"), reason=title)


def find_remedy(end: RunEnd) -> str | None:
    """The name in `REMEDIES` of what makes a refused tablet fit; None for a final refusal and other ends."""
    return REMEDIES.get(end.reason) if end.outcome is Outcome.REFUSED and end.reason is not None else None


def advise(end: RunEnd, language: Language, medium: Medium | None = None) -> str:
    """Advise on a tablet whose run has ended; the profile's word for this model comes first.

    Args:
        medium: where a running station is read, which takes a label's number itself; None after its end.
    """
    told = _advise(end, language, medium)
    if not end.hand_said or not end.outcome.is_good:
        return told
    found = ", ".join(say(language, f"intake.finding.{one}.title") for one in end.hand_said)
    mended = " ".join(f"--mended {one.removesuffix('-broken')}" for one in end.hand_said)
    said = say(language, "slot.ended.hand-said", found=found, slot=end.slot, mended=mended)
    return f"{told} {said}"


def _advise(end: RunEnd, language: Language, medium: Medium | None) -> str:
    if end.doubt is not None and end.outcome.is_good:  # before what else may be left: no label is announced
        values = {"asset_id": end.asset_id, "label": printable(end.slot)}
        asks = say(language, f"slot.ended.label-{end.doubt}.asks", **values)
        here = "ended" if medium is None else str(medium)
        return f"{asks} {say(language, f'slot.ended.label.{here}', **values)}"
    if end.reason is Reason.STOPPED_BY_OPERATOR and medium is not None:  # of one slot: the program runs on
        return say(language, f"slot.ended.stopped.{medium}", label=printable(end.slot))
    known = (end.advice or {}).get(language)
    if known:
        return f"{printable(known).rstrip('.')}."
    if end.outcome.is_good and end.reason is Reason.DEVIATIONS_LEFT:
        key = "slot.ended.reserved" if medium in {None, Medium.TERMINAL} else "slot.ended.reserved-tablet"
        held = say(language, key, record=end.record or NO_RECORD, asset_id=end.asset_id)
        return f"{_tell_label(end, language)} {held}"
    if end.reason is not None:
        return say(language, f"reason.{end.reason}.action")
    return _tell_label(end, language)


def _tell_label(end: RunEnd, language: Language) -> str:
    if end.outcome.is_good and end.given_by:
        return say(language, "slot.ended.kept", asset_id=end.asset_id, bench=end.given_by)
    if end.outcome.is_good and end.asset_id:
        return say(language, "slot.ended.label", asset_id=end.asset_id)
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
