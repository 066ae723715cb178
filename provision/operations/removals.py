"""Packages of the maker that are removed for the user of the tablet; the system image keeps them."""

from __future__ import annotations

from provision.appset.model import AppSet
from provision.facts.collect import Facts
from provision.operations.model import Decision, RunLine, Step
from provision.profiles.schema import Removal
from provision.terms import Assurance, Control, Phase

CONTROL = Control.APPS_REMOVED


def decide(facts: Facts, removals: tuple[Removal, ...], appset: AppSet) -> Decision:
    """One step a package that is still there; uid 2000 may on every release (packages document 5.1).

    Data is kept (`-k`), so that the way back leaves nothing missing. A package that is not on this tablet is
    as good as removed; one that the app set installs stays, whatever the profile says.
    """
    there = (facts.installed or frozenset()) - {app.package for app in appset.apps}
    left = tuple(removal for removal in removals if removal.package in there)
    return Decision(
        control=CONTROL,
        wanted="none left",
        observed=", ".join(removal.package for removal in left) or "none left",
        holds=not left,
        assurance=Assurance.SET,
        why="removals.some-left" if left else "removals.none-left",
        steps=tuple(map(_remove, left)),
        evidence=tuple(f"package:{removal.package}" for removal in left),
    )


def _remove(removal: Removal) -> Step:
    return Step(
        name=f"{CONTROL}/{removal.package}",
        control=CONTROL,
        phase=Phase.APPS,
        action=RunLine(("pm", "uninstall", "-k", "--user", "0", removal.package)),
        undo=f"cmd package install-existing --user 0 {removal.package}",
        reference="packages document 5.1 and 5.2",
        source=removal.source,
    )
