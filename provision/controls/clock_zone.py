"""Time zone."""

from __future__ import annotations

from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec, always
from provision.facts.collect import Facts
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import message, verbatim

CONTROL = Control.CLOCK_ZONE
VERB_API = 28


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Shell may set the zone from Android 9 on; before, it has no right to (Wi-Fi document 5)."""
    zone = want.site.clock.zone
    holds = facts.clock.zone == zone
    able = facts.props.api >= VERB_API
    step = Step(
        name=str(CONTROL),
        control=CONTROL,
        phase=Phase.PREPARE,
        action=RunLine(("cmd", "alarm", "set-timezone", zone)),
        undo=verbatim(f"cmd alarm set-timezone {facts.clock.zone or 'UTC'}"),
        reference="Wi-Fi and kiosk document 5",
        source="AOSP packages/Shell/AndroidManifest.xml (SET_TIME_ZONE from Android 9)",
    )
    return Decision(
        control=CONTROL,
        wanted=verbatim(zone),
        observed=verbatim(facts.clock.zone) if facts.clock.zone else message("unset"),
        holds=holds,
        assurance=Assurance.SET if holds or able else Assurance.UNSUPPORTED,
        why="clock.zone-right" if holds else "clock.zone-differs" if able else "clock.no-right",
        steps=() if holds or not able else (step,),
        blocked=None if holds or able else Reason.ASSURANCE_TOO_LOW,
        evidence=(f"persist.sys.timezone={facts.clock.zone or ''}",),
    )


SPEC = ControlSpec(
    CONTROL,
    asked_by="clock.zone",
    is_wanted=always,
    decide=decide,
    reads=("clock", "props"),
    whys=("clock.zone-right", "clock.zone-differs", "clock.no-right"),
    unproved="only set: nothing stops a user from changing it",
)
