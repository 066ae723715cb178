"""The agent's report: what was wanted, what Android accepted, what is so now (contract 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from provision.agent.forms import ApiLevel, AssetId, Form, Hex64, Line, Mac, Number, Text, read_form, unlike
from provision.agent.rows import BY_PART, ROWS, VERSION, RowKind
from provision.agent.since import MOST_EVENTS, MOST_PLANNED, Event, LastCleaning
from provision.errors import AnswerError
from provision.site.network import MOST_NETWORKS
from provision.terms import Assurance, Control

UNKNOWN = "unknown"
LONGEST = 8000
"""Characters of a row's values: 24 package names with a digest each."""

_PRINTED = r"^[^\x00-\x1f]*$"
_Value = Annotated[str, Field(max_length=LONGEST, pattern=_PRINTED)]


@dataclass(frozen=True)
class ReportRow:
    """One part of one control on this tablet.

    Attributes:
        kind: its line of the table.
        wanted: the value wanted; `applied` is the same when Android accepted the call, else None.
        observed: read when the report was made; None for a part this release does not have.
        api: the Android call made, None for none.
        error: English text, None when nothing went wrong.
    """

    kind: RowKind
    wanted: str
    applied: str | None
    observed: str | None
    assurance: Assurance
    api: str | None
    error: str | None

    @property
    def holds(self) -> bool:
        """Tell whether what was wanted is so."""
        return self.observed == self.wanted


@dataclass(frozen=True)
class Addresses:
    """What a hospital's access control sees of a tablet.

    Attributes:
        own: address that the maker gave the radio; None below Android 7, and where Android does not tell it.
        shown: by name of a network of the policy, the address the tablet shows there; None where nobody can tell.
    """

    own: str | None
    shown: Mapping[str, str | None]


@dataclass(frozen=True)
class Report:
    """One report.

    Attributes:
        policy: SHA-256 of the payload of the last apply.
        opened: whether the kiosk is open.
        events: the last ones between orders, the oldest first; empty from agents before 0.6.0, as are the next two.
        cleaned: the last clean, None for none.
        outside: whether the tablet was in use without the hospital's networks for the site's time.
        planned: how many calls staff planned on the tablet that are still to come; 0 from agents before 0.6.0.
        addresses: None of agents before 0.6.0, and of a policy without networks.
    """

    asset: str
    policy: str
    api: int
    opened: bool
    rows: tuple[ReportRow, ...]
    events: tuple[Event, ...] = ()
    cleaned: LastCleaning | None = None
    outside: bool = False
    planned: int = 0
    addresses: Addresses | None = None


@dataclass(frozen=True)
class ReportFinding:
    """One control as a report shows it.

    Attributes:
        assurance: how firmly it holds; `unsupported` when it does not hold or this release has no part of it.
        differing: parts whose observed value is not the wanted one, in the order of the report.
    """

    assurance: Assurance
    differing: tuple[ReportRow, ...]


class _SaidRow(Form):
    """The members of one row."""

    row: Number
    control: Text
    part: Text
    wanted: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=_PRINTED)]
    applied: _Value | None
    observed: _Value | None
    assurance: Assurance
    api: Line | None
    error: Line | None


class _SaidAddresses(Form):
    """The member of that name."""

    factory: Mac | None
    networks: Annotated[dict[Line, Mac | None], Field(max_length=MOST_NETWORKS)]


class _Said(Form):
    """The members of a report."""

    asset: AssetId
    policy: Hex64
    api: ApiLevel
    opened: bool
    rows: tuple[_SaidRow, ...]
    events: Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS)] = ()
    cleaned: LastCleaning | None = None
    outside: bool = False
    planned: Annotated[int, Field(ge=0, le=MOST_PLANNED)] = 0
    addresses: _SaidAddresses | None = None


