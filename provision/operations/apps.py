"""The app set: every app in its pinned version, its bytes proved by reading them back."""

from __future__ import annotations

from collections.abc import Mapping

from provision.appset.fit import unfit
from provision.appset.model import App, AppSet
from provision.facts.apps import InstalledApp
from provision.facts.collect import Facts
from provision.operations.model import Decision, InstallApp, Step
from provision.terms import Assurance, Control, Phase, Reason

SESSIONS_API = 24
CONTROL = Control.APPS_PRESENT


def decide(facts: Facts, appset: AppSet) -> Decision:
    """Install what is missing, older, unusable, or whose bytes are not the pinned ones.

    Plain shell gives `set`: a user can uninstall an app again; only an owner prevents it.
    """
    wrong = tuple(app for app in appset.apps if not is_right(facts.apps.get(app.package), app))
    obstacle = find_obstacle(facts, wrong)
    blocked = None if obstacle is None else Reason.APP_UNFIT
    packages = {app.package for app in appset.apps}
    return Decision(
        control=CONTROL,
        wanted=_list(appset.apps),
        observed=_observe(facts.apps, appset),
        holds=not wrong,
        assurance=Assurance.SET if blocked is None else Assurance.UNSUPPORTED,
        why="apps.all-present" if not wrong else "apps.unfit" if blocked else "apps.some-missing",
        steps=() if blocked else tuple(install(app, facts.props.api) for app in wrong),
        blocked=blocked,
        detail=obstacle or "",
        evidence=tuple(_evidence(name, app) for name, app in sorted(facts.apps.items()) if name in packages),
    )


def is_right(found: InstalledApp | None, app: App) -> bool:
    """Installed for user 0, usable, in the pinned version and with the pinned bytes."""
    return found is not None and found.usable and found.version_code == app.version_code and found.sha256 == app.sha256


def find_obstacle(facts: Facts, wrong: tuple[App, ...]) -> str | None:
    """The first app that cannot be installed here, and why.

    A downgrade loses data and is refused on many releases (packages document 3.9): never tried.
    """
    for app in wrong:
        found = facts.apps.get(app.package)
        misfit = unfit(app, facts.props.api, facts.props.abis)
        if misfit is not None:
            return str(misfit)
        if found is not None and found.version_code > app.version_code:
            return f"{app.package}: version {found.version_code} is installed, newer than {app.version_code}"
    return None


def install(app: App, api: int, control: Control = CONTROL, phase: Phase = Phase.APPS) -> Step:
    """The step that installs or updates one app."""
    return Step(
        name=f"{control}/{app.package}",
        control=control,
        phase=phase,
        action=InstallApp(app, sessions=api >= SESSIONS_API),
        undo=f"pm uninstall {app.package}",
        reference="packages document 3.3, 3.4",
        source="AOSP PackageManagerShellCommand.java (sessions), cmds/pm Pm.java (Android 5-6)",
    )


def _list(apps: tuple[App, ...]) -> str:
    return ", ".join(f"{app.package} {app.version_code}" for app in apps)


def _observe(found: Mapping[str, InstalledApp], appset: AppSet) -> str:
    return ", ".join(_describe(app, found.get(app.package)) for app in appset.apps)


def _describe(app: App, found: InstalledApp | None) -> str:
    if found is None:
        return f"{app.package} absent"
    if not found.usable:
        return f"{app.package} {found.version_code} disabled"
    if found.version_code == app.version_code and found.sha256 != app.sha256:
        return f"{app.package} {found.version_code} with other bytes"
    return f"{app.package} {found.version_code}"


def _evidence(name: str, app: InstalledApp) -> str:
    return f"{name} versionCode={app.version_code} usable={str(app.usable).lower()} sha256={app.sha256 or '-'}"
