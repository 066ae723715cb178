"""Location on, written where this release really keeps the switch."""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS
from provision.facts.collect import Facts
from provision.facts.location import MODE_API
from provision.proofs.attempts import LATEST, Attempt, Gap, Indicator, Line, NoAttempt
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.LOCATION_ON


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


def _compare(facts: Facts, _want: DesiredState, _view: AgentView) -> Comparison:
    return Comparison(message("on"), _tell(facts))


def _put(key: str, value: str) -> tuple[Line, ...]:
    return (("settings", "put", "secure", key, value),)


def _freeze(since: int, until: int, key: str, on: str, off: str) -> Attempt:
    return Attempt(
        name="location.off",
        control=CONTROL,
        indicator=Indicator.LOCATION,
        since=since,
        until=until,
        wake=(),
        start=_put(key, on),
        act=_put(key, off),
        undo=_put(key, on),
        begins="on",
        reaches="off",
        holds="on",
        rests=("on",),
        reference="Wi-Fi and kiosk document 1.7, 3.3, 4",
        source="AOSP SettingsProvider.java, UserRestrictionsUtils.java (isSettingRestrictedForUser)",
    )


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
    attempts=(
        _freeze(28, 28, "location_providers_allowed", "+gps", "-gps"),
        _freeze(29, LATEST, "location_mode", "3", "0"),
    ),
    # `cmd location set-location-enabled` is no attempt: it runs as the system and passes a frozen switch (4).
    gaps=(NoAttempt("location.off", CONTROL, 21, 27, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 18"),),
)
