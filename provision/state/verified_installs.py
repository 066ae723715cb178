"""Bytes this bench verified before: what was read of an installed app stands until Android changes the app.

A digest is remembered under everything Android changes with a package (packages document 4.1-4.4): installation,
package, version, path of base and splits, time of the last update, checksum of the signers where the release prints
one that outlives a boot. Any difference or missing value means one more pull, never a guess.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from provision.appset.model import App
from provision.controls.apps_present import is_installed_right
from provision.errors import HomeError
from provision.facts.apps import InstalledApp, Witness
from provision.facts.collect import Facts
from provision.identity.which import digest_installation

if TYPE_CHECKING:
    from provision.state.sql.verified_install_store import VerifiedInstallStore

STEADY_SIGNATURES_API = 24
"""Before, the print holds an object's identity, another one at each boot (packages document 4.4)."""

OLDEST_YEAR = "2015"
"""A tablet whose clock is before the first Android served starts it anew at each boot: its times name nothing."""

_PLACE = "/data/app/"
"""What an installation wrote; files of the system image keep path and time over a system update."""


@dataclass(frozen=True)
class VerifiedInstall:
    """An installed app whose bytes were proved.

    Attributes:
        key: names the very installation of the app that was read, `name_installed`.
        sha256: of the base APK. splits: of each split, by name.
        run: in which the bytes were read.
        ours: this bench installed it; false where it was found on the tablet, however right its bytes.
        witness: who read them; None where nobody kept that.
    """

    key: str
    sha256: str
    splits: Mapping[str, str]
    run: str
    ours: bool = False
    witness: Witness | None = None


def name_installed(facts: Facts, package: str) -> str | None:
    """A digest of everything Android changes when a package changes; None where that cannot be told."""
    app, installation = facts.apps[package], digest_installation(facts.setup.android_id)
    paths = (app.path, *app.split_paths.values())
    if installation is None or app.updated is None or app.updated[:4] < OLDEST_YEAR:
        return None
    if not all(path.startswith(_PLACE) for path in paths):
        return None
    signatures = app.signatures if facts.props.api >= STEADY_SIGNATURES_API else None
    said = [installation, package, app.version_code, app.path, sorted(app.split_paths.items()), app.updated, signatures]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True)
class InstallMemory:
    """Memory of one tablet: verified apps by package, and packages whose installation did not end."""

    known: Mapping[str, VerifiedInstall] = field(default_factory=dict)
    begun: Set[str] = frozenset()


class OrphanedApps:
    """Which apps of a tablet this bench installed before, although the app set no longer has them.

    Only the very installation that a pull proved after this bench made it is ours: an app that Android or a person
    installed before or since, one of the system image, one whose time Android does not print, and the owner of the
    device are never meant.

    Args:
        packages: of which this bench made an installation.
        knows: whether an installation of a package, by its name (`name_installed`), is one of those.
    """

    def __init__(self, packages: Collection[str] = (), knows: Callable[[str, str], bool] = lambda *_: False) -> None:
        self._packages = frozenset(packages)
        self._knows = knows

    def names(self, wanted: Collection[str]) -> tuple[str, ...]:
        """List packages to ask the tablet about, beside those that are wanted."""
        return tuple(sorted(self._packages - set(wanted)))

    def sort_out(self, facts: Facts, wanted: Collection[str]) -> Facts:
        """Return the same facts with what was asked about (`left`); of it, `apps` keeps only installations of ours."""
        asked = frozenset(self.names(wanted))
        apps = {name: app for name, app in facts.apps.items() if name not in asked or self._is_ours(facts, name)}
        return replace(facts, apps=apps, orphaned=asked)

    def _is_ours(self, facts: Facts, package: str) -> bool:
        key = name_installed(facts, package)
        owned = not facts.owner.known or facts.owner.package == package
        return not owned and key is not None and self._knows(package, key)


class VerifiedInstalls:
    """The verified apps of one tablet during one run.

    Args:
        store: where they are kept.
        asset: the tablet.
        run: the run that reads, and proves what it does not find.
        pulled_only: whether what an earlier run believed a digest for counts as nothing known.
    """

    def __init__(self, store: VerifiedInstallStore, asset: str, run: str, *, pulled_only: bool = False) -> None:
        self._store, self._asset, self._run, self._pulled_only = store, asset, run, pulled_only
        found = store.load(asset)
        self._known, self._begun = dict(found.known), set(found.begun)

    def recall(self, facts: Facts) -> Facts:
        """The same facts with the digests of each app that is still the installation once proved."""
        return replace(facts, apps={name: self._recall_one(facts, name) for name in facts.apps})

    def _recall_one(self, facts: Facts, package: str) -> InstalledApp:
        app, known = facts.apps[package], self._known.get(package)
        if known is None or known.key != name_installed(facts, package) or set(known.splits) != set(app.split_paths):
            return app
        before = None if known.run == self._run else known.run
        if before is not None and self._pulled_only and known.witness is not Witness.PULLED:
            return app
        return replace(app, sha256=known.sha256, splits=known.splits, witness=known.witness, proved_in=before)

    def note(self, facts: Facts, apps: Iterable[App]) -> None:
        """Remember what this run read and found to be the pinned bytes.

        A memory that cannot be written is no failure: the next run pulls again.
        """
        fresh = {app.package: proved for app in apps if (proved := self._verify(facts, app)) is not None}
        changed = {name: proved for name, proved in fresh.items() if self._known.get(name) != proved}
        gone = self._known.keys() & (facts.orphaned - facts.apps.keys())
        if not changed and not gone:
            return
        self._known |= changed
        self._begun -= changed.keys()
        for name in gone:
            del self._known[name]
        self._save()

    def _save(self) -> None:
        with suppress(HomeError):
            self._store.save(self._asset, InstallMemory(self._known, frozenset(self._begun)))

    def _verify(self, facts: Facts, app: App) -> VerifiedInstall | None:
        """Tell what is now known of an app whose bytes were read in this run and are the wanted ones."""
        found = facts.apps.get(app.package)
        if found is None or found.proved_in is not None or not is_installed_right(found, app):
            return None
        key = name_installed(facts, app.package)
        splits = {split.name: split.sha256 for split in app.splits}
        before = self._known.get(app.package)
        ours = app.package in self._begun or (before is not None and before.ours and before.key == key)
        return None if key is None else VerifiedInstall(key, app.sha256, splits, self._run, ours, found.witness)

    def forget(self, package: str) -> None:
        """This package is about to be installed: only a pull after it counts, and what it finds is this bench's.

        On disk before this returns, so that a run that is lost after the installation does not hide whose it is.
        """
        if package not in self._begun:
            self._begun.add(package)
            self._save()
        self._known.pop(package, None)