def read_report(result: Mapping[str, object], command: str, version: int = VERSION) -> Report:
    """The result of `apply` and `report`, exactly as the contract says.

    Args:
        version: of the capability table that the agent has; it leaves out rows that came later.

    Raises:
        AnswerError: another form, rows out of order, or a row that contradicts itself or its release.
    """
    said = read_form(_Said, result, "report", command)
    rows = tuple(_read_row(row, f"report.rows[{at}]", said.api, command) for at, row in enumerate(said.rows))
    _check_order(rows, command, version)
    since = (said.events, said.cleaned, said.outside, said.planned)
    told = None if said.addresses is None else Addresses(said.addresses.factory, said.addresses.networks)
    return Report(said.asset, said.policy, said.api, said.opened, rows, *since, told)


def _read_row(said: _SaidRow, place: str, api: int, command: str) -> ReportRow:
    kind = BY_PART.get(said.part)
    if kind is None:
        raise unlike(f"{place}.part", f"one of {', '.join(BY_PART)}", said.part, command)
    if (said.row, said.control) != (kind.number, kind.control.value):
        expected = f"{kind.number} of {kind.control.value} for {kind.part}"
        raise unlike(f"{place}.row", expected, f"{said.row} of {said.control}", command)
    row = ReportRow(kind, said.wanted, said.applied, said.observed, said.assurance, said.api, said.error)
    for name, expected, got in _find_contradictions(row, api):
        raise unlike(f"{place}.{name}", expected, got, command)
    return row


def _find_contradictions(row: ReportRow, api: int) -> Iterator[tuple[str, str, object]]:
    """Rules of the contract that no honest agent breaks: member, what is expected of it, what it is."""
    possible = row.kind.assurance(api)
    expected = Assurance.UNKNOWN if row.observed == UNKNOWN else possible
    if row.assurance is not expected:
        yield "assurance", f"{expected} on API {api}", row.assurance
    if row.applied not in {None, row.wanted}:
        yield "applied", f"{row.wanted} or null", row.applied
    told = (row.applied, row.observed, row.api)
    if possible is Assurance.UNSUPPORTED and told != (None, None, None):
        yield "applied", "null in a row this release does not have", told
    if possible is not Assurance.UNSUPPORTED and row.observed is None:
        yield "observed", "what is so now", "null"


def _check_order(rows: tuple[ReportRow, ...], command: str, version: int) -> None:
    """Each part once, in the order of the table, and controls whole but for the optional parts."""
    parts = [row.kind.part for row in rows]
    controls = {row.kind.control for row in rows}
    whole = [kind for kind in ROWS if kind.control in controls and kind.since <= version]
    if parts != [kind.part for kind in whole if kind.part in parts or not kind.optional]:
        expected = ", ".join(kind.part for kind in whole)
        raise AnswerError(command, f"report.rows: {expected}", ", ".join(parts))


def check_report(report: Report, asset: str, policy: str, command: str) -> None:
    """Refuse a report about another tablet or another policy than the one just sent.

    Args:
        asset: this tablet's asset id.
        policy: SHA-256 of the payload of the `apply` that was sent.

    Raises:
        AnswerError: it is about something else.
    """
    if (report.asset, report.policy) != (asset, policy):
        raise AnswerError(command, f"a report on {asset}, policy {policy}", f"{report.asset}, policy {report.policy}")


def find_controls(report: Report) -> Mapping[Control, ReportFinding]:
    """Each control of a report: how firmly it holds, and what differs."""
    controls = dict.fromkeys(row.kind.control for row in report.rows)
    return {control: _find(report, control) for control in controls}


def _find(report: Report, control: Control) -> ReportFinding:
    rows = [row for row in report.rows if row.kind.control is control]
    differing = tuple(row for row in rows if row.assurance is not Assurance.UNSUPPORTED and not row.holds)
    if {row.assurance for row in differing} - {Assurance.UNKNOWN}:
        return ReportFinding(Assurance.UNSUPPORTED, differing)
    if differing:
        return ReportFinding(Assurance.UNKNOWN, differing)
    if {row.assurance for row in rows} == {Assurance.UNSUPPORTED}:
        return ReportFinding(Assurance.UNSUPPORTED, differing)
    deciding = {row.assurance for row in rows if row.kind.decides}
    return ReportFinding(Assurance.ENFORCED if deciding == {Assurance.ENFORCED} else Assurance.SET, differing)
