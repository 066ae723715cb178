"""Switches of the maker's system: a setting, or a package disabled for the user; the rest is the maker's business.

What reads back is what is stored: whether the firmware obeys it nobody sees over adb. So no control of the product
rests on a switch, and one that is refused or forgotten is a deviation (Wi-Fi document 9, point 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.controls.apps_removed import tell_role
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import ControlSpec
from provision.facts.collect import Facts
from provision.facts.switches import OTHER, UNREADABLE, UNSET, Switches
from provision.profiles.schema import Setting, Switch
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, enumerate_messages, message, verbatim

CONTROL = Control.MAKER_SWITCHES
_SHOWN = {UNSET: "switch-unset", UNREADABLE: "switch-unreadable", OTHER: "switch-other"}


@dataclass(frozen=True)
class _State:
    """One switch on one tablet: what it says as wanted and now, what says so, and the way there."""

    wanted: Message
    now: Message
    evidence: str
    step: Step
    kept: Message | None = None  # why it is left alone

    @property
    def holds(self) -> bool:
        return self.wanted == self.now

    def tell(self, refused: Mapping[str, str]) -> Message:
        """Tell its value now, and in the tablet's words why the write of this run did not take."""
        if self.kept is not None and not self.holds:
            return self.kept
        refusal = None if self.holds else refused.get(self.step.name)
        return self.now if refusal is None else message("refused", words=self.now, refusal=refusal)


def decide(facts: Facts, want: DesiredState) -> Decision:
    """One step a switch that reads back different, before any restriction (Wi-Fi document 8).

    A package that is not on this tablet is as good as disabled; one that it works with stays on.
    """
    refused = (facts.switches or Switches()).refused
    states = tuple(_look(facts, switch) for switch in want.switches)
    left = tuple(state for state in states if not state.holds)
    return Decision(
        control=CONTROL,
        wanted=enumerate_messages(*(state.wanted for state in states)),
        observed=enumerate_messages(*(state.tell(refused) for state in states)),
        holds=not left,
        assurance=Assurance.SET,
        why="switches.some-differ" if left else "switches.all-set",
        steps=tuple(state.step for state in left if state.kept is None),
        evidence=tuple(state.evidence for state in states),
    )


def _look(facts: Facts, switch: Switch) -> _State:
    if switch.setting is not None:
        return _look_at_setting(facts, switch, switch.setting)
    return _look_at_package(facts, switch, switch.target)


def _look_at_setting(facts: Facts, switch: Switch, setting: Setting) -> _State:
    read, place = facts.switches or Switches(), (str(setting.table), setting.key)
    found = read.settings.get(setting.name, UNREADABLE)
    words = ("settings", "put", *place, str(setting.value))
    step = _make_step(switch, "/".join(place), words, _undo(place, found), "Wi-Fi document 1.7")
    now = message(_SHOWN[found], name=setting.name) if found in _SHOWN else verbatim(f"{setting.name}={found}")
    return _State(verbatim(f"{setting.name}={setting.value}"), now, f"{setting.name}={found}", step)


def _undo(place: tuple[str, str], before: str) -> Message:
    """The line that restores the value from before, or takes the row away where there was none."""
    if before in (UNREADABLE, OTHER):
        return message("undo-by-hand")
    return verbatim(" ".join(("settings", *(("delete", *place) if before == UNSET else ("put", *place, before)))))


def _look_at_package(facts: Facts, switch: Switch, package: str) -> _State:
    read, there = facts.switches or Switches(), package in (facts.installed or frozenset())
    found = "disabled" if package in read.disabled else "package" if there else "absent"
    words = ("pm", "disable-user", "--user", "0", package)
    undo = verbatim(f"pm enable --user 0 {package}")
    step = _make_step(switch, package, words, undo, "packages document 5.1 and 5.2")
    off = message("package-off", package=package)
    now = message("package-on", package=package) if found == "package" else off
    return _State(off, now, f"{found}:{package}", step, tell_role(facts, package))


def _make_step(switch: Switch, target: str, words: tuple[str, ...], undo: Message, reference: str) -> Step:
    return Step(
        name=f"{CONTROL}/{target}",
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine(words, tolerant=True),
        undo=undo,
        reference=reference,
        source=switch.source,
    )


SPEC = ControlSpec(
    CONTROL,
    asked_by="switches of the device profile",
    is_wanted=lambda _facts, want, _view: bool(want.switches),
    decide=decide,
    reads=("switches", "installed", "in_use"),
    whys=("switches.all-set", "switches.some-differ"),
    unproved="what a maker's switch does is not seen over adb",
)
