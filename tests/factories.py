"""Default values of the pure core, for tests that change one thing at a time; plain functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from provision.appset.model import App, AppSet
from provision.facts.apps import InstalledApp
from provision.facts.battery import Battery
from provision.facts.clock import Clock
from provision.facts.collect import Facts
from provision.facts.location import Location
from provision.facts.owner import Owner
from provision.facts.people import People
from provision.facts.props import Props
from provision.facts.screen import Screen
from provision.facts.setup import Setup
from provision.facts.storage import Storage
from provision.facts.wifi import SavedNetwork, Wifi
from provision.polling import Pace
from provision.profiles.schema import Mark, Removal, Safety, Setting, SettingsTable, Switch, Text
from provision.records.run_end import RunEnd
from provision.site.model import Site
from provision.terms import Outcome, Reason, Road
from provision.texts.message import NOTHING

DIGESTS = {"org.example.chat": "c" * 64, "org.example.visio": "d" * 64}
PROPS = {
    "ro.build.characteristics": "tablet",
    "ro.build.version.release": "11",
    "ro.build.version.sdk": "30",
    "ro.product.cpu.abilist": "arm64-v8a,armeabi-v7a,armeabi",
    "ro.product.device": "gta4lwifi",
    "ro.product.manufacturer": "samsung",
    "ro.product.model": "SM-T500",
    "ro.serialno": "R52N000000",
    "sys.boot_completed": "1",
}
SITE: dict[str, Any] = {
    "name": "Test",
    "language": "fr",
    "wifi": {"ssid": "HOPITAL", "security": "wpa2", "passphrase": {"file": "secrets/wifi"}},
    "clock": {"zone": "Europe/Paris"},
    "kiosk": {"lock_task": False, "hotline": "12 34"},
}


def make_props(**changes: str) -> Props:
    """Properties of an Android 11 tablet; `__` in a name stands for a dot."""
    return Props(PROPS | {name.replace("__", "."): value for name, value in changes.items()})


def make_app(package: str = "org.example.chat", **changes: object) -> App:
    """One pinned app without native libraries."""
    app = App(
        package=package,
        label=package.rpartition(".")[2],
        version_code=2,
        version_name="2.0",
        path=Path(f"{package}.apk"),
        size=3,
        sha256=DIGESTS.get(package, "e" * 64),
        signer="f" * 64,
        min_sdk=21,
        target_sdk=33,
    )
    return replace(app, **changes)


def make_removal(package: str) -> Removal:
    """A package of the maker that a profile removes."""
    return Removal(package=package, safety=Safety.SAFE, why="a game", source="here")


def make_switch(target: str) -> Switch:
    """A switch of the maker's system: `TABLE KEY=NUMBER`, or a package that is disabled."""
    name, _, value = target.partition("=")
    table, _, key = name.partition(" ")
    setting = Setting(table=SettingsTable(table), key=key, value=int(value)) if key else None
    told = Text(en="because", fr="parce que")
    return Switch(
        id="a-switch",
        setting=setting,
        disable=None if setting else target,
        min_api=24,
        why=told,
        breaks=told,
        mark=Mark.REPORTED,
        source="here",
    )


def make_appset(*apps: App) -> AppSet:
    """An app set of two apps, or of those given."""
    return AppSet(apps or (make_app(), make_app("org.example.visio")), "a" * 64)


def make_installed(app: App, **changes: object) -> InstalledApp:
    """The app as a tablet shows it when it is installed right."""
    found = InstalledApp(app.version_code, f"/data/app/{app.package}-1/base.apk", usable=True, sha256=app.sha256)
    return replace(found, **changes)


def make_wifi(**changes: object) -> Wifi:
    """Joined to the hospital by shell verbs, nothing else saved."""
    saved = (SavedNetwork(0, "HOPITAL"),)
    return replace(Wifi(True, "HOPITAL", saved, True, ("Wifi is enabled", "Wifi is connected")), **changes)  # noqa: FBT003 # radio_on, shell_joins


def make_facts(**changes: object) -> Facts:
    """A finished Android 11 tablet: every control of `make_site` holds."""
    facts = Facts(
        props=make_props(),
        setup=Setup(complete=True, android_id="9774d56d682e549c"),
        battery=Battery(80),
        storage=Storage(20_000_000_000),
        people=People(users=1, accounts=0, files=0),
        owner=Owner(None, known=True),
        apps={app.package: make_installed(app) for app in make_appset().apps},
        location=Location(on=True, source="settings get secure location_mode: 3"),
        wifi=make_wifi(),
        screen=Screen(1_800_000),
        clock=Clock("Europe/Paris"),
    )
    return replace(facts, **changes)


def make_site(**changes: object) -> Site:
    """A site that removes other networks and asks for no kiosk; `changes` are whole sections."""
    return _checked(json.dumps(SITE | changes))


@cache
def _checked(text: str) -> Site:
    return Site.model_validate_json(text)  # checking its zone reads the whole time zone database


def make_end(
    slot: str = "1", outcome: Outcome = Outcome.DONE, reason: Reason | None = None, **changes: object
) -> RunEnd:
    """The end of a run of slot 1, with its record."""
    end = RunEnd(
        slot=slot,
        asset_id=f"A-{slot}",
        api=30,
        model="SM-T500",
        title="samsung SM-T500",
        profile="samsung/gta4lwifi",
        road=Road.SHELL,
        outcome=outcome,
        reason=reason,
        detail=NOTHING,
        changes=(),
        deviations=(),
        unmet=(),
        record="A-1.intoto.jsonl",
        seconds=1.0,
    )
    return replace(end, **changes)


@dataclass
class Time:
    """A clock that goes forward when somebody waits; what is due by then happens first.

    Attributes:
        passed: seconds so far.
        due: what happens after so many seconds.
    """

    passed: float = 0.0
    due: dict[float, Callable[[], object]] = field(default_factory=dict)

    @property
    def pace(self) -> Pace:
        """The same for the product."""
        return Pace(lambda: self.passed, self.wait)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += seconds
        for at in [at for at in sorted(self.due) if at <= self.passed]:
            self.due.pop(at)()
