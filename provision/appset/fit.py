"""Which files of an app a tablet gets, and whether it can be installed there at all, known before any change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from provision.appset.model import App, Split
from provision.appset.releases import name_release

V2_API, V1_ENDS_API = 24, 30


class UnfitCause(StrEnum):
    """Why an app does not fit (`fit.<cause>`); the code the tablet would answer with stands beside each."""

    RELEASE_TOO_OLD = "release-too-old"  # INSTALL_FAILED_OLDER_SDK
    RELEASE_TOO_NEW = "release-too-new"  # none: the app set names no file for this release
    TARGET_TOO_LOW = "target-too-low"  # INSTALL_FAILED_DEPRECATED_SDK_VERSION
    ABI_MISSING = "abi-missing"  # INSTALL_FAILED_NO_MATCHING_ABIS
    SIGNATURE_TOO_NEW = "signature-too-new"  # INSTALL_PARSE_FAILED_NO_CERTIFICATES
    SIGNATURE_TOO_OLD = "signature-too-old"  # INSTALL_PARSE_FAILED_NO_CERTIFICATES
    NEWER_INSTALLED = "newer-installed"  # INSTALL_FAILED_VERSION_DOWNGRADE


@dataclass(frozen=True)
class Unfit:
    """One app that does not fit one tablet: what it needs and what the tablet has, both without words of a language."""

    package: str
    cause: UnfitCause
    needs: str
    has: str

    def __str__(self) -> str:
        return f"{self.package}: {self.cause}: needs {self.needs}, the tablet has {self.has}"


@dataclass(frozen=True)
class Tablet:
    """What decides which files fit.

    Attributes:
        api: API level.
        abis: `ro.product.cpu.abilist` in order of preference, which decides, and not `ro.product.cpu.abi`
            (reference, packages document 2.2).
        density: dots per inch, None where the tablet does not tell it.
    """

    api: int
    abis: Sequence[str]
    density: int | None = None


ABI_NAMES = {
    "arm64_v8a": "arm64-v8a", "armeabi_v7a": "armeabi-v7a", "armeabi": "armeabi", "x86": "x86", "x86_64": "x86_64",
}  # fmt: skip
DENSITIES = {
    "ldpi": 120, "mdpi": 160, "tvdpi": 213, "hdpi": 240, "xhdpi": 320, "xxhdpi": 480, "xxxhdpi": 640,
}  # fmt: skip
"""Android's names of densities (developer.android.com, "Support different pixel densities")."""


def choose(app: App, tablet: Tablet) -> App | Unfit:
    """The files of an app for one tablet: the first variant that fits, with the splits it needs.

    Returns:
        An app without variants, or why none of them fits (of the first one, which is the usual one).
    """
    misfits: list[Unfit] = []
    for variant in (app, *app.variants):
        misfit = unfit(variant, tablet.api, tablet.abis)
        if misfit is None:
            return replace(variant, splits=_choose_splits(variant, tablet), variants=())
        misfits.append(misfit)
    return misfits[0]


def lowest_target(api: int) -> int:
    """Lowest target SDK this release installs (reference, packages document 3.10).

    From API 35 it is 24 when a build flag is on, else 23; the stricter one is taken here. Older
    targets install there with `--bypass-low-target-sdk-block`, which this product does not use.
    """
    if api >= 35:
        return 24
    return 23 if api == 34 else 0


def unfit(app: App, api: int, abis: Sequence[str]) -> Unfit | None:
    """The first reason why one file of an app cannot be installed, None when it can."""
    return next((Unfit(app.package, *found) for found in _find_misfits(app, api, abis)), None)


def _find_misfits(app: App, api: int, abis: Sequence[str]) -> Iterator[tuple[UnfitCause, str, str]]:
    """(cause, what it needs, what the tablet has)."""
    here = name_release(api)
    if api < app.min_sdk:
        yield UnfitCause.RELEASE_TOO_OLD, name_release(app.min_sdk), here
    if app.max_sdk is not None and api > app.max_sdk:
        yield UnfitCause.RELEASE_TOO_NEW, name_release(app.max_sdk), here
    if app.target_sdk < lowest_target(api):
        yield UnfitCause.TARGET_TOO_LOW, f"target SDK {lowest_target(api)}", here
    yield from _find_signature_misfits(app, api)
    for wanted in (app.abis, _split_abis(app)):
        if wanted and wanted.isdisjoint(abis):
            yield UnfitCause.ABI_MISSING, "/".join(sorted(wanted)), "/".join(abis) or "-"


def _find_signature_misfits(app: App, api: int) -> Iterator[tuple[UnfitCause, str, str]]:
    """A signature that this release does not know yet, or no longer takes."""
    here = name_release(api)
    if api < V2_API and "v1" not in app.schemes:
        yield UnfitCause.SIGNATURE_TOO_NEW, name_release(V2_API), here
    if min(api, app.target_sdk) >= V1_ENDS_API and app.schemes == {"v1"}:
        yield UnfitCause.SIGNATURE_TOO_OLD, "v2", here


def _qualifier(split: Split) -> str:
    """`xhdpi` of `config.xhdpi` and of `maps.config.xhdpi`; empty for what is no configuration split."""
    before, config, qualifier = split.name.rpartition("config.")
    return qualifier if config and (not before or before.endswith(".")) else ""


def _split_abis(app: App) -> frozenset[str]:
    return frozenset(ABI_NAMES[name] for split in app.splits if (name := _qualifier(split)) in ABI_NAMES)


def _choose_splits(app: App, tablet: Tablet) -> tuple[Split, ...]:
    """The splits for one ABI and one density, and all others: languages and features are few and the site's choice."""
    abi = next((abi for abi in tablet.abis if abi in _split_abis(app)), None)
    density = _choose_density(app, tablet.density)

    def fits(split: Split) -> bool:
        name = _qualifier(split)
        if name in ABI_NAMES:
            return ABI_NAMES[name] == abi
        return density is None or name not in DENSITIES or DENSITIES[name] == density

    return tuple(filter(fits, app.splits))


def _list_densities(app: App) -> list[int]:
    """The densities it has a split for, the lowest first."""
    return sorted(DENSITIES[name] for split in app.splits if (name := _qualifier(split)) in DENSITIES)


def _choose_density(app: App, density: int | None) -> int | None:
    """The lowest density that is no less than the screen's, else the highest; None takes them all."""
    there = _list_densities(app)
    if density is None or not there:
        return None
    return next((each for each in there if each >= density), there[-1])
