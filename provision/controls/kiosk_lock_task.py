"""Lock task. Plain shell cannot enforce it; the agent road is not there yet."""

from __future__ import annotations

from provision.controls.model import Decision
from provision.terms import Assurance, Control, Reason
from provision.texts.message import Message, message


def decide() -> Decision:
    """Unsupported: `am task lock` gives screen pinning only, which any user leaves.

    Source: reference, Wi-Fi and kiosk document 3.6 (strength summary).
    """
    return need_owner(Control.KIOSK_LOCK_TASK, wanted=message("locked"), observed=message("not-locked"))


def need_owner(control: Control, *, wanted: Message, observed: Message) -> Decision:
    """What only a device owner brings about, on the shell road: there is none."""
    return Decision(
        control=control,
        wanted=wanted,
        observed=observed,
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why="kiosk.no-agent",
        blocked=Reason.ASSURANCE_TOO_LOW,
    )
