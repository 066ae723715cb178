"""Planned calls, read by a library that none of us wrote."""

from __future__ import annotations

from datetime import UTC, datetime, time

import icalendar

from provision.exports.ical import list_calls, write_calendar

SINCE = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
HOSTILE = 'Cardiologie; 2, \\ "é"\r\nATTENDEE:mailto:x@example.org ' + "ü" * 90


def write(hours: dict[str, list[str | None]], wards: dict[str, str]) -> bytes:
    """Write the calendar of some tiles."""
    calls = list_calls(hours, wards)
    return write_calendar(calls, "site", {call.number: f"Call on {call.number}" for call in calls}, SINCE)


def test_a_calendar_has_each_planned_call_each_day() -> None:
    read = icalendar.Calendar.from_ical(write({"A-0002": ["16:00", None], "A-0001": ["09:30"]}, {"A-0001": "Cardio"}))
    told = [(str(e["SUMMARY"]), str(e.get("LOCATION", "")), e.decoded("DTSTART")) for e in read.walk("VEVENT")]
    assert [(s, w, at.time(), at.tzinfo) for s, w, at in told] == [
        ("Call on A-0001", "Cardio", time(9, 30), None),
        ("Call on A-0002", "", time(16), None),
    ]
    assert {e["RRULE"].to_ical() for e in read.walk("VEVENT")} == {b"FREQ=DAILY"}


def test_a_hostile_ward_is_a_text_and_no_line_is_long() -> None:
    written = write({"A-0001": ["09:30"]}, {"A-0001": HOSTILE})
    [event] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert str(event["LOCATION"]) == HOSTILE.replace("\r", " ").replace("\n", " ")
    assert "ATTENDEE" not in event
    assert [line for line in written.split(b"\r\n") if len(line) > 75] == []


def test_calls_have_names_of_their_own_that_stay() -> None:
    hours: dict[str, list[str | None]] = {"A-0001": ["09:30", "09:30"], "B-0001": ["09:30"]}
    names = [str(e["UID"]) for e in icalendar.Calendar.from_ical(write(hours, {})).walk("VEVENT")]
    assert len(set(names)) == 3
    again = icalendar.Calendar.from_ical(write(hours, {"A-0001": "another ward"})).walk("VEVENT")
    assert [str(e["UID"]) for e in again] == names
