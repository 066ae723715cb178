"""Battery level and health."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

QUERY = Query("battery", ("dumpsys", "battery"))


GOOD = 2
"""`BatteryManager.BATTERY_HEALTH_GOOD`, the same number on every release (packages document 2.4)."""


@dataclass(frozen=True)
class Battery:
    """What the tablet says of its battery.

    Attributes:
        percent: of charge; None for a device that says it has no battery.
        health: 1 unknown, 2 good, 3 overheat, 4 dead, 5 over voltage, 6 failure, 7 cold; the word of the maker's own
            driver, and no measure of age. None where the dump has none.
    """

    percent: int | None
    health: int | None = None


def parse(output: CommandOutput) -> Battery:
    """First `level` and `scale` lines (MediaTek 5.1 and 6.0 print them twice; packages document 2.4).

    Raises:
        AnswerError: neither a level with its scale nor `present: false`, or more than a full charge.
    """
    values = _first_values(output.body)
    if values.get("present") == "false":
        return Battery(None)
    level, scale = values.get("level", ""), values.get("scale", "")
    if not level.isdecimal() or not scale.isdecimal() or not 0 <= int(level) <= int(scale) or int(scale) == 0:
        raise output.unexpected("`level: N` and `scale: N` lines")
    health = values.get("health", "")
    return Battery(int(level) * 100 // int(scale), int(health) if health.isdecimal() else None)


def _first_values(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in re.findall(r"^[ \t]*(present|level|scale|health): (\S{1,9})[ \t]*$", text, re.MULTILINE):
        values.setdefault(name, value)
    return values
