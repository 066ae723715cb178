"""Apps that take calls stay awake: battery saving must not cut the line on which a call comes in.

Without Google's push, which an isolated network does not reach, a call comes over a connection of the app itself. Doze
ends it some time after the screen went dark (Android 6 and later), app standby after days without use.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec
from provision.facts.awake import FIRST_API, QUERY
from provision.facts.collect import Facts
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.CALLS_AWAKE


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Put each on the list of apps that are spared; Settings can take it off again, so it is `set`."""
    spared = facts.awake or frozenset()
    missing = tuple(name for name in want.appset.call_apps if name not in spared)
    held = tuple(name for name in want.appset.call_apps if name in spared)
    return Decision(
        control=CONTROL,
        wanted=_tell(want.appset.call_apps),
        observed=_tell(held),
        holds=not missing,
        assurance=Assurance.SET,
        why="calls.sleep" if missing else "calls.awake",
        steps=tuple(map(_spare, missing)),
        evidence=tuple(f"deviceidle whitelist: {name}" for name in held),
    )


def _tell(packages: tuple[str, ...]) -> Message:
    return message("spared", names=", ".join(sorted(packages))) if packages else message("spared-none")


def _spare(package: str) -> Step:
    """After the installation: Android takes only a package that is there."""
    return Step(
        name=f"{CONTROL}/{package}",
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine((*QUERY.words, f"+{package}")),
        undo=verbatim(" ".join((*QUERY.words, f"-{package}"))),
        reference="Wi-Fi and kiosk document 14.1",
        source="AOSP DeviceIdleController.java (dump, from 7 on onShellCommand)",
    )


def _is_wanted(facts: Facts, want: DesiredState, _view: AgentView | None) -> bool:
    return bool(want.appset.call_apps) and facts.props.api >= FIRST_API


SPEC = ControlSpec(
    CONTROL,
    asked_by="calls of apps.yaml",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("props", "awake"),
    whys=("calls.awake", "calls.sleep"),
    unproved="Doze begins after a time without motion and light that no bench has",
)
