"""Labels of tablets that a person is asked about, and those a person compared: the word that ends a doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, exists, select, update

from provision.errors import ProvisionError
from provision.identity.which import UNREAD, Asset
from provision.state.numbers import NumberSource
from provision.state.sql.asset_registry import (
    ASKED,
    ASSET_ID,
    CONFIRMED,
    find_asset,
    find_assets,
    find_last,
    give_number,
    keep_assets,
    keep_label_check,
    keep_plug,
)
from provision.state.sql.database import Database
from provision.state.sql.retired_numbers import (
    find_successor,
    keep_living,
    pass_on,
    retire,
    retire_given_meanwhile,
    revive,
)
from provision.state.sql.schema import ASSET, LABEL_CHECK, RETIRED_NUMBER


class LabelRefused(ProvisionError):
    """A label that cannot be this tablet's; nothing was written.

    Attributes:
        why: `unknown` for a number of this bench's prefix that it never gave, `other-serial` for one that is known here
            under another serial, `other-tablet` for one that the house has under another, `retired` for one that became
            another, `same` for a number in place of itself.
        asset_id: the number that was refused. serial: that other serial. became: that other number.
    """

    def __init__(self, why: str, asset_id: str, serial: str = "", became: str = "") -> None:
        super().__init__(f"{asset_id}: {why}")
        self.why, self.asset_id, self.serial, self.became = why, asset_id, serial, became


@dataclass(frozen=True)
class OpenLabel:
    """A tablet that is asked about: its number for now, its serial, and since when (ISO 8601 in UTC)."""

    asset_id: str
    serial: str
    since: str


@dataclass(frozen=True)
class Retired:
    """A number that a tablet had: until when (ISO 8601 in UTC), and why it has it no more, in a person's words."""

    asset_id: str
    at: str
    why: str


class LabelCheckStore:
    """Words on labels that this bench heard. All methods from any thread or process.

    Args:
        database: of the bench.
        prefix: of the numbers this bench gives.
        numbers: of the house, where several benches share a register.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database, prefix: str, numbers: NumberSource | None = None) -> None:
        self._database, self._prefix, self._numbers = database, prefix, numbers

    def list_open(self) -> tuple[OpenLabel, ...]:
        """Return every tablet that is asked about, by its number; one that was confirmed since is none."""
        check, twin = LABEL_CHECK.alias(), ASSET.alias()
        confirmed = exists().where(
            twin.c.serial == ASSET.c.serial,
            check.c.asset_id == twin.c.asset_id,
            check.c.digest == LABEL_CHECK.c.digest,
            check.c.answer == CONFIRMED,
        )
        here = LABEL_CHECK.join(ASSET, ASSET.c.asset_id == LABEL_CHECK.c.asset_id)
        query = select(ASSET.c.asset_id, ASSET.c.serial, LABEL_CHECK.c.since).select_from(here)
        retired = exists().where(RETIRED_NUMBER.c.asset_id == ASSET.c.asset_id)
        query = query.where(LABEL_CHECK.c.answer == ASKED, ~confirmed, ~retired).order_by(ASSET.c.asset_id)
        return self._database.read(lambda connection: tuple(OpenLabel(*row) for row in connection.execute(query)))

    def list_twins(self, serial: str) -> tuple[Asset, ...]:
        """Return the known tablets with a serial, by their numbers; retired numbers are none."""
        return self._database.read(lambda connection: tuple(_find_living(connection, serial)))

    def find_successor(self, asset_id: str) -> str:
        """Return the number that a number became; the same one where it was not retired."""
        return self.find_successors([asset_id])[asset_id]

    def find_successors(self, asset_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the number that each of some numbers became, in one look."""
        return self._database.read(lambda connection: {each: find_successor(connection, each) for each in asset_ids})

    def list_former(self, asset_id: str) -> tuple[Retired, ...]:
        """Return the numbers that a tablet had before, in the order they were retired."""
        query = select(RETIRED_NUMBER).where(RETIRED_NUMBER.c.became == asset_id)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(sorted((Retired(row.asset_id, row.at, row.why) for row in rows), key=lambda one: one.at))

    def confirm(self, serial: str, installation: str, asset_id: str) -> list[str]:
        """Note that a person read this number on the label of this tablet; it takes the place of an earlier word.

        Returns:
            the numbers that it was given meanwhile, which are retired.

        Raises:
            LabelRefused: the number cannot be this tablet's.
        """
        is_another_s = self._numbers is not None and self._numbers.is_another_s(asset_id, serial)
        return self._database.write(
            lambda connection: self._confirm(connection, serial, installation, asset_id, is_another_s=is_another_s)
        )

    def correct(self, wrong: str, right: str, why: str) -> None:
        """Note that a tablet with one number is the tablet of another: the first is retired, installations move.

        Raises:
            LabelRefused: one of them cannot be so; nothing was written.
        """
        self._database.write(lambda connection: _correct(connection, wrong, right, why))

    def confirm_new(self, serial: str, installation: str, carried: str | None = None) -> str:
        """Note that it is none of the known ones; returns its own number, made where it has none yet.

        Args:
            carried: the number in its own agent, where that obeys this site; it counts where it tells no installation.
        """
        number = self._ask_house(serial, installation, carried)

        def work(connection: Connection) -> str:
            return self._confirm_new(connection, serial, installation, carried, number)

        return self._database.write(work)

    def undo(self, serial: str, installation: str) -> tuple[str, ...]:
        """Take back what was said of this tablet: it is asked about again. Returns the numbers this was about."""
        return self._database.write(lambda connection: _undo(connection, serial, installation))

    def _confirm(
        self, connection: Connection, serial: str, installation: str, asset_id: str, *, is_another_s: bool
    ) -> list[str]:
        known = find_asset(asset_id, connection)
        if known is not None and known.serial != serial:
            raise LabelRefused("other-serial", asset_id, known.serial)
        if known is None:
            found = ASSET_ID.fullmatch(asset_id)
            if found is None or found[1] == self._prefix:
                raise LabelRefused("unknown", asset_id)
            if is_another_s:
                raise LabelRefused("other-tablet", asset_id)
            keep_assets(connection, [Asset(asset_id, serial, ())])
        if installation != UNREAD:  # which equals nothing: what was said under it is another tablet's
            _undo(connection, serial, installation)
        became = find_successor(connection, asset_id)
        if became != asset_id:
            raise LabelRefused("retired", asset_id, became=became)
        keep_label_check(connection, asset_id, installation, CONFIRMED)
        twins = find_assets(ASSET.c.serial == serial, connection)
        return retire_given_meanwhile(connection, twins, installation, asset_id)

    def _ask_house(self, serial: str, installation: str, carried: str | None) -> str | None:
        """Return the house's number of a tablet that has none of its own here."""
        if self._numbers is None or self._database.read(
            lambda connection: _find_own(connection, serial, installation, carried)
        ):
            return None
        last = self._database.read(lambda connection: find_last(connection, self._prefix))
        return self._numbers.allot(last, serial, installation)

    def _confirm_new(
        self, connection: Connection, serial: str, installation: str, carried: str | None, number: str | None
    ) -> str:
        if installation != UNREAD:
            _undo(connection, serial, installation)
        own = _find_own(connection, serial, installation, carried)
        if own is None:
            own = _take_number(connection, number or give_number(connection, self._prefix), serial, installation)
        keep_label_check(connection, own.asset_id, installation, CONFIRMED)
        return own.asset_id


