"""Labels for the ports of the hubs: what stands on each, as the template `labels` takes it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from provision.bench.port_light import split_port
from provision.bench.slot_code import write_slot_code
from provision.bench.slots import Slot
from provision.paper.qr import draw_qr
from provision.texts.catalogue import Language, say


class LabelForm(StrEnum):
    """The paper that labels are printed on."""

    A4 = "a4"
    """A sheet of 21 labels, 63.5 x 38.1 mm each, three beside each other; or plain paper and scissors."""
    ROLL_62 = "62"
    """A label printer with a roll 62 mm wide; a label is 29 mm long."""
    ROLL_29 = "29"
    """A label printer with a roll 29 mm wide; a label is 46 mm long."""


def describe_labels(slots: Sequence[Slot], bench: str, form: LabelForm, language: Language) -> dict[str, object]:
    """Return the data of the labels of some slots, in their order."""
    return {
        "title": say(language, "paper.slots.title", bench=bench),
        "language": str(language),
        "form": str(form),
        "labels": [
            {
                "large": slot.label,
                "small": [_tell_place(slot.port, language), say(language, "paper.slots.bench", bench=bench)],
                "code": draw_qr(write_slot_code(bench, slot.label)),
            }
            for slot in slots
        ],
    }


def _tell_place(port: str, language: Language) -> str:
    """The hub and the number of its port; a port of the computer itself has no hub."""
    hub, number = split_port(port)
    if not hub:
        return say(language, "paper.slots.port", port=port)
    return say(language, "paper.slots.hub", hub=hub, number=number)
