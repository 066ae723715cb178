"""Wards in a register: what they are, and which tablet another bench gave to one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, or_, select

from provision.register.events import HOUSE, EventKind
from provision.register.lives import read_short
from provision.register.sql.event_rows import add_events, find_events
from provision.register.sql.schema import TABLET
from provision.register.wards import WardWords, gather_words
from provision.site.wards import Ward
from provision.state.wards import Assignment, Role


def find_words(connection: Connection, bench: str) -> WardWords:
    """Return the newest word on each ward; `bench` is this one."""
    return gather_words(find_events(connection, HOUSE), bench)


def keep_wards(connection: Connection, writer: str, bench: str, own: Mapping[str, Ward]) -> int:
    """Tell of the wards of a bench's site.yaml that it did not tell so; returns how many events that took."""
    return add_events(connection, writer, find_words(connection, bench).list_untold(own))


def list_newer(connection: Connection, known: Mapping[str, Assignment]) -> list[Assignment]:
    """Return the word on each tablet's ward that this bench did not hear of.

    Args:
        known: the newest word of this bench on each tablet, brought in (`keep_assignments`).
    """
    mine = {number: one.ward for number, one in known.items()}
    which = or_(TABLET.c.assigned != "", TABLET.c.number.in_([number for number, ward in mine.items() if ward]))
    rows = connection.execute(select(TABLET.c.number, TABLET.c.assigned).where(TABLET.c.became == "", which))
    other = [row.number for row in rows if read_short(row.assigned) != mine.get(row.number, "")]
    return [word for number in sorted(other) if (word := _find_last_word(connection, number)) is not None]


def _find_last_word(connection: Connection, number: str) -> Assignment | None:
    said = [one.told for one in find_events(connection, number) if one.told.kind is EventKind.ASSIGNED]
    if not said:
        return None
    body, who = said[-1].body, said[-1].who
    role = who if who in set(Role) else str(Role.TECHNICIAN)
    return Assignment(number, body["ward"], body["said"], role, said[-1].why)
