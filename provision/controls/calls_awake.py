"""Apps that take calls stay awake: battery saving must not cut the line on which a call comes in.

Without Google's push, which an isolated network does not reach, a call comes over a connection of the app itself. Doze
ends it some time after the screen went dark (Android 6 and later), app standby after days without use. An app of the
site that takes no calls any more is taken off the list again; what others put there is not touched.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec
from provision.facts.awake import FIRST_API, QUERY, Awake
from provision.facts.collect import Facts
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

CONTROL = Control.CALLS_AWAKE


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Put each on the list of apps that are spared; Settings can take it off again, so it is `set`."""
    spared = (facts.awake or Awake()).spared
    missing = tuple(name for name in want.appset.call_apps if name not in spared)
    held = tuple(name for name in want.appset.call_apps if name in spared)
    left = _find_left(facts, want)
    return Decision(
        control=CONTROL,
        wanted=_tell(want.appset.call_apps),
        observed=_tell((*held, *left)),
        holds=not missing and not left,
        assurance=Assurance.SET,
        why="calls.sleep" if missing else "calls.left-awake" if left else "calls.awake",
        steps=(*map(_spare, missing), *map(_let_sleep, left)),
        evidence=tuple(f"deviceidle whitelist: {name}" for name in (*held, *left)),
    )


def _find_left(facts: Facts, want: DesiredState) -> tuple[str, ...]:
    """Apps of the site, and those that left it, which are spared although they take no calls."""
    ours = {app.package for app in want.appset.apps} | facts.orphaned
    return tuple(sorted((facts.awake or Awake()).added & ours - set(want.appset.call_apps)))


def _tell(packages: tuple[str, ...]) -> Message:
    return message("spared", names=", ".join(sorted(packages))) if packages else message("spared-none")


def _spare(package: str) -> Step:
    """After the installation: Android takes only a package that is there."""
    return _change(package, f"{CONTROL}/{package}", "+", "-")


def _let_sleep(package: str) -> Step:
    """Before it is uninstalled, where it left the set: what Android does then with the list was not seen."""
    return _change(package, f"{CONTROL}/{package}/sleeps", "-", "+")


def _change(package: str, name: str, sign: str, undo: str) -> Step:
    """Put a package on the list (`+`) or take it off (`-`)."""
    return Step(
        name=name,
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine((*QUERY.words, f"{sign}{package}")),
        undo=verbatim(" ".join((*QUERY.words, f"{undo}{package}"))),
        reference="Wi-Fi and kiosk document 14.1",
        source="AOSP DeviceIdleController.java (dump, from 7 on onShellCommand)",
    )


def _is_wanted(facts: Facts, want: DesiredState, _view: AgentView | None) -> bool:
    """Also while an app is left on the list that takes no calls any more."""
    return facts.props.api >= FIRST_API and bool(want.appset.call_apps or _find_left(facts, want))


SPEC = ControlSpec(
    CONTROL,
    asked_by="calls of apps.yaml",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("props", "awake", "orphaned"),
    whys=("calls.awake", "calls.sleep", "calls.left-awake"),
    unproved="Doze begins after a time without motion and light that no bench has",
)
