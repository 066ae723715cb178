"""The capability table of the agent: the parts it can bring about, and how firmly each can hold by API level.

`capabilities.json` (kept beside the agent's source in `apks/agent/`, whose README says what its members mean) is the
one copy: the agent's build, this station and the virtual tablet read it, and tests hold it against the policy table of
the reference (Wi-Fi and kiosk document, section 11). An agent that claims more than its release can give is not
believed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict

from provision.terms import Assurance, Control

NEVER = 1000
UNANNOUNCED_VERSION = 3
"""The version of the table that an agent has at most which does not tell: it is the number of its highest protocol."""


@dataclass(frozen=True)
class RowKind:
    """One row of the table.

    Attributes:
        number: of the row in the reference.
        part: its name in reports; no two rows share one.
        set_from, enforced_from: first API levels on which it can be set and enforced, `NEVER` for none.
        since: first version of the table that has the row; rows are only ever added.
        decides: whether the system itself stops the user by it: all such parts of a control enforced make the control
            enforced. Other parts must hold too, and can only be set.
        member: of the policy, whose list names the part where it is wanted; None for a row of its own.
        restriction: the user restriction that it is; None for a row of its own.
        optional: whether it stands in a report only where the policy wants it, or Android still holds something of it.
    """

    number: int
    control: Control
    part: str
    set_from: int
    enforced_from: int
    since: int
    decides: bool
    optional: bool
    member: str | None = None
    restriction: str | None = None

    def assurance(self, api: int) -> Assurance:
        """How firmly it can hold on a release, when its state can be read."""
        if api >= self.enforced_from:
            return Assurance.ENFORCED
        return Assurance.SET if api >= self.set_from else Assurance.UNSUPPORTED


def _read_row(row: Mapping[str, Any]) -> RowKind:
    return RowKind(
        row["row"],
        Control(row["control"]),
        row["part"],
        row.get("set_from", NEVER),
        row.get("enforced_from", NEVER),
        row["since"],
        row.get("decides", False),
        row.get("optional", False),
        row.get("member"),
        row.get("restriction"),
    )


_TABLE = json.loads(resources.files("provision.agent").joinpath("capabilities.json").read_text("utf-8"))


@dataclass(frozen=True)
class Capabilities:
    """How much of the table one side has.

    Attributes:
        version: of its table.
        networks: first API level on which a kind of Wi-Fi network is set, `NEVER` for none, by the word of the
            contract; empty before the table had kinds.
    """

    version: int
    networks: Mapping[str, int]


class _Network(BaseModel):
    model_config = ConfigDict(strict=True)
    security: str
    set_from: int = NEVER


class _Table(BaseModel):
    """Part of the other side's table that this side needs; its rows are that side's own business."""

    model_config = ConfigDict(strict=True)
    version: int
    networks: list[_Network] = []


def read_capabilities(table: object) -> Capabilities:
    """Read the version of a table, and the networks it knows.

    Raises:
        ValueError: another form.
    """
    found = _Table.model_validate(table)
    return Capabilities(found.version, MappingProxyType({one.security: one.set_from for one in found.networks}))


OURS = read_capabilities(_TABLE)
"""Of this station; what a pinned agent has tells its own table (`provision.agent.apk`)."""

NETWORKS = OURS.networks

VERSION = OURS.version
ROWS = tuple(map(_read_row, _TABLE["rows"]))
"""All rows in the order of a report."""

BY_PART: Mapping[str, RowKind] = MappingProxyType({row.part: row for row in ROWS})
CLOSED_MEMBERS = tuple(dict.fromkeys(row.member for row in ROWS if row.member is not None))
"""Members of a policy that list what is closed."""

AGENT_CONTROLS = frozenset(row.control for row in ROWS)
"""What an agent can bring about."""


def best_assurance(control: Control, api: int) -> Assurance:
    """How firmly a control can hold on a release once everything about it is as wanted."""
    rows = [row for row in ROWS if row.control is control]
    if {row.assurance(api) for row in rows} == {Assurance.UNSUPPORTED}:
        return Assurance.UNSUPPORTED
    parts = {row.assurance(api) for row in rows if row.decides}
    return Assurance.ENFORCED if parts == {Assurance.ENFORCED} else Assurance.SET


def list_unknown(controls: Collection[Control], version: int, rows: Collection[RowKind] = ROWS) -> frozenset[Control]:
    """Controls that an agent with this version of the table cannot bring about: a part that decides is newer.

    Other parts that came later are not asked of it: what it did before it goes on doing.
    """
    return frozenset(row.control for row in rows if row.control in controls and row.decides and row.since > version)
