"""The rows of the report, read from the capability table that the agent is built with (contract 9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

NEVER = 1000
WIFI, OTHERS, LOCATION, KIOSK = "wifi.hospital", "wifi.other_networks", "location.on", "kiosk.lock_task"
APPS = "apps.configured"
UNANNOUNCED_VERSION = 3
"""What a station is taken to know that does not tell."""


@dataclass(frozen=True)
class Row:
    """One row: number in the reference, control, part, first levels of `set` and `enforced`.

    Attributes:
        since: first version of the table that has it.
        restriction: the user restriction that it is, None for a row of its own.
        member: of the policy, whose list names the row where it is wanted; None for a row of its own.
    """

    number: int
    control: str
    part: str
    set_from: int
    enforced_from: int
    since: int
    restriction: str | None
    decides: bool
    member: str | None = None

    def is_supported(self, api: int) -> bool:
        """Tell whether Android can do it at all; below, no call is made."""
        return api >= min(self.set_from, self.enforced_from)

    def assurance(self, api: int) -> str:
        """`enforced`, `set` or `unsupported`."""
        if api >= self.enforced_from:
            return "enforced"
        return "set" if api >= self.set_from else "unsupported"


def _read_row(row: Mapping[str, Any]) -> Row:
    place, levels = (
        (row["row"], row["control"], row["part"]),
        (row.get("set_from", NEVER), row.get("enforced_from", NEVER)),
    )
    return Row(*place, *levels, row["since"], row.get("restriction"), row.get("decides", False), row.get("member"))


_TABLE = json.loads(resources.files("provision").joinpath("agent/capabilities.json").read_text("utf-8"))
VERSION: int = _TABLE["version"]
SET_FROM: Mapping[str, int] = {kind["security"]: kind.get("set_from", NEVER) for kind in _TABLE["networks"]}
"""First API level on which this agent sets a kind of network."""

ROWS = tuple(map(_read_row, _TABLE["rows"]))
"""In the order of work."""

BY_PART: Mapping[str, Row] = {row.part: row for row in ROWS}
CLOSED_PARTS: Mapping[str, frozenset[str]] = {
    member: frozenset(row.part for row in ROWS if row.member == member)
    for member in sorted({row.member for row in ROWS if row.member is not None})
}
"""Parts that each list of the policy may name."""

PERMISSION, SWITCH, RADIO = BY_PART["location-permission"], BY_PART["switch"], BY_PART["radio"]
NETWORK, NETWORKS, JOINED = BY_PART["network"], BY_PART["networks"], BY_PART["joined"]
WIFI_ACCOUNT, FACTORY_MAC, PROXY = BY_PART["wifi-account"], BY_PART["factory-mac"], BY_PART["proxy"]
LOCKDOWN, ALLOW_LIST, FROZEN = BY_PART["lockdown"], BY_PART["allow-list"], BY_PART["frozen"]
UPDATES, FREEZES, IN_TASK = BY_PART["update-window"], BY_PART["update-freezes"], BY_PART["in-task"]
CONFIGURATION, GRANTS = BY_PART["configuration"], BY_PART["grants"]
SILENCE, RINGER, ALERTS = BY_PART["silence"], BY_PART["ringer"], BY_PART["alerts"]
HOME, PACKAGES, FEATURES, RUNNING = BY_PART["home"], BY_PART["packages"], BY_PART["features"], BY_PART["running"]
"""Rows with code of their own; the others are one restriction each."""
