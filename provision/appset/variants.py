"""Which pinned files of an app new files take the place of.

A base replaces the variant whose file is for the same processors; among several, the one for the same lowest
release; among several still, a person says which. A split replaces the one of its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provision.appset.app_fault import refuse
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.pins import Bundle, Pins
from provision.appset.signing.faults import ApkCause, ApkError
from provision.config.nodes import KeyPath


@dataclass(frozen=True)
class Variant:
    """One pinned base with its splits, as `apps.yaml` has it now.

    Attributes:
        path: of its mapping; the app's own in the short form.
        number: 1 for the first, as people count.
        own: its mapping.
        version: its version code, its own or the app's.
        min_sdk: likewise.
        abis: of the pinned file; None where that cannot be read any more.
        splits: name of each pinned split, None where its file cannot be read any more.
    """

    path: KeyPath
    number: int
    own: Mapping[str, Any]
    version: int
    min_sdk: int
    abis: frozenset[str] | None
    splits: tuple[str | None, ...]

    def __str__(self) -> str:
        return f"--variant {self.number}: {self.own['file']} ({name_abis(self.abis)}, API {self.min_sdk} on)"


def name_abis(abis: frozenset[str] | None) -> str:
    """The processors of a file in a few words."""
    if abis is None:
        return "a file that is gone"
    return ", ".join(sorted(abis)) or "every processor"


def list_variants(entry: Mapping[str, Any], place: KeyPath, folder: Path) -> tuple[Variant, ...]:
    """Every variant of an app that was checked by the schema; the one file of the short form as the first."""
    many = entry.get("variants")
    owns = [((*place, "variants", index), own) for index, own in enumerate(many)] if many else [(place, entry)]
    return tuple(_read(entry, path, number, own, folder) for number, (path, own) in enumerate(owns, 1))


def _read(entry: Mapping[str, Any], path: KeyPath, number: int, own: Mapping[str, Any], folder: Path) -> Variant:
    pinned = _look(folder / own["file"])
    splits = [_look(folder / split["file"]) for split in own.get("splits", [])]
    return Variant(
        path, number, own,
        own.get("version_code", entry["version_code"]),
        own.get("min_sdk", entry["min_sdk"]),
        None if pinned is None else pinned.abis,
        tuple(None if split is None else split.split for split in splits),
    )  # fmt: skip


def _look(apk: Path) -> Manifest | None:
    """The manifest of a pinned file; people often delete or overwrite the old file before they pin the new one."""
    try:
        return read_manifest(apk)
    except (ApkError, OSError):
        return None


def choose_variant(file: Path, bundle: Bundle, variants: Sequence[Variant], number: int | None) -> Variant:
    """The variant a bundle takes the place of.

    Args:
        file: `apps.yaml`, for the fault.
        bundle: the new files.
        variants: of the app.
        number: the one a person named.

    Raises:
        ConfigurationError: there is none of that number, or it is not clear which one is meant.
    """
    if number is not None:
        named = [each for each in variants if each.number == number]
        if not named:
            raise refuse(file, f"a variant from 1 to {len(variants)}", str(number))
        return named[0]
    fits = _match_base(bundle.base, variants) if bundle.base else _match_splits(bundle.splits, variants)
    if len(fits) == 1:
        return fits[0]
    first = bundle.first
    what = f"{first.apk.name} ({first.split or name_abis(first.abis)}, API {first.values['min_sdk']} on)"
    asks = "say which one it takes the place of: " + "; ".join(map(str, fits or variants))
    raise refuse(file, "one pinned file that it is the successor of", what, ApkCause.UNCLEAR, asks)


def _match_base(base: Pins, variants: Sequence[Variant]) -> list[Variant]:
    fits = [each for each in variants if each.abis == base.abis]
    fits = fits or [each for each in variants if _covers(base.abis, each.abis)]
    return _narrow(fits, [each for each in fits if each.min_sdk == base.values["min_sdk"]])


def _narrow(fits: list[Variant], alike: list[Variant]) -> list[Variant]:
    """Those of several that are more alike, where some are."""
    return alike if len(fits) > 1 and alike else fits


def _covers(new: frozenset[str], old: frozenset[str] | None) -> bool:
    """Tell whether every tablet that could run the old file can run the new one."""
    return not new or old is None or (bool(old) and new >= old)


def _match_splits(splits: Sequence[Pins], variants: Sequence[Variant]) -> list[Variant]:
    """Splits alone belong to a base of their own version that stays."""
    names = {each.split for each in splits}
    fits = [each for each in variants if each.version == splits[0].version]
    return _narrow(fits, [each for each in fits if names <= set(each.splits)])
