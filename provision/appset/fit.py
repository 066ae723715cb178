"""Which files of an app a tablet gets, and whether it can be installed there at all, known before any change."""

from __future__ import annotations

from dataclasses import replace

from provision.appset.model import App, Split
from provision.appset.rules import ABI_NAMES, Tablet, Unfit, find_unfit, qualifier_of, split_abis

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
        misfit = find_unfit(variant, tablet)
        chosen = replace(variant, splits=_choose_splits(variant, tablet), variants=())
        misfit = misfit or find_unfit(chosen, tablet)
        if misfit is None:
            return chosen
        misfits.append(misfit)
    return misfits[0]


def _choose_splits(app: App, tablet: Tablet) -> tuple[Split, ...]:
    """The splits for one ABI and one density, and all others: languages and features are few and the site's choice."""
    abi = next((abi for abi in tablet.abis if abi in split_abis(app)), None)
    density = _choose_density(app, tablet.density)

    def fits(split: Split) -> bool:
        name = qualifier_of(split.name)
        if name in ABI_NAMES:
            return ABI_NAMES[name] == abi
        return density is None or name not in DENSITIES or DENSITIES[name] == density

    return tuple(filter(fits, app.splits))


def _list_densities(app: App) -> list[int]:
    """The densities it has a split for, the lowest first."""
    return sorted(DENSITIES[name] for split in app.splits if (name := qualifier_of(split.name)) in DENSITIES)


def _choose_density(app: App, density: int | None) -> int | None:
    """The lowest density that is no less than the screen's, else the highest; None takes them all."""
    there = _list_densities(app)
    if density is None or not there:
        return None
    return next((each for each in there if each >= density), there[-1])
