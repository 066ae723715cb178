"""Screen timeout."""

from __future__ import annotations

from provision.facts.collect import Facts
from provision.operations.model import Decision, RunLine, Step
from provision.terms import Assurance, Control, Phase

CONTROL = Control.SCREEN_TIMEOUT


def decide(facts: Facts, timeout_seconds: int) -> Decision:
    """A setting the user can change again: `set` (reference, Wi-Fi and kiosk document 3.6)."""
    wanted = timeout_seconds * 1000
    holds = facts.screen.timeout_ms == wanted
    observed = "unset" if facts.screen.timeout_ms is None else f"{facts.screen.timeout_ms} ms"
    step = Step(
        name=str(CONTROL),
        control=CONTROL,
        phase=Phase.PREPARE,
        action=RunLine(("settings", "put", "system", "screen_off_timeout", str(wanted))),
        undo="settings delete system screen_off_timeout",
        reference="Wi-Fi and kiosk document 3.6",
        source="AOSP Settings.System.SCREEN_OFF_TIMEOUT",
    )
    return Decision(
        control=CONTROL,
        wanted=f"{wanted} ms",
        observed=observed,
        holds=holds,
        assurance=Assurance.SET,
        why="screen.timeout-right" if holds else "screen.timeout-differs",
        steps=() if holds else (step,),
        evidence=(f"screen_off_timeout={facts.screen.timeout_ms}",),
    )
