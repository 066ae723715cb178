"""Location on, written where this release really keeps the switch."""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS
from provision.facts.collect import Facts
from provision.facts.location import MODE_API
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.LOCATION_ON
FREEZE = "no_config_location"
FROZEN_API = 28
"""First level that knows the restriction `FREEZE`."""


def decide(facts: Facts, _want: DesiredState) -> Decision:
    """Shell can switch it on everywhere and freeze it nowhere: `set`."""
    here = facts.location
    return Decision(
        control=CONTROL,
        wanted=message("on"),
        observed=_tell(facts),
        holds=here.on is True,
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


def _tell(facts: Facts) -> Message:
    return message({True: "on", False: "off", None: "unknown"}[facts.location.on])


def _compare(facts: Facts, _want: DesiredState, view: AgentView) -> Comparison:
    printed = _tell(facts)
    known = facts.props.api >= FROZEN_API and view.restrictions is not None
    if known and facts.location.on and FREEZE not in (view.restrictions or ()):
        printed = message("on-not-frozen")
    return Comparison(message("on"), printed)


SPEC = ControlSpec(
    CONTROL,
    asked_by="location.on",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=("location", "props"),
    whys=(*WHYS, "location.is-on", "location.is-off"),
    compare=_compare,
    policy=("location",),
    # Frozen as well: below API 28 the agent answers `unsupported` and the control stays `set`.
    make_policy=lambda _site: {"location": {"on": True, "frozen": True}},
    # The rows are refused to shell and apps alone: uid 1000, as which Android's settings run, may write them (11.1).
    # And `cmd location set-location-enabled` runs as the system and passes a frozen switch (4).
    gaps=(
        NoAttempt("location.off", CONTROL, 21, FROZEN_API - 1, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 18"),
        NoAttempt("location.off", CONTROL, FROZEN_API, LATEST, Gap.JUDGED_OTHERWISE, "Wi-Fi and kiosk document 11.1"),
    ),
)
