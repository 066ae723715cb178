"""Known tablets of a bench and their numbers, written by the ledger thread only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from provision.identity.number import write_number
from provision.identity.which import UNREAD, Asset, Match, Standing, match_asset, note_plug
from provision.state.numbers import NumberSource
from provision.state.sql.database import Database
from provision.state.sql.retired_numbers import find_successor, keep_living
from provision.state.sql.schema import ASSET, INSTALLATION, LABEL_CHECK

ASSET_ID = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)-([0-9]{1,9})")
ASKED, CONFIRMED = "asked", "confirmed"
_PAGE = 500
MOST_FORGOTTEN = 10_000
"""So many numbers ahead of those it remembers a bench may have given and forgotten; what a tablet says can be anything,
and the next number follows the highest."""


class AssetRegistry:
    """Known tablets and the next free number of a prefix.

    Args:
        database: of the bench.
        prefix: of the numbers this bench gives.
        numbers: of the house, where several benches share a register.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be written.
    """

    def __init__(self, database: Database, prefix: str, numbers: NumberSource | None = None) -> None:
        self._database = database
        self._prefix = prefix
        self._numbers = numbers
        self._on_bench: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Tell whether no tablet is known: a new bench, or one whose database was lost."""
        return (
            self._database.read(lambda connection: connection.execute(select(func.min(ASSET.c.asset_id))).scalar())
            is None
        )

    def list_assets(self) -> Iterator[Asset]:
        """Yield every known tablet, by its number as text."""
        page: tuple[str, ...] = ("",)
        while page:
            page = self._database.read(partial(_list_ids, page[-1]))
            if page:
                yield from self._database.read(partial(find_assets, ASSET.c.asset_id.between(page[0], page[-1])))

    def knows(self, asset_id: str) -> bool:
        """Whether a tablet of this number is known."""
        wanted = select(ASSET.c.asset_id).where(ASSET.c.asset_id == asset_id)
        return self._database.read(lambda connection: connection.execute(wanted).scalar()) is not None

    def find_asset(self, asset_id: str) -> Asset | None:
        """Return what is known under a number, also a retired one; None for nothing."""
        return self._database.read(partial(find_asset, asset_id))

    def restore(self, recorded: Iterable[tuple[str, str]]) -> None:
        """Take tablets that are not known here from the ledger's records: the database was lost, or is an older copy.

        Args:
            recorded: asset id and serial of each record. Installations are not in records, so these
                tablets are candidates at their next plug, and their numbers are never given twice.
        """
        lost = {asset_id: serial for asset_id, serial in recorded if ASSET_ID.fullmatch(asset_id)}
        for asset in self.list_assets():
            lost.pop(asset.asset_id, None)
        assets = [Asset(asset_id, serial, (UNREAD,)) for asset_id, serial in sorted(lost.items())]
        if assets:
            self._database.write(lambda connection: keep_assets(connection, assets))

    def check_in(self, serial: str, installation: str | None, carried: str | None = None) -> tuple[Asset, Match]:
        """Find or number the tablet that starts a run; it is on disk when this returns.

        Args:
            installation: its digest, `UNREAD` for a tablet that has none to tell, None for one that never answered.
            carried: the number in its own agent, where that obeys this site.
        """
        number = self._ask_house(serial, installation, carried)
        asset, match = self._database.write(
            lambda connection: self._check_in(connection, serial, installation, carried, number)
        )
        self._on_bench.add(asset.asset_id)  # only now: what is not on disk must not be handed out
        return asset, match

    def find(self, serial: str, installation: str | None) -> Match:
        """Which tablet this is as far as is known here; nothing is written."""
        same = ASSET.c.serial == serial
        known = self._database.read(lambda connection: keep_living(connection, find_assets(same, connection)))
        return match_asset(serial, installation, known, frozenset(self._on_bench))

    def find_other_bench(self, asset_id: str) -> str:
        """Prefix of the bench that gave a number; empty for this one."""
        prefix = asset_id.rpartition("-")[0]
        return "" if prefix == self._prefix else prefix

    def check_out(self, asset_id: str) -> None:
        """Note that the run of this tablet is over."""
        self._on_bench.discard(asset_id)

    def _ask_house(self, serial: str, installation: str | None, carried: str | None) -> str | None:
        """Take over what other benches know of a serial, and the number of a tablet that is none of those."""
        if self._numbers is None:
            return None
        elsewhere = self._numbers.find_known(serial)
        self._database.write(partial(_keep_elsewhere, serial, elsewhere))
        match, known = self._database.read(partial(self._match, serial, installation, carried))
        if match.asset is not None:
            return None
        copied = any(installation in one.installations for one in known)  # then it tells no tablet from another
        last = self._database.read(partial(find_last, prefix=self._prefix))
        return self._numbers.allot(last, serial, None if copied else installation)

    def _match(
        self, serial: str, installation: str | None, carried: str | None, connection: Connection
    ) -> tuple[Match, list[Asset]]:
        which = ASSET.c.serial == serial
        carried = None if carried is None else find_successor(connection, carried)
        found_all = find_assets(which if carried is None else or_(which, ASSET.c.asset_id == carried), connection)
        known = keep_living(connection, found_all)
        standing = self._judge(connection, carried, known)
        return match_asset(serial, installation, known, frozenset(self._on_bench), carried, standing), known

    def _check_in(
        self,
        connection: Connection,
        serial: str,
        installation: str | None,
        carried: str | None,
        number: str | None,
    ) -> tuple[Asset, Match]:
        match, known = self._match(serial, installation, carried, connection)
        found = match.asset
        if found is None:
            given = number or give_number(connection, self._prefix)
            found = Asset(given, serial, () if installation is None else (installation,))
        asset = note_plug(found, match.certainty, installation)
        if not any(one.asset_id == asset.asset_id for one in known):
            keep_assets(connection, [asset])
        elif asset != found:
            keep_plug(connection, found, asset)
        return asset, match

    def _judge(self, connection: Connection, carried: str | None, known: Iterable[Asset]) -> Standing:
        """Of a carried number, what this bench can say: all of its own have one form, and follow one another."""
        prefix, _, number = (carried or "").rpartition("-")
        if prefix != self._prefix or any(asset.asset_id == carried for asset in known):
            return Standing.GIVEN
        last = find_last(connection, prefix)
        possible = carried == write_number(prefix, int(number)) and 0 < int(number) <= last + MOST_FORGOTTEN
        return Standing.FORGOTTEN if possible else Standing.IMPOSSIBLE


