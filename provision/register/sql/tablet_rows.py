"""Questions to a register: what is found by a text, what is known of one tablet, how the whole stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, case, func, or_, select, true

from provision.identity.number import read_number
from provision.register.lives import TabletLife, fold_text, walk_life
from provision.register.moves import Life
from provision.register.sql.event_rows import find_events
from provision.register.sql.projections import decode_life, find_runs
from provision.register.sql.schema import BENCH, CLAIM, TABLET
from provision.register.views import Happened, Standing, TabletPage

MOST_FOUND = 100
MOST_WORDS = 8
MOST_IN_STATE = 300


def search(connection: Connection, text: str) -> list[TabletLife]:
    """Return the tablets in which every word of a text is found, also as a part; the number that it spells first.

    Raises:
        nothing: a text that no tablet has finds none; at most `MOST_FOUND`.
    """
    words = fold_text(text).split()[:MOST_WORDS]
    number = read_number(text)
    found = and_(true(), *(TABLET.c.search.contains(word, autoescape=True) for word in words))
    if number is not None:  # as it is spelt, and as it was typed: that may be a model, or the beginning of a number
        found = or_(found, TABLET.c.search.contains(fold_text(number), autoescape=True))
    query = select(TABLET).where(found)
    first = case((TABLET.c.number == (number or ""), 0), else_=1)
    rows = connection.execute(query.order_by(first, TABLET.c.number).limit(MOST_FOUND))
    return [decode_life(row) for row in rows]


def find_life(connection: Connection, number: str) -> TabletLife | None:
    """Return a tablet as it is; None where nothing is known of its number."""
    row = connection.execute(select(TABLET).where(TABLET.c.number == number)).one_or_none()
    return None if row is None else decode_life(row)


def read_page(connection: Connection, number: str) -> TabletPage | None:
    """Return everything that is known of a tablet, its history in order; None where nothing is."""
    life = find_life(connection, number)
    if life is None:
        return None
    runs, happened, before = find_runs(connection, number), [], 0
    for event, after in walk_life(number, find_events(connection, number), runs):
        body = event.told.body
        run = runs.get((body.get("bench", ""), body.get("bundle", "")))
        happened.append(Happened(event, run, after.contradictions <= before))
        before = after.contradictions
    return TabletPage(life, tuple(happened), _find_same(connection, number))


def read_standing(connection: Connection) -> Standing:
    """Return how the register stands."""
    states = connection.execute(select(TABLET.c.state, func.count()).group_by(TABLET.c.state).order_by(TABLET.c.state))
    benches = connection.execute(select(BENCH.c.name, BENCH.c.prefix).order_by(BENCH.c.name))
    odd = select(TABLET.c.number).where(TABLET.c.contradictions > 0).order_by(TABLET.c.number)
    return Standing(
        tuple((Life(state), count) for state, count in states),
        tuple((name, prefix) for name, prefix in benches),
        tuple(connection.execute(odd).scalars()),
        _find_doubles(connection),
        _find_twice(connection),
    )


def _find_same(connection: Connection, number: str) -> tuple[str, ...]:
    own = CLAIM.alias()
    same = ((own.c.tablet == number) & (own.c.installation != "") & (CLAIM.c.serial == own.c.serial)) & (
        (CLAIM.c.installation == own.c.installation) & (CLAIM.c.tablet != number)
    )
    query = select(CLAIM.c.tablet).select_from(own.join(CLAIM, same)).distinct().order_by(CLAIM.c.tablet)
    return tuple(connection.execute(query).scalars())


def _find_doubles(connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Return the numbers that were given to one and the same tablet, by benches that did not know of each other."""
    which = (CLAIM.c.serial, CLAIM.c.installation)
    several = select(*which).where(CLAIM.c.installation != "").group_by(*which).having(func.count() > 1)
    found: list[tuple[str, ...]] = []
    for serial, installation in connection.execute(several.order_by(*which)):
        same = (CLAIM.c.serial == serial, CLAIM.c.installation == installation)
        numbers = connection.execute(select(CLAIM.c.tablet).where(*same).order_by(CLAIM.c.tablet)).scalars()
        found.append(tuple(numbers))
    return tuple(sorted(found))


def _find_twice(connection: Connection) -> tuple[str, ...]:
    serials = func.count(CLAIM.c.serial.distinct())
    query = select(CLAIM.c.tablet).where(CLAIM.c.serial != "").group_by(CLAIM.c.tablet).having(serials > 1)
    return tuple(connection.execute(query.order_by(CLAIM.c.tablet)).scalars())


def list_lives(connection: Connection) -> Sequence[TabletLife]:
    """Return every tablet by its number."""
    return [decode_life(row) for row in connection.execute(select(TABLET).order_by(TABLET.c.number))]


def list_in_state(connection: Connection, state: Life) -> Sequence[TabletLife]:
    """Return the tablets in one state, those that are in it the longest first; at most `MOST_IN_STATE`."""
    query = select(TABLET).where(TABLET.c.state == state.value).order_by(TABLET.c.since, TABLET.c.number)
    return [decode_life(row) for row in connection.execute(query.limit(MOST_IN_STATE))]


def list_assigned(connection: Connection) -> dict[str, str]:
    """Return the ward of each tablet that has one on its screen, by its number."""
    query = select(TABLET.c.number, TABLET.c.assigned).where(TABLET.c.assigned != "")
    return {row.number: row.assigned for row in connection.execute(query)}
