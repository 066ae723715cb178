"""Planned calls as an iCalendar (RFC 5545): each day at the hour that a tile names, in the ward's own time. Pure.

An entry has the tablet's number, its ward and the hour. Whom the patient calls and the link to them stay in the home.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

MOST_OCTETS = 75
"""Of a line without its end (RFC 5545 3.1)."""


@dataclass(frozen=True, order=True)
class PlannedCall:
    """One call a day; `hour` as `16:00`, `ward` empty for none."""

    number: str
    hour: str
    ward: str


def list_calls(hours: Mapping[str, Iterable[str | None]], wards: Mapping[str, str]) -> list[PlannedCall]:
    """Return the calls of all tablets in order.

    Args:
        hours: of each tablet's tiles, None for a tile without one. wards: name of each tablet's ward.
    """
    planned = (
        PlannedCall(number, hour, wards.get(number, "")) for number, tiles in hours.items() for hour in tiles if hour
    )
    return sorted(planned)


def write_calendar(calls: Iterable[PlannedCall], site: str, titles: Mapping[str, str], since: datetime) -> bytes:
    """Return the calendar.

    Args:
        site: id of the site, of which and the number, hour and turn each entry has a name that stays.
        titles: what each tablet's entry is called, by its number.
        since: when the calls were written down last: the first day, and the stamp of every entry.
    """
    turns = Counter[tuple[str, str]]()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//provision//planned calls//EN", "CALSCALE:GREGORIAN"]
    for call in calls:
        turn = turns[call.number, call.hour]
        turns[call.number, call.hour] += 1
        lines += _write_event(call, f"{site}/{call.number}/{call.hour}/{turn}", titles[call.number], since)
    lines.append("END:VCALENDAR")
    return "".join(part + "\r\n" for line in lines for part in _fold(line)).encode()


def _write_event(call: PlannedCall, name: str, title: str, since: datetime) -> Iterator[str]:
    stamp = since.astimezone(UTC)
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(NAMESPACE_URL, name)}"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART:{since:%Y%m%d}T{call.hour.replace(':', '')}00"
    yield "RRULE:FREQ=DAILY"
    yield f"SUMMARY:{_escape(title)}"
    if call.ward:
        yield f"LOCATION:{_escape(call.ward)}"
    yield "END:VEVENT"


def _escape(text: str) -> str:
    """Write a text value (RFC 5545 3.3.11); control characters are spaces."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _fold(line: str) -> Iterator[str]:
    """Cut a line into parts of at most 75 octets, never within a character; each further part begins with a space."""
    part = ""
    for sign in line:
        if len((part + sign).encode()) > MOST_OCTETS:
            yield part
            part = " "
        part += sign
    yield part
