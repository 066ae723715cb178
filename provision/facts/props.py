"""System properties: what the tablet says it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provision.errors import AnswerError
from provision.facts.query import CommandOutput, Query

QUERY = Query("getprop", ("getprop",))

LONGEST_VALUE = 4096
"""Characters of a value that are kept: Android's own have less than 92 bytes, its long ones some hundred."""

ONCE = "each property once"
"""What an answer is not that has a property with two values."""

_START = re.compile(r"^\[([^\]\n]+)\]: \[", re.MULTILINE)


_OF_DEVICE = (
    *(f"ro.product.{key}" for key in ("brand", "manufacturer", "model", "name", "device")),
    *("ro.serialno", "ro.build.characteristics", "ro.build.version.sdk"),
)
"""Fixed from Android's start to its end: `ro.` properties are written once (packages document 2.1)."""


@dataclass(frozen=True)
class Props:
    """All properties of one reading. A key that is absent reads as an empty string."""

    values: Mapping[str, str]

    def get(self, key: str) -> str:
        """The value of one property, blanks around it removed; empty when unset."""
        return self.values.get(key, "").strip()

    def name_changed(self, later: Props) -> str:
        """The first property of the device itself that a later reading gives another value; empty when all stand."""
        return next((key for key in _OF_DEVICE if self.get(key) != later.get(key)), "")

    @property
    def api(self) -> int:
        """API level.

        Raises:
            AnswerError: `ro.build.version.sdk` is missing or no number.
        """
        known = self.api_if_known
        if known is None:
            got = self.get("ro.build.version.sdk") or "(nothing)"
            raise AnswerError("getprop", "a number in ro.build.version.sdk", got)
        return known

    @property
    def api_if_known(self) -> int | None:
        """API level for records of tablets that do not tell it."""
        text = self.get("ro.build.version.sdk")
        return int(text) if text.isdecimal() and len(text) < 4 else None

    @property
    def release(self) -> str:
        """Android version as people say it, `8.1.0`."""
        return self.get("ro.build.version.release")

    @property
    def model(self) -> str:
        """Model as a technician reads it on the tablet's settings page."""
        return self.get("ro.product.model") or self.get("ro.product.device") or "?"

    @property
    def title(self) -> str:
        """Maker and model as people look for them on the back: `Xiaomi 23043RP34G`."""
        return self.model if self.model.casefold().startswith(self.maker.casefold()) else f"{self.maker} {self.model}"

    @property
    def maker(self) -> str:
        """Manufacturer, else brand; empty on white boxes that name neither."""
        return self.get("ro.product.manufacturer") or self.get("ro.product.brand")

    @property
    def serial(self) -> str:
        """Serial number; not unique on white-box tablets (reference, packages document 1.4)."""
        return self.get("ro.serialno") or self.get("ro.boot.serialno")

    @property
    def characteristics(self) -> frozenset[str]:
        """`ro.build.characteristics` as a set; `tablet` is usual, not certain (packages document 2.2)."""
        return frozenset(filter(None, (part.strip() for part in self.get("ro.build.characteristics").split(","))))

    @property
    def abis(self) -> tuple[str, ...]:
        """ABIs in order of preference; install decisions follow this list (packages document 2.2)."""
        text = self.get("ro.product.cpu.abilist") or self.get("ro.product.cpu.abi")
        return tuple(filter(None, text.split(",")))

    @property
    def booted(self) -> bool:
        """Tell whether Android finished booting; adbd answers long before (packages document 1.10)."""
        return self.get("sys.boot_completed") == "1"


def parse(output: CommandOutput) -> Props:
    """All `[key]: [value]` entries; a value may span lines (reference, packages document 2.1).

    A value ends at the last line before the next entry that ends in `]`: what stands between is another program's.

    Raises:
        AnswerError: not one entry, or a property with two values: one of them stands inside another's value.
        AnswerCut: the list broke off.
    """
    _, *parts = _START.split(output.body)
    values: dict[str, str] = {}
    for key, rest in zip(parts[::2], parts[1::2], strict=True):
        end = rest.rfind("]\n")
        value = rest[: min(end, LONGEST_VALUE)]
        if end >= 0 and values.setdefault(key, value) != value:
            raise output.unexpected(ONCE, private=True)
    if not values or output.cut:
        raise output.unexpected("[key]: [value] lines")
    return Props(values)
