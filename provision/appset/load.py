"""`apps.yaml` and its APK files, checked against each other; every fault at once.

See `checking` for what is checked of each file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from provision.appset.app_fault import AppFault
from provision.appset.checking import FileChecking
from provision.appset.conflicts import find_conflicts
from provision.appset.model import App, AppSet, Split
from provision.appset.schema import AppEntry, AppsFile
from provision.appset.signing.faults import ApkCause
from provision.config.nodes import Document, KeyPath, key_text, parse
from provision.config.source import check
from provision.errors import ConfigurationError, ConfigurationFault

_FILE = {"file": True}
_NOT_PINNED: Any = {
    "file": True, "label": True,
    "splits": {"__all__": _FILE},
    "variants": {"__all__": {"file": True, "splits": {"__all__": _FILE}}},
}  # fmt: skip


def load_appset(file: Path) -> AppSet:
    """Read `apps.yaml` and check every APK it names.

    Raises:
        ConfigurationError: all faults of the file, or all differences between it and the APKs.
    """
    document = parse(file)
    entries = check(document, AppsFile).apps
    faults = list(_find_duplicates(document, entries))
    apps: list[App] = []
    for index, entry in enumerate(entries):
        variants = list(_check_variants(document, index, entry, faults))
        apps += [replace(variants[0], variants=tuple(variants[1:]))] if variants else []
    faults += _find_conflicts(document, apps, entries) if not faults else ()
    if faults:
        raise ConfigurationError(*faults)
    pins = _list_pins(entries)
    return AppSet(tuple(apps), hashlib.sha256(pins).hexdigest(), pins)


def _find_duplicates(document: Document, entries: tuple[AppEntry, ...]) -> Iterator[ConfigurationFault]:
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        line = document.line_of(("apps", index, "package"))
        if entry.package in first:
            got = f"{entry.package} again (first on line {first[entry.package]})"
            key = key_text(("apps", index, "package"))
            yield ConfigurationFault(document.file, line, key, "each package once", got)
        first.setdefault(entry.package, line)


def _find_conflicts(
    document: Document, apps: Sequence[App], entries: Sequence[AppEntry]
) -> Iterator[ConfigurationFault]:
    """Apps of the set of which a tablet installs only one."""
    for conflict in find_conflicts(apps):
        path = ("apps", conflict.second, "package")
        other, app = entries[conflict.first], entries[conflict.second]
        expected = f"an app beside {other.label} ({other.package})"
        got = f"{app.label} ({app.package}), which claims {conflict.what} too ({conflict.code})"
        line, key, file = document.line_of(path), key_text(path), apps[conflict.second].path.name
        yield AppFault(document.file, line, key, expected, got, "", ApkCause.CONFLICT, app.label, file)


def _check_variants(document: Document, index: int, entry: AppEntry, faults: list[ConfigurationFault]) -> Iterator[App]:
    """Each variant of an app as an app of its own; faults are added."""
    for number, variant in enumerate(entry.files):
        place: KeyPath = ("apps", index, "variants", number) if entry.variants else ("apps", index)
        base = FileChecking(document, place, entry, variant)
        app = base.check_base(variant)
        faults += base.faults
        splits: list[Split] = []
        for position, split in enumerate(variant.splits):
            checking = FileChecking(document, (*place, "splits", position), entry, split)
            found = checking.check_split(app.version_code if app else None, {each.name for each in splits})
            faults += checking.faults
            splits += [found] if found else []
        if app is not None:
            yield replace(app, splits=tuple(splits))


def _list_pins(entries: tuple[AppEntry, ...]) -> bytes:
    """The pins of all apps in canonical JSON, as `AppSet.digest` is made of them."""
    pins = [entry.model_dump(mode="json", exclude=_NOT_PINNED, exclude_defaults=True) for entry in entries]
    return json.dumps(pins, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
