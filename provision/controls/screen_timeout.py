"""Screen timeout."""

from __future__ import annotations

from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec, always
from provision.facts.collect import Facts
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.SCREEN_TIMEOUT
SETTING = ("system", "screen_off_timeout")


def decide(facts: Facts, want: DesiredState) -> Decision:
    """A setting the user can change again: `set` (reference, Wi-Fi and kiosk document 3.6)."""
    wanted = want.site.screen.timeout_seconds * 1000
    holds = facts.screen.timeout_ms == wanted
    step = Step(
        name=str(CONTROL),
        control=CONTROL,
        phase=Phase.PREPARE,
        action=RunLine(("settings", "put", *SETTING, str(wanted))),
        undo=_undo(facts.screen.timeout_ms) if facts.screen.known else message("undo-by-hand"),
        reference="Wi-Fi and kiosk document 3.6",
        source="AOSP Settings.System.SCREEN_OFF_TIMEOUT",
    )
    return Decision(
        control=CONTROL,
        wanted=_tell(wanted),
        observed=_tell(facts.screen.timeout_ms) if facts.screen.known else message("odd-value"),
        holds=holds,
        assurance=Assurance.SET,
        why="screen.timeout-right" if holds else "screen.timeout-differs",
        steps=() if holds else (step,),
        evidence=(f"screen_off_timeout={facts.screen.timeout_ms if facts.screen.known else 'not understood'}",),
    )


def _tell(timeout_ms: int | None) -> Message:
    return message("unset") if timeout_ms is None else verbatim(f"{timeout_ms} ms")


def _undo(before: int | None) -> Message:
    """The line that restores the value from before, or takes the row away where there was none."""
    words = ("delete", *SETTING) if before is None else ("put", *SETTING, str(before))
    return verbatim(" ".join(("settings", *words)))


SPEC = ControlSpec(
    CONTROL,
    asked_by="screen.timeout_seconds",
    is_wanted=always,
    decide=decide,
    reads=("screen",),
    whys=("screen.timeout-right", "screen.timeout-differs"),
    unproved="only set: nothing stops a user from changing it",
)
