"""Facts and sites out of YAML cases: what a case does not name is as in `factories`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import (
    make_app,
    make_appset,
    make_facts,
    make_installed,
    make_props,
    make_removal,
    make_site,
    make_switch,
)

from provision.appset.model import AppSet
from provision.controls.agent_view import AgentView, Finding
from provision.controls.desired import DesiredState
from provision.controls.model import Refusal
from provision.facts.apps import InstalledApp
from provision.facts.authorisation import Authorisation
from provision.facts.awake import Awake
from provision.facts.collect import Facts
from provision.facts.listener import Listener
from provision.facts.switches import Switches
from provision.facts.wifi import SavedNetwork
from provision.proofs.attempts import Tried
from provision.terms import Assurance, Control, ProofVerdict, Reason
from tests.case_files import read_cases

AGENT = make_app("org.provision.agent", label="agent", version_code=1)
FOLDER = Path(__file__).parent / "cases/controls"
Case = Mapping[str, Any]


def load_cases(*stems: str) -> list[Any]:
    """One test parameter a case and API level: (case, api)."""
    return [
        pytest.param(case, api, id=f"{stem}: {case['name']} ({api})")
        for stem in stems
        for case in read_cases(FOLDER / f"{stem}.yaml")
        for api in case.get("apis", [case.get("api")])
    ]


def build_appset(case: Case) -> AppSet:
    """Two apps; the case's `app` changes the first one's pins."""
    changes = dict(case.get("app", {}))
    changes["abis"] = frozenset(changes.get("abis", ()))
    return make_appset(make_app(**changes), make_app("org.example.visio"))


def build_want(case: Case) -> DesiredState:
    """What the case wants of a tablet."""
    agent = replace(AGENT, version_code=case.get("agent_code", 1)) if "view" in case else None
    removals = tuple(make_removal(name) for name in case.get("removals", ()))
    switches = tuple(make_switch(target) for target in case.get("switches", ()))
    site, is_tablet = make_site(**case.get("site", {})), case.get("is_tablet", True)
    return DesiredState(site, build_appset(case), is_tablet, agent, removals, switches)


def build_view(case: Case, *more: Mapping[str, Any]) -> AgentView | None:
    """What the agent shows, None for a bench without one; `findings` as `control: [assurance, differing]`."""
    if "view" not in case:
        return None
    said = dict(case["view"])
    for changes in more:
        said |= changes
    for name in ("blocker", "refusal"):
        if name in said:
            said[name] = Refusal(Reason(said[name][0]), said[name][1])
    said["too_old"] = frozenset(map(Control, said.get("too_old", ())))
    findings = said.pop("findings", {})
    if said.get("tried") is not None:
        said["tried"] = {name: Tried(ProofVerdict(word), detail) for name, (word, detail) in said["tried"].items()}
    told = {Control(name): Finding(Assurance(word), differing) for name, (word, differing) in findings.items()}
    if said.get("restrictions") is not None:
        said["restrictions"] = frozenset(said["restrictions"])
    weaker = {Control(name): Assurance(word) for name, word in said.pop("best", {}).items()}
    return AgentView(dict.fromkeys(Control, Assurance.ENFORCED) | weaker, findings=told, **said)


def build_facts(case: Case, api: int, *more: Mapping[str, Any]) -> Facts:
    """Facts of one API level with the changes of the case, then those of `more`, on top."""
    abis = case.get("abis", "arm64-v8a,armeabi-v7a,armeabi")
    low = {"ro__config__low_ram": "true"} if case.get("low_ram") else {}
    facts = make_facts(props=make_props(ro__build__version__sdk=str(api), ro__product__cpu__abilist=abis, **low))
    for changes in (case.get("facts", {}), *more):
        facts = _changed(facts, changes, build_appset(case))
    return facts


def _changed(facts: Facts, changes: Mapping[str, Any], appset: AppSet) -> Facts:
    if "left" in changes:  # package -> whether it is still the installation this bench made
        there = {name: make_installed(make_app(name)) for name, ours in changes["left"].items() if ours}
        rest = {part: values for part, values in changes.items() if part != "left"}
        facts = replace(facts, apps={**make_facts().apps, **there}, orphaned=frozenset(changes["left"]))
        return _changed(facts, rest, appset)
    return replace(facts, **{part: _build(facts, part, values, appset) for part, values in changes.items()})


def _build(facts: Facts, part: str, values: Any, appset: AppSet) -> object:  # noqa: ANN401 # as it stands in YAML
    if part == "in_use":
        return dict(values)
    if part == "installed":
        return frozenset(values)
    if part == "awake":  # a name of the image's list begins with @
        names = frozenset(name.removeprefix("@") for name in values)
        return Awake(names, names & frozenset(values))
    if part in {"authorisation", "listener"}:
        made = {"authorisation": Authorisation, "listener": Listener}[part]
        return made(**{name: tuple(one) if isinstance(one, list) else one for name, one in values.items()})
    if part == "switches":
        return Switches(**{**values, "disabled": frozenset(values.get("disabled", ()))})
    return _apps(appset, values) if part == "apps" else replace(getattr(facts, part), **_values(values))


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Saved networks are pairs in YAML."""
    if values.get("saved") is None:
        return dict(values)
    return {**values, "saved": tuple(SavedNetwork(*pair) for pair in values["saved"])}


def _apps(appset: AppSet, changes: Mapping[str, Any]) -> dict[str, InstalledApp]:
    """Every app installed right, but for those named; null is not installed; the agent only where named."""
    here = (*appset.apps, AGENT) if AGENT.package in changes else appset.apps
    return {
        app.package: make_installed(app, **changes.get(app.package, {}))
        for app in here
        if changes.get(app.package, {}) is not None
    }
