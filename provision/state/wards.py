"""Assignments of tablets to wards: events that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """As what somebody acts; never who: a person's name is kept in no event."""

    TECHNICIAN = "technician"
    HOTLINE = "hotline"
    WARD = "ward"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    """Reads everything, and says nothing."""


@dataclass(frozen=True)
class Assignment:
    """One tablet's coming to a ward, or leaving it.

    Attributes:
        asset_id: the tablet.
        ward: short name in site.yaml; empty for none.
        at: ISO 8601 in UTC.
        role: one of `Role`, as what it was said. why: in a person's words, may be empty.
    """

    asset_id: str
    ward: str
    at: str
    role: str
    why: str
