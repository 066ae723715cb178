"""Calls before Android 9, where lock task silences every notification: the agent's own listener hears them.

No owner may allow a listener, the shell may: by a setting that the notification service follows up to 8.0, by a word of
that service on 8.1 (Wi-Fi and kiosk document 14.2). Other listeners stay in the list. A site that asks for nothing of
the kind any more gets it taken back; so does `provision release`.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import refuse_unknown
from provision.facts.collect import Facts
from provision.facts.listener import COMMAND_API, COMPONENT, LAST_API, LIVE, SETTING, Listener
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import message, verbatim

CONTROL = Control.CALLS_LISTENER
FIRST_AGENT = 6
"""Version code of the first agent that has a listener."""


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Allow it, or take it back: a switch that Settings has, too, so it is `set`."""
    here, asks = facts.listener or Listener(), want.site.asks_for(CONTROL)
    if asks and want.agent is not None and want.agent.version_code < FIRST_AGENT:
        return refuse_unknown(CONTROL, Comparison(message("listening"), None), want.agent)
    low = asks and not here.live and facts.props.api >= COMMAND_API and facts.props.get("ro.config.low_ram") == "true"
    why = "listens" if here.live and asks else "low-memory" if low else "deaf" if asks else "left"
    holds = here.known and here.live == asks
    writable = here.known or facts.props.api >= COMMAND_API
    return Decision(
        control=CONTROL,
        wanted=message("listening" if asks else "not-listening"),
        observed=message("listening" if here.live else "not-listening" if here.known else "odd-value"),
        holds=holds,
        assurance=Assurance.UNSUPPORTED if low else Assurance.SET,
        why=f"calls.{why}",
        steps=() if holds or low or not writable else (_step(facts.props.api, here, allow=asks),),
        blocked=Reason.ASSURANCE_TOO_LOW if low else None,
        evidence=(shlex.join(LIVE.words),),
    )


def make_words(api: int, allowed: Collection[str], *, allow: bool) -> tuple[str, ...]:
    """The command that allows the listener or takes it back.

    Args:
        allowed: what the setting names now, where that is the switch.
    """
    if api >= COMMAND_API:
        return ("cmd", "notification", "allow_listener" if allow else "disallow_listener", COMPONENT)
    others = tuple(name for name in allowed if name != COMPONENT)
    names = (*others, COMPONENT) if allow else others
    return ("settings", "put", *SETTING, ":".join(names)) if names else ("settings", "delete", *SETTING)


def _step(api: int, here: Listener, *, allow: bool) -> Step:
    """After the agent is there: up to Android 6 each change of a package makes the service forget what is not."""
    return Step(
        name=str(CONTROL),
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine(make_words(api, here.allowed, allow=allow)),
        undo=verbatim(shlex.join(make_words(api, here.allowed, allow=not allow))),
        reference="Wi-Fi and kiosk document 14.2",
        source="AOSP ManagedServices.java (SettingsObserver), NotificationManagerService.java (8.1: ShellCmd)",
        settle_seconds=10.0,
    )


def _is_wanted(facts: Facts, want: DesiredState, view: AgentView | None) -> bool:
    """Also while it hears what the site does not ask it to."""
    live = facts.listener is not None and facts.listener.live
    return facts.props.api <= LAST_API and (live or (view is not None and want.site.asks_for(CONTROL)))


SPEC = ControlSpec(
    CONTROL,
    asked_by="calls.in_kiosk",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("props", "listener"),
    whys=("calls.listens", "calls.deaf", "calls.left", "calls.low-memory", "agent.too-old"),
    unproved="a call needs somebody who calls; that Android holds the listener bound is its own print",
)
