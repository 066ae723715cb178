"""Accounts of the console and the journal of what persons did there, in a bench's own register.

They are never brought over to the shared register, and no dump has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from provision.register.people import Entry, Person
from provision.register.sql.schema import JOURNAL, PERSON
from provision.state.wards import Role

MOST_ENTRIES = 500


def add_person(connection: Connection, person: Person) -> bool:
    """Add an account; returns whether its name and pseudonym were free, and who it is by the provider had none."""
    taken = (PERSON.c.login == person.login) | (PERSON.c.pseudonym == person.pseudonym)
    if person.is_vouched:
        taken |= PERSON.c.password == person.password
    if connection.execute(select(PERSON.c.login).where(taken)).first() is not None:
        return False
    connection.execute(insert(PERSON).values(**_encode(person)))
    return True


def find_login(connection: Connection, login: str) -> Person | None:
    """Return the account of a name that is typed."""
    return _read_one(connection.execute(select(PERSON).where(PERSON.c.login == login)).one_or_none())


def find_pseudonym(connection: Connection, pseudonym: str) -> Person | None:
    """Return the account of a pseudonym."""
    return _read_one(connection.execute(select(PERSON).where(PERSON.c.pseudonym == pseudonym)).one_or_none())


def find_subject(connection: Connection, subject: str) -> Person | None:
    """Return the account of somebody whom the identity provider names, as `people.write_subject` writes it."""
    return _read_one(connection.execute(select(PERSON).where(PERSON.c.password == subject)).one_or_none())


def list_people(connection: Connection) -> Sequence[Person]:
    """Return all accounts by their names."""
    return [_decode(row) for row in connection.execute(select(PERSON).order_by(PERSON.c.login))]


def write_person(connection: Connection, person: Person) -> bool:
    """Write an account as it is after a change; returns whether it was there.

    Everything that was opened before it is over: the count of changes goes up.
    """
    values = {**_encode(person), "changed": PERSON.c.changed + 1}
    return connection.execute(update(PERSON).where(PERSON.c.pseudonym == person.pseudonym).values(values)).rowcount == 1


def write_role(connection: Connection, pseudonym: str, role: Role) -> None:
    """Give an account a role, as it is but for that; everything that was opened before is over."""
    values = {"role": role.value, "changed": PERSON.c.changed + 1}
    connection.execute(update(PERSON).where(PERSON.c.pseudonym == pseudonym).values(values))


def forget_person(connection: Connection, login: str) -> bool:
    """Take an account away; whose pseudonym it was is known to nobody then. Returns whether it was there."""
    return connection.execute(delete(PERSON).where(PERSON.c.login == login)).rowcount == 1


def spend_step(connection: Connection, pseudonym: str, step: int) -> bool:
    """Take the one-time code of a step; returns False where it, or a later one, was taken before."""
    newer = (PERSON.c.pseudonym == pseudonym) & (PERSON.c.step < step)
    return connection.execute(update(PERSON).where(newer).values(step=step)).rowcount == 1


def note_entry(connection: Connection, entry: Entry) -> None:
    """Add a line to the journal."""
    last = connection.execute(select(func.max(JOURNAL.c.number))).scalar() or 0
    connection.execute(insert(JOURNAL).values({**asdict(entry), "number": last + 1}))


def list_entries(connection: Connection, before: int | None = None, count: int = MOST_ENTRIES) -> Sequence[Entry]:
    """Return the newest lines of the journal, the newest first; with `before`, of those before that number."""
    query = select(JOURNAL) if before is None else select(JOURNAL).where(JOURNAL.c.number < before)
    rows = connection.execute(query.order_by(JOURNAL.c.number.desc()).limit(count))
    return [Entry(**row._asdict()) for row in rows]


def forget_entries(connection: Connection, before: str) -> int:
    """Take away the lines of before a time, ISO 8601 in UTC; returns how many."""
    return connection.execute(delete(JOURNAL).where(JOURNAL.c.at < before)).rowcount


def _encode(person: Person) -> dict[str, Any]:
    return {**asdict(person), "role": person.role.value, "is_active": int(person.is_active)}


def _read_one(row: Row[Any] | None) -> Person | None:
    return None if row is None else _decode(row)


def _decode(row: Row[Any]) -> Person:
    return Person(**{**row._asdict(), "role": Role(row.role), "is_active": bool(row.is_active)})
