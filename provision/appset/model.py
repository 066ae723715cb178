"""The app set as the rest of the product sees it: pinned apps whose files were checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from provision.appset.access import SpecialAccess
from provision.appset.grants import Grant, make_grant
from provision.appset.traits import Traits

Setting: TypeAlias = "str | int | bool | tuple[str, ...]"
"""A value of an app's managed configuration (Android: RestrictionEntry)."""


RUNTIME_PERMISSIONS_API = 23
"""The first target level whose permissions are asked for at run time."""


@dataclass(frozen=True)
class ApkFile:
    """One APK file: where it lies, its size in bytes and its SHA-256 in lower-case hexadecimal."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Split(ApkFile):
    """One split of an app, installed with its base in one session.

    Attributes:
        name: of the split, as its manifest has it: `config.arm64_v8a`, `config.xhdpi`, `config.fr`, `maps`.
        traits: what decides whether it is installed.
    """

    name: str
    traits: Traits = field(default_factory=Traits)


@dataclass(frozen=True)
class App:
    """One app, its files proved equal to their pins when the set was loaded.

    Attributes:
        package: Android package name.
        label: what people call it.
        version_code, version_name: as the manifest has them.
        path: the base APK.
        size: of the base APK in bytes.
        sha256: digest of the whole base APK, lower-case hexadecimal.
        signer: SHA-256 of the signer's certificate (DER), lower-case hexadecimal.
        min_sdk: lowest API level it installs on.
        target_sdk: API level it was made for; Android 14 refuses low ones (packages document 3.10).
        abis: ABIs its native libraries are for; empty: it has none and runs everywhere.
        max_sdk: highest API level this file is meant for, None for all later ones.
        schemes: signature schemes that hold (`v1`, `v2`, `v3`, `v3.1`).
        splits: further APKs; which of them a tablet gets is `fit`'s business.
        grants: runtime permissions it is given (API 23 and later).
        special_access: app ops it is allowed (API 23 and later).
        calls: whether it takes calls, so that battery saving must leave it alone.
        labels: what patients call it, by language.
        configuration: managed configuration for the owner to deliver, by key.
        variants: other files of the same app for other tablets, tried in order after this one.
        traits: what else of the base APK decides whether it is installed.
        permissions: that it asks for.
        ends: of permissions that it asks for up to one release only: that release.
        checksum: of the signer's certificate as Android prints it; empty where the file is signed by v1 only, or by
            another one for earlier releases.
        takes_configuration: it says that it reads managed configuration.
        unsigned_on: releases that find no signature of it that they take, though they know one of its schemes.
    """

    package: str
    label: str
    version_code: int
    version_name: str
    path: Path
    size: int
    sha256: str
    signer: str
    min_sdk: int
    target_sdk: int
    abis: frozenset[str] = frozenset()
    max_sdk: int | None = None
    schemes: frozenset[str] = frozenset({"v1", "v2"})
    splits: tuple[Split, ...] = ()
    grants: tuple[str, ...] = ()
    special_access: tuple[SpecialAccess, ...] = ()
    calls: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Setting] = field(default_factory=dict)
    variants: tuple[App, ...] = ()
    traits: Traits = field(default_factory=Traits)
    permissions: frozenset[str] = frozenset()
    ends: Mapping[str, int] = field(default_factory=dict)
    checksum: str = ""
    takes_configuration: bool = False
    unsigned_on: frozenset[int] = frozenset()

    @property
    def files(self) -> tuple[tuple[str, ApkFile], ...]:
        """Name in an install session -> file, the base first (packages document 3.3)."""
        base = ("base.apk", ApkFile(self.path, self.size, self.sha256))
        return (base, *((f"split_{split.name}.apk", split) for split in self.splits))

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        """Its grants with the releases they are for."""
        return tuple(make_grant(name, self.ends) for name in self.grants)

    def grants_on(self, api: int) -> tuple[str, ...]:
        """The grants that one release has to give."""
        return tuple(grant.name for grant in self.all_grants if grant.is_on(api))

    @property
    def all_traits(self) -> tuple[Traits, ...]:
        """Traits of each of its files, the base first."""
        return (self.traits, *(split.traits for split in self.splits))

    @property
    def total(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for _, file in self.files)


@dataclass(frozen=True)
class AppSet:
    """All apps in the order of `apps.yaml`.

    Attributes:
        digest: SHA-256 over the pins of all apps in canonical JSON; paths, labels and comments do
            not change it. Records name the app set by it.
        content: those bytes.
    """

    apps: tuple[App, ...]
    digest: str
    content: bytes = field(default=b"", repr=False)

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """What patients call the apps: package -> language -> name."""
        return {app.package: app.labels for app in self.apps if app.labels}

    @property
    def configurations(self) -> Mapping[str, Mapping[str, Setting]]:
        """Managed configuration by package, placeholders as written; only a device owner can deliver it."""
        return {app.package: app.configuration for app in self.apps if app.configuration}

    @property
    def grants(self) -> Mapping[str, tuple[Grant, ...]]:
        """Runtime permissions by package; the shell grants them, and an owner fixes them as well."""
        return {app.package: app.all_grants for app in self.apps if app.grants}

    @property
    def call_apps(self) -> tuple[str, ...]:
        """Packages that take calls."""
        return tuple(app.package for app in self.apps if app.calls)

    @property
    def legacy(self) -> frozenset[str]:
        """Packages made for releases before 6.0: their permissions come with the installation."""
        return frozenset(app.package for app in self.apps if app.target_sdk < RUNTIME_PERMISSIONS_API)