def _take_number(connection: Connection, number: str, serial: str, installation: str) -> Asset:
    """Write down a tablet under its number; one of its serial that has it already was read at another bench."""
    number = find_successor(connection, number)
    known = find_asset(number, connection)
    if known is None or known.serial != serial:
        own = Asset(number, serial, (installation,))
        keep_assets(connection, [own])
        return own
    own = replace(known, installations=(*known.installations, installation))
    keep_plug(connection, known, own)
    return own


def _undo(connection: Connection, serial: str, installation: str) -> tuple[str, ...]:
    numbers = tuple(
        one.asset_id for one in find_assets(ASSET.c.serial == serial, connection) if installation in one.confirmed
    )
    for asset_id in numbers:
        which = (LABEL_CHECK.c.asset_id == asset_id, LABEL_CHECK.c.digest == installation)
        connection.execute(update(LABEL_CHECK).where(*which).values(answer=ASKED))
    revive(connection, numbers, installation)
    return numbers


def _find_living(connection: Connection, serial: str) -> list[Asset]:
    return keep_living(connection, find_assets(ASSET.c.serial == serial, connection))


def _find_own(connection: Connection, serial: str, installation: str, carried: str | None) -> Asset | None:
    """The tablet that was seen with an installation; one that tells none is the one whose number it carries."""
    twins = _find_living(connection, serial)
    if installation != UNREAD:
        return next((one for one in twins if installation in one.installations), None)
    number = None if carried is None else find_successor(connection, carried)
    return next((one for one in twins if one.asset_id == number), None)


def _correct(connection: Connection, wrong: str, right: str, why: str) -> None:
    if wrong == right:
        raise LabelRefused("same", wrong)
    both = dict[str, Asset]()
    for asset_id in (wrong, right):
        known = find_asset(asset_id, connection)
        if known is None:
            raise LabelRefused("unknown", asset_id)
        became = find_successor(connection, asset_id)
        if became != asset_id:
            raise LabelRefused("retired", asset_id, became=became)
        both[asset_id] = known
    if both[wrong].serial != both[right].serial:
        raise LabelRefused("other-serial", right, both[right].serial)
    _move_installations(connection, both[wrong], both[right])
    pass_on(connection, wrong, right)
    retire(connection, wrong, right, "", why)


def _move_installations(connection: Connection, wrong: Asset, right: Asset) -> None:
    """Give a tablet what is known of its other number: what it had is its own, what was asked about stays asked about.

    What a person found under a third number stays there. An installation that a third one was seen with too is a copied
    system's: it tells neither from the other, and stays in doubt.
    """
    others = [
        one for one in _find_living(connection, wrong.serial) if one.asset_id not in {wrong.asset_id, right.asset_id}
    ]
    settled = {*right.confirmed, *(digest for one in others for digest in one.confirmed), UNREAD}
    copied = {digest for one in others for digest in one.installations}
    its_own = {*wrong.installations, *wrong.confirmed} - settled
    certain = (its_own - copied) | (wrong.confirmed - settled)
    for digest in sorted(certain):
        which = (LABEL_CHECK.c.asset_id == wrong.asset_id, LABEL_CHECK.c.digest == digest)
        connection.execute(update(LABEL_CHECK).where(*which).values(answer=ASKED))
        keep_label_check(connection, right.asset_id, digest, CONFIRMED)
    for digest in sorted(wrong.asked - certain - settled - {*right.installations}):
        keep_label_check(connection, right.asset_id, digest, ASKED)
    shared = sorted(its_own - certain)
    keep_plug(connection, right, replace(right, installations=(*right.installations, *shared)))