def keep_assets(connection: Connection, assets: Iterable[Asset]) -> None:
    """Write down new tablets."""
    rows = []
    for asset in assets:
        prefix, _, number = asset.asset_id.rpartition("-")
        rows.append({"asset_id": asset.asset_id, "serial": asset.serial, "prefix": prefix, "number": int(number)})
    if rows:
        connection.execute(insert(ASSET), rows)
        _keep_installations(connection, assets)


def _keep_installations(connection: Connection, assets: Iterable[Asset]) -> None:
    rows = [
        {"asset_id": asset.asset_id, "position": position, "digest": digest}
        for asset in assets
        for position, digest in enumerate(asset.installations)
    ]
    if rows:
        connection.execute(insert(INSTALLATION), rows)
    for asset in assets:
        for digest in sorted(asset.asked):
            keep_label_check(connection, asset.asset_id, digest, ASKED)


def keep_plug(connection: Connection, before: Asset, asset: Asset) -> None:
    """Write down what a plug told of a known tablet: one more installation, or one more to ask about."""
    for position, digest in enumerate(asset.installations):
        if digest not in before.installations:
            row = {"asset_id": asset.asset_id, "position": position, "digest": digest}
            connection.execute(insert(INSTALLATION), [row])
    for digest in sorted(asset.asked - before.asked):
        keep_label_check(connection, asset.asset_id, digest, ASKED)


def keep_label_check(connection: Connection, asset_id: str, digest: str, answer: str) -> None:
    """Write down what is known of a tablet's label, in place of what was known before."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"answer": answer, "since": now}
    statement = insert(LABEL_CHECK).values(asset_id=asset_id, digest=digest, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["asset_id", "digest"], set_=values))


def _keep_elsewhere(serial: str, elsewhere: Iterable[Asset], connection: Connection) -> None:
    """Write down tablets of a serial that another bench numbered, and installations of known ones that it heard of.

    Of an installation that this bench ever heard of itself its own word counts: a person's, or that it is asked about.
    """
    same = find_assets(ASSET.c.serial == serial, connection)
    heard = {UNREAD}.union(*({*one.installations, *one.confirmed, *one.asked} for one in same))
    numbers = [asset.asset_id for asset in elsewhere]
    known = {asset.asset_id: asset for asset in find_assets(ASSET.c.asset_id.in_(numbers), connection)}
    keep_assets(connection, [asset for asset in elsewhere if asset.asset_id not in known])
    for asset in elsewhere:
        before = known.get(asset.asset_id)
        if before is not None and before.serial == serial:
            new = (each for each in asset.installations if each not in heard)
            keep_plug(connection, before, replace(before, installations=(*before.installations, *new)))


def _list_ids(last: str, connection: Connection) -> tuple[str, ...]:
    query = select(ASSET.c.asset_id).where(ASSET.c.asset_id > last).order_by(ASSET.c.asset_id).limit(_PAGE)
    return tuple(connection.execute(query).scalars())


def give_number(connection: Connection, prefix: str) -> str:
    """The number after the highest of a prefix."""
    return write_number(prefix, find_last(connection, prefix) + 1)


def find_last(connection: Connection, prefix: str) -> int:
    """The highest number of a prefix that is known; 0 for none."""
    last = connection.execute(select(func.max(ASSET.c.number)).where(ASSET.c.prefix == prefix)).scalar()
    return last or 0


def find_asset(asset_id: str, connection: Connection) -> Asset | None:
    """The known tablet of a number, also of a retired one."""
    return next(iter(find_assets(ASSET.c.asset_id == asset_id, connection)), None)


def find_assets(which: ColumnElement[bool], connection: Connection) -> list[Asset]:
    """Known tablets by a condition on their rows, by number, with all that is known of their labels."""
    here = ASSET.outerjoin(INSTALLATION, ASSET.c.asset_id == INSTALLATION.c.asset_id)
    columns = select(ASSET.c.asset_id, ASSET.c.serial, INSTALLATION.c.digest).select_from(here)
    query = columns.where(which).order_by(ASSET.c.asset_id, INSTALLATION.c.position)
    found: dict[str, Asset] = {}
    for asset_id, serial, digest in connection.execute(query):
        known = found.get(asset_id, Asset(asset_id, serial, ()))
        added = () if digest is None else (digest,)
        found[asset_id] = replace(known, installations=(*known.installations, *added))
    checks = ASSET.join(LABEL_CHECK, ASSET.c.asset_id == LABEL_CHECK.c.asset_id)
    rows = select(ASSET.c.asset_id, LABEL_CHECK.c.digest, LABEL_CHECK.c.answer).select_from(checks).where(which)
    for asset_id, digest, answer in connection.execute(rows):
        known = found[asset_id]
        if answer == CONFIRMED:
            found[asset_id] = replace(known, confirmed=known.confirmed | {digest})
        else:
            found[asset_id] = replace(known, asked=known.asked | {digest})
    return list(found.values())
