"""The changes of one app of `apps.yaml` when other files are pinned: as edits of its text, and as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from provision.appset.pins import MANIFEST_KEYS, Bundle, Pins
from provision.appset.variants import Variant
from provision.config.edit import Edit
from provision.config.nodes import KeyPath, key_text

Change = tuple[str, str, str]
"""Key, before, after; `-` for nothing."""


@dataclass
class Update:
    """The changes of one app, as edits of the text and as what a person is told."""

    edit: Edit
    place: KeyPath
    entry: Mapping[str, Any]
    changes: list[Change] = field(default_factory=list)

    def set(self, path: KeyPath, value: str | int) -> None:
        """One scalar of the file; the last part of its path may be a key that is not there yet."""
        before = self._get(path[:-1]).get(str(path[-1]))
        if before == value:
            return
        self._tell(path, "-" if before is None else str(before), str(value))
        if before is None:
            self.edit.add_key(path[:-1], str(path[-1]), value)
        else:
            self.edit.replace(path, value)

    def replace_files(self, variant: Variant, bundle: Bundle, left: Sequence[int]) -> None:
        """The base and each split of a variant; `left` numbers splits that leave it."""
        if bundle.base is not None:
            for key, value in bundle.base.entry.items():
                self.set((*variant.path, key), value)
        slots, more, left = _place_splits(variant, bundle.splits, left)
        for number, split in slots.items():
            for key, value in split.entry.items():
                self.set((*variant.path, "splits", number, key), value)
        self._remove(variant, left)
        self._add(variant, more)

    def _remove(self, variant: Variant, left: Sequence[int]) -> None:
        path = (*variant.path, "splits")
        whole = len(left) == len(variant.splits)
        for each in [path] if left and whole else [(*path, number) for number in left]:
            self.edit.remove(each)
        for number in left:
            self._tell((*path, number, "file"), str(variant.own["splits"][number]["file"]), "-")

    def _add(self, variant: Variant, splits: Sequence[Pins]) -> None:
        path = (*variant.path, "splits")
        if splits and not variant.splits:
            self.edit.add_key(variant.path, "splits", [each.entry for each in splits])
        else:
            for split in splits:
                self.edit.append(path, split.entry)
        for number, split in enumerate(splits, len(variant.splits)):
            self._tell((*path, number, "file"), "-", str(split.values["file"]))

    def pin_manifests(self, variants: Sequence[Variant], bases: Mapping[KeyPath, Pins]) -> None:
        """Version and SDK levels: where the variant has a value of its own, else at the app where all agree.

        Args:
            variants: every one of the app.
            bases: the new base of those that get one, by the variant's path.
        """
        for key in MANIFEST_KEYS:
            values = {each.path: self._value(each, bases.get(each.path), key) for each in variants}
            heirs = {each.path for each in variants if each.path == self.place or key not in each.own}
            self._pin(key, values, heirs, tuple(bases))

    def _pin(self, key: str, values: Mapping[KeyPath, Any], heirs: Set[KeyPath], changed: Sequence[KeyPath]) -> None:
        """One key of a manifest: `values` of every variant, `heirs` those that take the app's own."""
        alike = {values[path] for path in heirs} or {next(iter(values.values()))}
        if key in self.entry and len(alike) == 1:
            self.set((*self.place, key), alike.pop())
        elif key in self.entry:
            heirs = {path for path in heirs if values[path] == self.entry[key]}
        for path in changed:
            if path not in heirs:
                self.set((*path, key), values[path])

    def _value(self, variant: Variant, base: Pins | None, key: str) -> Any:  # noqa: ANN401 # what a file of YAML holds
        """Find what a variant will have: of its new base, of its own, or the app's."""
        return variant.own.get(key, self.entry.get(key)) if base is None else base.values[key]

    def _get(self, path: KeyPath) -> Mapping[str, Any]:
        found: Any = self.entry
        for part in path[len(self.place) :]:
            found = found[part]
        return dict(found)

    def _tell(self, path: KeyPath, before: str, after: str) -> None:
        self.changes.append((key_text(path[len(self.place) :]), before, after))


def _place_splits(
    variant: Variant, splits: Sequence[Pins], left: Sequence[int]
) -> tuple[Mapping[int, Pins], list[Pins], list[int]]:
    """(by number of the place they take, those without a place yet, places that stay empty).

    A split goes where the one of its name was, else into a place that another one leaves.
    """
    slots, more, free = dict[int, Pins](), list[Pins](), list(left)
    for split in splits:
        if split.split in variant.splits:
            slots[variant.splits.index(split.split)] = split
        elif free:
            slots[free.pop(0)] = split
        else:
            more.append(split)
    return slots, more, free
