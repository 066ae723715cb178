"""What hangs on a cable: named by its USB descriptors and adb's word, pure.

The rules stand in `cable_kinds.yaml`, with their sources. What charges without data shows nothing to a computer:
neither the kernel nor this module can tell it from an empty port (reference, USB bench, section 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import yaml

DROP_WINDOW = 60.0
"""Seconds in which unplugs are counted."""
MOST_DROPS = 3
"""A hand does not unplug so often in that time; a bad cable does."""

ADB_MODES: Mapping[str, str] = {
    "bootloader": "fastboot",
    "recovery": "recovery",
    "sideload": "sideload",
    "rescue": "rescue",
}
"""Words of adb for modes that are not Android (reference, adb host side, section 2), with the kind each is."""


class CableGroup(StrEnum):
    """Who hangs there, as far as a hand has to know."""

    TABLET = "tablet"
    """It may be a tablet that is on, and USB debugging is off."""
    MODE = "mode"
    """A tablet in a mode below Android: it has to be started normally."""
    FOREIGN = "foreign"
    """No Android tablet."""


@dataclass(frozen=True)
class DeviceName:
    """What a USB device is called: candidates for people, never an identity.

    Attributes:
        maker, product: of its ids, from the system's hardware database; empty where it does not know them.
        says: what it calls itself, as `SAMSUNG_Android` or `Lenovo TB-X505F`; empty where it says nothing.
    """

    maker: str = ""
    product: str = ""
    says: str = ""


NAMELESS = DeviceName()


@dataclass(frozen=True)
class Steps:
    """Where a model's own switch of USB debugging is: menu entries in the order in which they are touched.

    Attributes:
        taps: to the entry that is touched seven times, which opens the developer options.
        switch: to the switch of USB debugging.
    """

    taps: tuple[str, ...]
    switch: tuple[str, ...]


@dataclass(frozen=True)
class Cable:
    """One device on one port, named.

    Attributes:
        kind: of `cable_kinds.yaml`; texts are `cable.KIND.what`.
        group: what the kind means for hands; None for a tablet with debugging on.
        steps: language code to the first steps of the profile that its ids lead to; empty where none does.
        profile: the name of that profile.
    """

    kind: str
    group: CableGroup | None
    vendor_id: str = "0000"
    product_id: str = "0000"
    name: DeviceName = NAMELESS
    steps: Mapping[str, Steps] = field(default_factory=dict)
    profile: str = ""


@dataclass(frozen=True)
class _Rule:
    kind: str
    ids: tuple[str, ...]
    any: tuple[str, ...]
    all: tuple[str, ...]

    def fits(self, interfaces: Sequence[str], vendor_id: str, product_id: str) -> bool:
        ids = {f"{vendor_id}:{product_id}", f"{vendor_id}:*"}
        return (
            bool(ids.intersection(self.ids))
            or (bool(self.any) and any(each.startswith(self.any) for each in interfaces))
            or (bool(self.all and interfaces) and all(each.startswith(self.all) for each in interfaces))
        )


def name_kind(interfaces: str, vendor_id: str = "0000", product_id: str = "0000") -> str:
    """Return the kind of a device: `files`, `fastboot`, `hub`; `other` where no rule fits.

    Args:
        interfaces: class, subclass and protocol of each, in udev's form `:060101:ff4201:`.
        vendor_id, product_id: four lower-case hexadecimal digits.
    """
    split = [each for each in interfaces.split(":") if each]
    rules, _ = _read_rules()
    return next((rule.kind for rule in rules if rule.fits(split, vendor_id, product_id)), "other")


def find_group(kind: str) -> CableGroup | None:
    """Return what a kind means for hands; None for a tablet with debugging on."""
    _, groups = _read_rules()
    return groups.get(kind)


def count_drops(unplugs: Sequence[float], now: float) -> tuple[float, ...]:
    """Return the unplugs of a port that count still, with one more at `now`."""
    return (*(each for each in unplugs if now - each < DROP_WINDOW), now)


def is_dropping(unplugs: Sequence[float], now: float) -> bool:
    """Tell whether a device comes and goes as no hand would do it."""
    return sum(now - each < DROP_WINDOW for each in unplugs) >= MOST_DROPS


@cache
def _read_rules() -> tuple[tuple[_Rule, ...], Mapping[str, CableGroup]]:
    text = resources.files("provision.bench").joinpath("cable_kinds.yaml").read_text("utf-8")
    said = yaml.safe_load(text)
    rules = tuple(_read_rule(each) for each in said["rules"])
    return rules, dict(_read_groups(said["groups"]))


def _read_rule(said: Mapping[str, Any]) -> _Rule:
    ids, any_of, all_of = (tuple(map(str, said.get(key, ()))) for key in ("ids", "any", "all"))
    return _Rule(said["kind"], ids, any_of, all_of)


def _read_groups(said: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, CableGroup]]:
    for group, kinds in said.items():
        for kind in kinds:
            yield kind, CableGroup(group)
