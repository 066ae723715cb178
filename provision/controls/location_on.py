"""Location on, written where this release really keeps the switch."""

from __future__ import annotations

from provision.controls.model import Decision, RunLine, Step
from provision.facts.collect import Facts
from provision.facts.location import MODE_API
from provision.terms import Assurance, Control, Phase
from provision.texts.message import message, verbatim

CONTROL = Control.LOCATION_ON


def decide(facts: Facts) -> Decision:
    """Shell can switch it on everywhere and freeze it nowhere: `set`."""
    here = facts.location
    return Decision(
        control=CONTROL,
        wanted=message("on"),
        observed=message("on") if here.on else message("off"),
        holds=here.on,
        assurance=Assurance.SET,
        why="location.is-on" if here.on else "location.is-off",
        steps=() if here.on else _switch_on(facts.props.api),
        evidence=(here.source,),
    )


def _switch_on(api: int) -> tuple[Step, ...]:
    if api >= MODE_API:
        return (_step("mode", ("location_mode", "3"), ("location_mode", "0")),)
    key = "location_providers_allowed"
    return tuple(_step(name, (key, f"+{name}"), (key, f"-{name}")) for name in ("gps", "network"))


def _step(name: str, setting: tuple[str, str], undo: tuple[str, str]) -> Step:
    return Step(
        name=f"{CONTROL}/{name}",
        control=CONTROL,
        phase=Phase.PREPARE,
        action=RunLine(("settings", "put", "secure", *setting)),
        undo=verbatim(" ".join(("settings", "put", "secure", *undo))),
        reference="Wi-Fi and kiosk document 4",
        source="AOSP SettingsProvider.java (settings database step 172: the key is the switch from Android 10)",
    )
