"""Changing `apps.yaml` by program: single values are replaced or added, so that every comment stays.

The result is loaded and checked against its APKs before it takes the place of the old file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from provision.appset.app_fault import AppFault, refuse
from provision.appset.load import load_appset
from provision.appset.model import AppSet
from provision.appset.pins import MANIFEST_KEYS, Bundle, Pins, check_apart, group
from provision.appset.remarks import look_of
from provision.appset.repin import Change, Update
from provision.appset.schema import AppsFile
from provision.appset.signing.faults import ApkCause
from provision.appset.variants import Variant, choose_variant, list_variants
from provision.config.edit import Edit, put_in_place, write_block
from provision.config.nodes import Document, KeyPath, parse
from provision.config.source import check
from provision.errors import ConfigurationFault

_TOP = ("package", "label", "version_code", "version_name")
_FILE = ("file", "sha256", "size")


@dataclass(frozen=True)
class Choice:
    """A person's decision about an update.

    Attributes:
        accept_signer: another signer than the pinned one is right.
        variant: number of the variant that is meant, None to find it by its processors and releases.
        drop_splits: splits that are pinned and not named leave the set.
    """

    accept_signer: bool = False
    variant: int | None = None
    drop_splits: bool = False


def add_app(file: Path, pins: Sequence[Pins], label: str) -> AppSet:
    """Append one app to `apps.yaml`: one file, a base with splits, or variants; a missing file is made.

    Raises:
        ConfigurationError: the package is in it already, files are missing, or the file would be wrong.
            It is as it was.
    """
    bundles = group(pins)
    for bundle in bundles:
        _check_whole(file, bundle)
    check_apart(bundles)
    if not file.exists():
        return _replace(file, "".join(("apps:\n", *_write_item(_write_rows(bundles, label), "  "))))
    document = parse(file)
    if _find(document, pins[0].package) is not None:
        hint = "`provision apps update` changes it"
        raise refuse(file, "an app that is not in the set", pins[0].package, hint=hint)
    _check_label(file, document, label)
    edit = _open_block(file, document)
    edit.append_last(("apps",), _write_rows(bundles, label))
    return _replace(file, edit.text)


def _open_block(file: Path, document: Document) -> Edit:
    """The file, whose list has each app on lines of its own."""
    edit = Edit(file)
    if "apps" not in document.data:
        raise refuse(file, "the key `apps`", "another mapping")
    if edit.is_in_line(()) or edit.is_in_line(("apps",)):
        hint = "write each app on lines of its own, the first with `- ` before it"
        raise refuse(file, "a list without brackets", "a list in brackets", hint=hint)
    return edit


def update_app(file: Path, pins: Sequence[Pins], choice: Choice) -> tuple[AppSet, tuple[Change, ...]]:
    """Pin other files for an app of the set: all of them, or nothing.

    Returns:
        The new set, and every value that changed.

    Raises:
        ConfigurationError: no such app, a lower version, another signer that was not accepted, splits that are
            missing, files whose place is not clear, or the file would be wrong. It is as it was.
    """
    bundles = group(pins)
    document = parse(file)
    check(document, AppsFile)
    place = _find(document, pins[0].package)
    if place is None:
        raise refuse(file, "an app of the set", pins[0].package, hint="`provision apps add` adds it")
    entry = _read(document, place)
    _check_signer(file, entry, pins[0], choice)
    variants = list_variants(entry, place, file.parent)
    pairs = [(choose_variant(file, bundle, variants, choice.variant), bundle) for bundle in bundles]
    _check_pairs(file, pairs)
    update = Update(Edit(file), place, entry)
    for variant, bundle in pairs:
        _check_version(file, variant, bundle)
        update.replace_files(variant, bundle, _find_left(file, variant, bundle, choice))
    update.pin_manifests(variants, {each.path: bundle.base for each, bundle in pairs if bundle.base is not None})
    if str(entry["signer"]) != pins[0].values["signer"]:
        update.set((*place, "signer"), pins[0].values["signer"])
    return _replace(file, update.edit.text), tuple(update.changes)


def _check_label(file: Path, document: Document, label: str) -> None:
    """Technicians know apps by their labels: boards, plans and messages name nothing else."""
    apps = document.data.get("apps")
    for entry in apps if isinstance(apps, list) else []:
        if isinstance(entry, dict) and look_of(str(entry.get("label"))) == look_of(label):
            got = f"{label}, the label of {entry.get('package')}"
            raise refuse(file, "a label of its own", got, ApkCause.LABEL_TAKEN, "--label gives it another one")


def _check_whole(file: Path, bundle: Bundle) -> None:
    """Tell whether a tablet could be given these files and no others."""
    if bundle.base is None:
        got = f"only splits ({bundle.first.apk.name})"
        raise refuse(file, "a base APK", got, ApkCause.SPLIT_MISSING, "name all files of the app in one call")
    if bundle.base.needs_splits and not bundle.splits:
        got = f"{bundle.base.apk.name}, which is one of several files of an app"
        raise refuse(file, "every file", got, ApkCause.SPLIT_MISSING, "name all files of the app in one call")


def _check_signer(file: Path, entry: Mapping[str, Any], pins: Pins, choice: Choice) -> None:
    pinned, signer = str(entry.get("signer")), str(pins.values["signer"])
    if signer != pinned and pinned not in pins.lineage and not choice.accept_signer:
        hint = "tablets that have the old one must be reset; --accept-signer takes it all the same"
        raise refuse(file, f"the pinned signer {pinned}", signer, ApkCause.OTHER_SIGNER, hint)


def _check_pairs(file: Path, pairs: Sequence[tuple[Variant, Bundle]]) -> None:
    """No two new files for one pinned one."""
    taken: dict[KeyPath, Bundle] = {}
    for variant, bundle in pairs:
        if variant.path in taken:
            names = f"{taken[variant.path].first.apk.name} and {bundle.first.apk.name}"
            hint = f"name one of them; {variant}"
            raise refuse(file, "one file for each pinned one", names, ApkCause.UNCLEAR, hint)
        taken[variant.path] = bundle


def _check_version(file: Path, variant: Variant, bundle: Bundle) -> None:
    """A version never goes down: Android refuses it on most releases (packages document 3.9)."""
    version = bundle.first.version
    if version < variant.version:
        hint = (
            "tablets that have the newer one refuse it unless they are reset; "
            "if it is wanted, remove the entry and add the older file"
        )
        raise refuse(file, f"version {variant.version} or later", str(version), ApkCause.OLDER_VERSION, hint)
    if bundle.base is None and version != variant.version:
        got = f"splits of version {version} without it"
        hint = "name all files of the release in one call"
        raise refuse(file, f"the base of version {version}", got, ApkCause.SPLIT_MISSING, hint)


def _find_left(file: Path, variant: Variant, bundle: Bundle, choice: Choice) -> tuple[int, ...]:
    """Numbers of the pinned splits that have no successor; a new version takes none of the old ones along."""
    if bundle.base is None:
        return ()
    named = {each.split for each in bundle.splits}
    left = tuple(number for number, name in enumerate(variant.splits) if name not in named)
    if choice.drop_splits:
        return left
    if left and bundle.base.version != variant.version:
        names = ", ".join(variant.splits[number] or str(variant.own["splits"][number]["file"]) for number in left)
        hint = "name all files of the release in one call; --drop-splits when it has these no longer"
        expected = f"the splits of version {bundle.base.version}"
        raise refuse(file, expected, f"none for {names}", ApkCause.SPLIT_MISSING, hint)
    return ()


def _find(document: Document, package: str) -> KeyPath | None:
    apps = document.data.get("apps")
    for index, entry in enumerate(apps if isinstance(apps, list) else []):
        if isinstance(entry, dict) and entry.get("package") == package:
            return ("apps", index)
    return None


def _read(document: Document, place: KeyPath) -> Mapping[str, Any]:
    apps = document.data["apps"]
    entry = apps[int(place[1])] if isinstance(apps, list) else {}
    return dict(entry) if isinstance(entry, dict) else {}


def _write_rows(bundles: Sequence[Bundle], label: str) -> list[str]:
    """The rows of a new entry in the form its files need, the keys in the order people know."""
    first = bundles[0]
    values = {**first.first.values, "label": label}
    single = _FILE if len(bundles) == 1 else ()
    keys = (*_TOP, *single[:2], "signer", "min_sdk", "target_sdk", *single[2:])
    rows = write_block({key: values[key] for key in keys}, 0)
    if single:
        return [*rows, *_write_splits(first)]
    variants = [line for bundle in bundles for line in _write_item(_write_variant(bundle, first.first), "  ")]
    return [*rows, "variants:", *(line.rstrip("\n") for line in variants)]


def _write_variant(bundle: Bundle, first: Pins) -> list[str]:
    """The rows of a variant; what differs from the app's own values stands in it."""
    values = bundle.first.values
    own = {key: values[key] for key in MANIFEST_KEYS if values[key] != first.values[key]}
    return [*write_block(bundle.first.entry | own, 0), *_write_splits(bundle)]


def _write_splits(bundle: Bundle) -> list[str]:
    return write_block({"splits": [each.entry for each in bundle.splits]}, 0) if bundle.splits else []


def _write_item(rows: Sequence[str], indent: str) -> list[str]:
    """Lines of one item of a block list."""
    first, *others = rows
    return [f"{indent}- {first}\n", *(f"{indent}  {row}\n" for row in others)]


def _replace(file: Path, text: str) -> AppSet:
    return put_in_place(file, text, load_appset, partial(_renamed, file=file))


def _renamed(fault: ConfigurationFault, file: Path) -> ConfigurationFault:
    hint = fault.hint or "nothing was written"
    if not isinstance(fault, AppFault):
        return AppFault(file, fault.line, fault.key, fault.expected, fault.got, hint)
    return replace(fault, file=file, hint=hint)
