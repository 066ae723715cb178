"""Tablets that were given, found again by their hardware."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from provision.identity.shared_serials import is_placeholder
from provision.state.donations import Donation, read_test
from provision.state.sql.database import DamagedRowError, Database
from provision.state.sql.schema import DONATION
from provision.terms import IntakeVerdict

_PAGE = 500
_NEEDED = tuple(column.name for column in DONATION.c if not column.nullable and not column.primary_key)


class DonationStore:
    """Donations of one bench. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, hardware: str, installation: str | None, serial: str) -> Donation | None:
        """Return the donation that a tablet is, as far as its hardware tells; None also where it may be several.

        One of the same installation is the same; after a reset one of the same serial number and model, where that
        number is no placeholder and no other donation has both.
        """
        return self._database.read(partial(_find, hardware, installation, serial))

    def note(self, seen: Donation, *, new: bool = False) -> Donation:
        """Keep what was seen of a tablet, under the number it has or a new one; return it with its number.

        Args:
            new: it is another tablet than any that was given before.
        """

        def work(connection: Connection) -> Donation:
            known = None if new else _find(seen.hardware, seen.installation, seen.serial, connection)
            values, words = _write(seen), ("donor", "condition")
            if known is None:
                number = connection.execute(insert(DONATION).values(**values)).lastrowid
                return _read(connection.execute(select(DONATION).where(DONATION.c.number == number)).one())
            kept = {name: values[name] or value for name, value in _write(known).items() if name in (*words, "tested")}
            connection.execute(update(DONATION).where(DONATION.c.number == known.number).values(**values | kept))
            return _read(connection.execute(select(DONATION).where(DONATION.c.number == known.number)).one())

        return self._database.write(work)

    def reserve(self, number: int) -> None:
        """Give no number up to this one any more: a record has it, which this database may be older than."""
        reached = select(DONATION.c.number).where(DONATION.c.number >= number).limit(1)

        def work(connection: Connection) -> None:
            if connection.execute(reached).scalar() is None:  # a row that comes and goes: its number stays taken
                placeholder = dict.fromkeys(_NEEDED, "") | {"number": number, "free_bytes": 0, "verdict": "keep"}
                connection.execute(insert(DONATION).values(**placeholder))
                connection.execute(delete(DONATION).where(DONATION.c.number == number))

        if self._database.read(lambda connection: connection.execute(reached).scalar()) is None:
            self._database.write(work)

    def list_donations(self) -> Iterator[Donation]:
        """Yield every donation, by its number."""
        last = 0
        while page := self._database.read(partial(_list_page, last)):
            yield from page
            last = page[-1].number

    def forget(self, number: int) -> bool:
        """Empty the donor's name and words; return whether there is such a donation."""
        known = DONATION.c.number == number
        statement = update(DONATION).where(known).values(donor="", condition="")
        return self._database.write(lambda connection: connection.execute(statement).rowcount > 0)


def _find(hardware: str, installation: str | None, serial: str, connection: Connection) -> Donation | None:
    rows = connection.execute(select(DONATION).where(DONATION.c.hardware == hardware)).all()
    same = [row for row in rows if installation is not None and row.installation == installation]
    if len(same) == 1:
        return _read(same[0])
    return _read(rows[0]) if len(rows) == 1 and not is_placeholder(serial) else None


def _list_page(last: int, connection: Connection) -> tuple[Donation, ...]:
    query = select(DONATION).where(DONATION.c.number > last).order_by(DONATION.c.number).limit(_PAGE)
    return tuple(map(_read, connection.execute(query)))


def _write(seen: Donation) -> dict[str, Any]:
    values = {name: value for name, value in vars(seen).items() if name != "number"}
    tested = None if seen.tested is None else json.dumps(seen.tested.describe())
    return {**values, "verdict": str(seen.verdict), "grounds": json.dumps(seen.grounds), "tested": tested}


def _read(row: Row[Any]) -> Donation:
    """A row of another form is damage: a number on paper stands for it.

    Raises:
        DamagedRowError: what is in it was not written by this program.
    """
    try:
        grounds = tuple(map(str, json.loads(row.grounds)))
        verdict = IntakeVerdict(row.verdict)
        tested = None if row.tested is None else read_test(json.loads(row.tested))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DamagedRowError("donation") from None
    return Donation(**{**row._asdict(), "grounds": grounds, "verdict": verdict, "tested": tested})
