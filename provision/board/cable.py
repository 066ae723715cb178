"""Sentences about what hangs on a cable before a run: what it is, which device it may be, its own first steps."""

from __future__ import annotations

from collections.abc import Mapping

from provision.bench.cable import CableGroup
from provision.bench.slot_events import Rung
from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.texts.catalogue import Language, printable, say

_UNREACHED = frozenset({SlotState.CHARGING, SlotState.SERVICE_MODE})
"""States in which USB's word says more than the state's."""
_COMES_AND_GOES = frozenset({SlotState.CHARGING, SlotState.CONNECTING, SlotState.NO_ANSWER})

TOLD_BY_KERNEL = frozenset({SlotState.EMPTY, SlotState.CONNECTING, SlotState.NO_ANSWER})
"""States in which nothing but the kernel's word about the port is told, where there is one."""

_OWN_STEPS = frozenset(
    {
        *("fastboot", "recovery", "sideload", "rescue", "download", "preloader", "boot-rom", "edl", "memory-dump"),
        *("hub", "billboard", "dropping"),
    }
)
"""Kinds with a `.now` of their own."""

_GESTURES: Mapping[CableGroup | None, str] = {
    CableGroup.TABLET: "debugging",
    CableGroup.MODE: "restart",
    CableGroup.FOREIGN: "unplug",
    None: "cable",
}

BETWEEN_MENUS = " > "


def tell_cable(seen: SlotView, language: Language) -> str | None:
    """Tell what hangs there, by its descriptors; None where the slot's state says it already.

    Of a port that shows nothing: that the kernel complains of it. Of a tablet that another program works on: that.
    """
    if seen.rung is Rung.HELD:
        return say(language, "slot.no-adb-answer.held")
    if seen.state is SlotState.EMPTY and seen.complaint is not None:
        return say(language, "slot.empty.complaint")
    return None if (kind := _find_kind(seen)) is None else say(language, f"cable.{kind}.what")


def tell_steps(seen: SlotView, language: Language) -> str | None:
    """Tell what a hand does about it, a tablet's own menu where its ids lead to a profile; None as in `tell_cable`."""
    kind, cable = _find_kind(seen), seen.cable
    if kind is None or cable is None:
        return None
    if kind in _OWN_STEPS:
        return say(language, f"cable.{kind}.now")
    if cable.group is CableGroup.FOREIGN:
        return say(language, "cable.foreign.now")
    steps = cable.steps.get(language)
    if steps is None:
        return None
    taps, switch = (BETWEEN_MENUS.join(map(printable, path)) for path in (steps.taps, steps.switch))
    return say(language, "cable.tablet.now", taps=taps, switch=switch)


def list_menus(seen: SlotView, language: Language) -> tuple[tuple[str, ...], ...]:
    """List the menu entries to touch, for a picture of them: the way to the seven taps, the way to the switch.

    Empty where nothing of the tablet's menus is told.
    """
    kind, cable = _find_kind(seen), seen.cable
    steps = None if kind is None or cable is None or kind in _OWN_STEPS else cable.steps.get(language)
    return () if steps is None else (tuple(map(printable, steps.taps)), tuple(map(printable, steps.switch)))


def name_gesture(seen: SlotView) -> str | None:
    """Name the gesture, of `gestures.yaml`; None as in `tell_cable`."""
    return None if _find_kind(seen) is None or seen.cable is None else _GESTURES[seen.cable.group]


def tell_candidate(seen: SlotView, language: Language) -> str:
    """Tell which device it may be, by its own words, else by its USB ids; empty where neither says anything."""
    name = None if seen.cable is None else seen.cable.name
    if name is None:
        return ""
    known = name.says or " ".join(part for part in (name.maker, name.product) if part)
    return say(language, "cable.candidate", name=known) if known else ""


def _find_kind(seen: SlotView) -> str | None:
    """The kind of what hangs there, where it says more than the slot's state."""
    if seen.cable is None or seen.run is not None:
        return None
    if seen.cable.kind == "dropping":
        return seen.cable.kind if seen.state in _COMES_AND_GOES else None
    return seen.cable.kind if seen.state in _UNREACHED and seen.cable.group is not None else None
