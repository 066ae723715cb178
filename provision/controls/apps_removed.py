"""Apps that go: packages of the maker, and apps of the hospital that the app set no longer has.

A package of the maker is removed for the user of the tablet, the system image keeps it; from Android 17 on it is
disabled for the user, since the shell removes none any more. An app of the hospital goes
with its data, and only where this bench installed it (`verified_installs.OrphanedApps`).
"""

from __future__ import annotations

from provision.controls.desired import DesiredState
from provision.controls.model import Decision, Part, RunLine, Step
from provision.controls.spec import ControlSpec
from provision.facts.collect import Facts
from provision.facts.installed import KEPT_API
from provision.facts.switches import Switches
from provision.profiles.schema import Removal
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, enumerate_messages, message, verbatim

CONTROL = Control.APPS_REMOVED
EXISTING_API, OLD_WAY_BACK_API = 26, 23
"""First levels that bring a package of the system image back: by a word, by an install of its file (5.2)."""


def decide(facts: Facts, want: DesiredState) -> Decision:
    """One step a package that is still there; uid 2000 may remove up to 16, and disable on every release (5.1).

    Data is kept (`-k`), so that the way back leaves nothing missing. A package that is not on this tablet is
    as good as removed; one that the app set installs stays, whatever the profile says. One that this very tablet
    works with, its keyboard say, stays too and is told.
    """
    ours = sorted(facts.orphaned & facts.apps.keys())
    there = (facts.installed or frozenset()) - _list_off(facts) - {app.package for app in want.appset.apps}
    left = tuple(removal for removal in want.removals if removal.package in there)
    going = tuple(removal for removal in left if removal.package not in facts.in_use)
    names = (*ours, *(removal.package for removal in left))
    return Decision(
        control=CONTROL,
        wanted=message("none-left"),
        observed=_describe(facts, names),
        holds=not names,
        assurance=Assurance.SET,
        why="removals.some-left" if names else "removals.none-left",
        steps=(*map(_uninstall, ours), *(_remove(removal, facts.props.api) for removal in going)),
        evidence=tuple(f"package:{name}" for name in names),
        parts=tuple(Part(name, "uninstall.left-set", {}) for name in ours),
    )


def _list_off(facts: Facts) -> frozenset[str]:
    """List what is as good as removed where nothing can be: disabled for the user."""
    return (facts.switches or Switches()).disabled if facts.props.api >= KEPT_API else frozenset()


def _describe(facts: Facts, names: tuple[str, ...]) -> Message:
    """Describe what is left, with what keeps it: a role on this tablet, or the firmware in its own words."""
    refused = (facts.switches or Switches()).refused

    def tell(name: str) -> Message:
        said = refused.get(f"{CONTROL}/{name}")
        stays = verbatim(name) if said is None else message("refused", words=verbatim(name), refusal=said)
        return tell_role(facts, name) or stays

    return enumerate_messages(*map(tell, names)) if names else message("none-left")


def tell_role(facts: Facts, package: str) -> Message | None:
    """Why a package of the maker stays although the profile means it; None where nothing is in the way."""
    role = facts.in_use.get(package)
    return None if role is None else message("in-use", package=package, role=message(f"role.{role}"))


def _uninstall(package: str) -> Step:
    return Step(
        name=f"{CONTROL}/{package}",
        control=CONTROL,
        phase=Phase.RESTRICT,  # after the policy that no longer allows it in the lock, which keeps it from 12 on
        action=RunLine(("pm", "uninstall", package)),
        undo=message("undo-uninstall"),
        reference="packages document 5.2",
        source="AOSP PackageManagerShellCommand.java (uninstall), cmds/pm Pm.java (Android 5-6)",
    )


def _remove(removal: Removal, api: int) -> Step:
    """A firmware may protect a package against disabling, which is then told and ends no run."""
    place = ("--user", "0", removal.package)
    action = RunLine(("pm", "uninstall", "-k", *place))
    undo = verbatim(f"cmd package install-existing --user 0 {removal.package}")
    if api < EXISTING_API:
        undo = message("undo-reset")
    if OLD_WAY_BACK_API <= api < EXISTING_API:
        undo = message("undo-install", package=removal.package)
    if api >= KEPT_API:
        action = RunLine(("pm", "disable-user", *place), tolerant=True)
        undo = verbatim(f"pm enable --user 0 {removal.package}")
    return Step(
        name=f"{CONTROL}/{removal.package}",
        control=CONTROL,
        phase=Phase.APPS,
        action=action,
        undo=undo,
        reference="packages document 5.1 and 5.2",
        source=removal.source,
    )


SPEC = ControlSpec(
    CONTROL,
    asked_by="removals of the device profile, and apps that apps.yaml no longer has",
    is_wanted=lambda facts, want, _view: bool(want.removals or facts.orphaned),
    decide=decide,
    reads=("orphaned", "apps", "installed", "switches", "in_use", "props"),
    whys=("removals.some-left", "removals.none-left"),
    unproved="only set: nothing stops a user from installing an app again but the kiosk",
)
