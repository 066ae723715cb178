"""Numbers that are given once, and one to a tablet, whichever benches share a register.

A bench first reserves a number of its own prefix on its own disk, then asks the shared register for it: where the
answer is lost, it gives that number and no other, and what the shared register may have written says the same. A number
that was reserved and not used is never given.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select, update

from provision.identity.number import write_number
from provision.identity.which import UNREAD, Asset
from provision.register.events import Told
from provision.register.identities import digest_serial
from provision.register.sql.event_rows import add_events
from provision.register.sql.projections import refresh
from provision.register.sql.schema import CLAIM, FLOOR, TABLET


def reserve(connection: Connection, prefix: str, last: int) -> int:
    """Return the next number that nobody can have, and never return it again.

    Args:
        last: the highest that the bench itself remembers.
    """
    floor = connection.execute(select(FLOOR.c.number).where(FLOOR.c.prefix == prefix)).scalar()
    number = max(floor or 0, _find_highest(connection, prefix), last) + 1
    if floor is None:
        connection.execute(insert(FLOOR).values(prefix=prefix, number=number))
    else:
        connection.execute(update(FLOOR).where(FLOOR.c.prefix == prefix).values(number=number))
    return number


def allot(connection: Connection, writer: str, wanted: Told) -> str:
    """Give a tablet its number in one transaction of a register; one that it has already stays.

    Args:
        wanted: the event that gives the number reserved for it, with digests of the tablet's serial and installation;
            where that is empty, nothing tells the tablet from others of its serial.
    """
    serial, installation = wanted.body["serial"], wanted.body["installation"]
    if installation:
        same = (CLAIM.c.serial == serial, CLAIM.c.installation == installation)
        known: str | None = connection.execute(
            select(CLAIM.c.tablet).where(*same).order_by(CLAIM.c.tablet).limit(1)
        ).scalar()
        if known is not None:
            return known
    number = wanted.tablet
    prefix = number.rpartition("-")[0]
    while _is_taken(connection, number):  # this bench was put back from an older copy, or somebody announced it
        number = write_number(prefix, reserve(connection, prefix, 0))
    add_events(connection, writer, [Told(number, wanted.kind, wanted.who, wanted.why, wanted.body)])
    refresh(connection, [number])
    return number


def find_known(connection: Connection, serial: str) -> tuple[Asset, ...]:
    """Return the tablets with a serial number that any bench numbered, with their installations."""
    same = CLAIM.c.serial == digest_serial(serial)
    found: dict[str, list[str]] = {}
    query = select(CLAIM.c.tablet, CLAIM.c.installation).where(same)
    for tablet, installation in connection.execute(query.order_by(CLAIM.c.installation, CLAIM.c.tablet)):
        found.setdefault(tablet, []).append(installation or UNREAD)
    return tuple(Asset(tablet, serial, tuple(installations)) for tablet, installations in sorted(found.items()))


def is_another_s(connection: Connection, number: str, serial: str) -> bool:
    """Tell whether a number was given, and only to tablets of other serial numbers."""
    query = select(CLAIM.c.serial).where(CLAIM.c.tablet == number, CLAIM.c.serial != "")
    given = set(connection.execute(query).scalars())
    return bool(given) and digest_serial(serial) not in given


def _find_highest(connection: Connection, prefix: str) -> int:
    return connection.execute(select(func.max(CLAIM.c.number)).where(CLAIM.c.prefix == prefix)).scalar() or 0


def _is_taken(connection: Connection, number: str) -> bool:
    """Tell whether anything is known of a number, given or announced."""
    return connection.execute(select(TABLET.c.number).where(TABLET.c.number == number)).scalar() is not None
