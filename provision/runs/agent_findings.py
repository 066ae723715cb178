"""Rows of the agent's report in the words of people: what differs, and the evidence of what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provision.agent.configured import NONE, read_digests, tell_delivered
from provision.agent.report import ReportRow
from provision.controls.agent_view import Finding
from provision.controls.apps_configured import Grants
from provision.terms import Assurance
from provision.texts.message import NOTHING, Message, enumerate_messages, find_message, message, verbatim


def tell_rows(assurance: Assurance, differing: tuple[ReportRow, ...]) -> Finding:
    """Which parts of a control are not as wanted."""
    return Finding(assurance, enumerate_messages(*map(_tell_row, differing)) if differing else NOTHING)


def find_apart(differing: Sequence[Message], evidence: tuple[str, ...]) -> Finding:
    """A finding about the apps: each of them is as wanted, or named with what it lacks."""
    if not differing:
        return Finding(Assurance.SET, NOTHING, evidence)
    return Finding(Assurance.UNSUPPORTED, enumerate_messages(*differing), evidence)


def _tell_row(row: ReportRow) -> Message:
    """A part and its value: by the words of both, else those of the part, else as the report says it."""
    part, value = row.kind.part, str(row.observed)
    return (
        find_message(f"part.{part}.{value}") or find_message(f"part.{part}", value=value) or verbatim(f"{part} {value}")
    )


def tell_delivered_apps(row: ReportRow, wanted: Mapping[str, str]) -> Finding:
    """Which apps hold the configuration they are to have."""
    held = read_digests(row.observed or "")
    differing = [name for name in sorted({*held, *wanted}) if held.get(name) != wanted.get(name)]
    told = [message(_name_difference(name, held, wanted), package=name) for name in differing]
    return find_apart(told, tell_delivered(held))


def tell_granted(row: ReportRow, wanted: Grants) -> Finding:
    """Which permissions the owner has not fixed, and which it has."""
    if row.error is not None:
        return find_apart([message("permissions-failed", words=row.error)], ())
    if row.observed is None or row.holds:
        held = tuple(f"fixed: {name} {permission}" for name, all_of in wanted.items() for permission in all_of)
        return find_apart([], held)
    missing = (item.partition(":") for item in row.observed.split(","))
    told = [message("permission-missing", package=name, permission=permission) for name, _, permission in missing]
    return find_apart(told, ())


def _name_difference(name: str, held: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    if name not in wanted:
        return "configuration-left"
    return "configuration-other" if held.get(name, NONE) != NONE else "configuration-missing"
