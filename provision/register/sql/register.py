"""A bench's register: its own, always, and the shared one whenever that can be reached."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, select, update

from provision.errors import HomeError
from provision.identity.number import read_number, write_number
from provision.identity.which import Asset
from provision.records.canonical import canonical_json
from provision.records.keys import HomeKey
from provision.register.events import EventKind, Told, tell_assignment
from provision.register.identities import tell_number
from provision.register.in_time import call_in_time, call_while
from provision.register.moves import Life, check_move
from provision.register.settings import RegisterAddress
from provision.register.sql import numbers
from provision.register.sql.database import Obstacle, RegisterDatabase, RegisterUnreachable
from provision.register.sql.event_rows import add_events
from provision.register.sql.merging import Merged, keep_bench, keep_writer, merge
from provision.register.sql.opening import answers, open_local, open_shared
from provision.register.sql.projections import refresh, refresh_all
from provision.register.sql.record_intake import (
    find_known_end,
    keep_all,
    keep_assignments,
    keep_numbers,
    keep_taken,
    measure_ledger,
    read_records,
)
from provision.register.sql.schema import BENCH, HEAD, METADATA, OF_PERSONS, SHARED
from provision.register.sql.tablet_rows import find_life, list_assigned
from provision.register.sql.ward_rows import find_words, keep_wards, list_newer
from provision.site.wards import Ward
from provision.state.wards import Assignment

ASK_SECONDS = 15.0
"""So long a tablet's run waits for the shared register, whatever holds that up."""

DOUBT_SECONDS = 3.0
"""So long it waits for one that did not answer the last time: an outage costs the ledger's thread this once a rest."""

REST_SECONDS = 60.0
"""So long a bench does without a shared register that did not answer, before it asks again."""

LOOK_SECONDS = 20.0
"""So often a bringing-over, which may take minutes, looks whether the server is still there."""

Result = TypeVar("Result")


@dataclass
class Register:
    """Register of one bench, open until `close`.

    What is told is on this bench's disk when a call returns, whatever becomes of the shared register; `sync` brings
    over what is missing on either side.

    Attributes:
        local: in the bench's home. address: of the shared one; None where the house has none.
        bench, prefix: origin of its ledger, first part of its numbers.
        writer: name of this register among those that write.
    """

    local: RegisterDatabase
    address: RegisterAddress | None
    bench: str
    prefix: str
    writer: str
    _shared: RegisterDatabase | None = field(default=None, repr=False)
    _rests_until: float = field(default=0.0, repr=False)
    _is_doubted: bool = field(default=False, repr=False)
    _is_synced: bool = field(default=False, repr=False)

    def tell(self, told: Told) -> None:
        """Add an event; a move only from where the tablet is.

        Raises:
            MoveRefused: the table has no such move.
            HomeError: it cannot be written.
        """
        self.local.write(partial(self._add, told))

    def tell_all(self, told: Sequence[Told]) -> None:
        """Add events that move nothing, all of them or none.

        Raises:
            HomeError: they cannot be written.
        """

        def work(connection: Connection) -> None:
            add_events(connection, self.writer, told)
            refresh(connection, [one.tablet for one in told])

        self.local.write(work)

    def lacks_records(self, folder: Path) -> bool:
        """Tell whether a ledger grew since its records were brought in."""
        return measure_ledger(folder) != self.local.read(partial(find_known_end, self.bench))[0]

    def take_records(self, folder: Path, home: HomeKey) -> tuple[str, ...]:
        """Bring in the records that came since; returns what was left out of them, and why.

        Raises:
            RecordError: the ledger is not whole or not this bench's.
            RegisterUnreachable: as `_catch_up`; nothing was told.
        """
        self._catch_up()
        _, after = self.local.read(partial(find_known_end, self.bench))
        taken = read_records(folder, home, after)
        self.local.write(lambda connection: keep_taken(connection, self.writer, self.bench, taken))
        return taken.left_out

    def take_numbers(
        self, assets: Iterable[Asset], find_successors: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> int:
        """Bring in the numbers that this bench gave or retired without a register; returns how many events that took.

        Args:
            assets: everything the bench knows; of other benches' numbers only what a label told here is new.
            find_successors: the number that each number became, the same one where it counts.
        """
        known = [one for one in assets if read_number(one.asset_id) is not None]
        successors = find_successors([one.asset_id for one in known])
        return self.local.write(lambda connection: keep_numbers(connection, self.writer, known, successors))

    def take_wards(self, assignments: Iterable[Assignment], names: Mapping[str, str], *, is_now: bool = False) -> int:
        """Bring in the ward of each tablet that this bench heard of; returns how many events that took.

        Args:
            assignments: the newest of each tablet.
            names: of wards, by their short names.
            is_now: they are being said; as `keep_assignments`.
        """
        told = [tell_assignment(one, names.get(one.ward, "")) for one in assignments]
        shown = self.local.read(list_assigned)
        new = [one for one in told if not shown.get(one.tablet, "").startswith(f"{one.body['ward']} (")]
        if not new:
            return 0
        keep = partial(keep_assignments, writer=self.writer, bench=self.bench, events=new, is_now=is_now)
        return self.local.write(keep)

    def tell_wards(self, own: Mapping[str, Ward]) -> None:
        """Tell of the wards of this bench's site.yaml that it did not tell so."""
        if self.local.read(partial(find_words, bench=self.bench)).list_untold(own):
            self.local.write(lambda connection: keep_wards(connection, self.writer, self.bench, own))

    def settle_wards(self, own: Mapping[str, Ward]) -> dict[str, Ward]:
        """Return the wards of the house by their short names; `own` are those of this bench's site.yaml."""
        return self.local.read(partial(find_words, bench=self.bench)).settle(own)

    def list_newer_words(self, known: Mapping[str, Assignment]) -> list[Assignment]:
        """Return what others said since of tablets' wards; `known` was brought in by `take_wards`."""
        return self.local.read(partial(list_newer, known=known))

    def rebuild(self, folder: Path, home: HomeKey) -> tuple[int, tuple[str, ...]]:
        """Make every table that follows from records and events anew.

        Returns:
            how many tablets there are, and what was left out of the records, and why.

        Raises:
            RecordError, RegisterUnreachable: as `take_records`; the tables stay as they were.
        """
        self._catch_up()
        taken = read_records(folder, home, -1)

        def work(connection: Connection) -> int:
            keep_all(connection, self.writer, self.bench, taken)
            return refresh_all(connection)

        return self.local.write(work), taken.left_out

    def sync(self) -> tuple[Merged, Merged] | None:
        """Bring over what is missing on either side: to the shared register, and from it; None where there is none.

        Raises:
            RegisterUnreachable: it does not answer, or stopped to meanwhile; everything stays for the next time.
            HomeError: they cannot belong together (`merging.merge`).
        """
        address = self.address
        if address is None:
            return None

        def bring_over() -> tuple[Merged, Merged]:
            shared = self._reach(address)
            return merge(self.local, shared), merge(shared, self.local)

        try:
            came = call_while(bring_over, partial(answers, address), LOOK_SECONDS)
        except TimeoutError:
            self._rest()
            raise RegisterUnreachable(address.title, Obstacle.SILENT) from None
        self._is_synced = True
        return came

    def find_known(self, serial: str) -> tuple[Asset, ...]:
        """Return the tablets with a serial number that any bench numbered, as far as is known here now."""
        find = partial(numbers.find_known, serial=serial)
        shared = self._ask_shared(find)
        return self.local.read(find) if shared is None else shared

    def is_another_s(self, number: str, serial: str) -> bool:
        """Tell whether a number was given, and only to tablets of other serial numbers, as far as is known here now."""
        ask = partial(numbers.is_another_s, number=number, serial=serial)
        shared = self._ask_shared(ask)
        return self.local.read(ask) if shared is None else shared

    def allot(self, last: int, serial: str, installation: str | None) -> str:
        """Give a new tablet its number, in the shared register where that answers, else here.

        Args:
            last: the highest number that the bench itself remembers.
            installation: its digest; None or `UNREAD` where it is not known.
        """
        reserved = self.local.write(partial(numbers.reserve, prefix=self.prefix, last=last))
        wanted = tell_number(write_number(self.prefix, reserved), serial, installation)
        give = partial(numbers.allot, wanted=wanted)
        shared = self._ask_shared(partial(give, writer=self.writer + SHARED), alone=True)
        return self.local.write(partial(give, writer=self.writer)) if shared is None else shared

    def dump(self) -> Iterator[bytes]:
        """Yield every row of every table but those of persons as a canonical JSON line, in one order."""
        for table in (each for each in METADATA.sorted_tables if each not in OF_PERSONS):
            order = [*table.primary_key.columns]
            for row in self.local.read(partial(_read_rows, select(table).order_by(*order))):
                yield canonical_json([table.name, *row], table.name) + b"\n"

    def close_shared(self) -> None:
        """Let go of the shared register, if it was reached."""
        if self._shared is not None:
            self._shared.close()

    def _add(self, told: Told, connection: Connection) -> None:
        if told.kind is EventKind.MOVED:
            life = find_life(connection, told.tablet)
            check_move(told.tablet, Life.BEGIN if life is None else life.state, Life(told.body["to"]))
        add_events(connection, self.writer, [told])
        refresh(connection, [told.tablet])

    def _enrol(self, title: str, kind: str, connection: Connection) -> None:
        keep_bench(connection, title, self.bench, self.prefix, kind)
        _keep_writers(connection, self.writer, self.bench)

    def _catch_up(self) -> None:
        """Get what the shared register holds before the first record is told.

        Where this register was lost, everything was told before: told again from nothing it would stand at the
        beginning of every tablet's life.

        Raises:
            RegisterUnreachable: it does not answer.
        """
        if not self._is_synced and not self.local.read(partial(find_known_end, self.bench))[0]:
            self.sync()

    def _reach(self, address: RegisterAddress) -> RegisterDatabase:
        """The shared register.

        Raises:
            RegisterUnreachable: it does not answer, or did not a moment ago.
        """
        if time.monotonic() < self._rests_until:
            raise RegisterUnreachable(address.title, Obstacle.RESTING)
        if self._shared is None:
            shared = open_shared(address)
            try:
                kind = self.local.read(partial(_find_kind, self.bench))
                shared.write(partial(self._enrol, shared.title, kind))
            except BaseException:
                shared.close()
                raise
            self._shared = shared
        return self._shared

    def _ask_shared(self, work: Callable[[Connection], Result], *, alone: bool = False) -> Result | None:
        """What the shared register answers; None where it does not, and then it is left alone for a while."""
        address = self.address
        if address is None or time.monotonic() < self._rests_until:
            return None

        def ask() -> Result:
            shared = self._reach(address)
            return shared.write(work) if alone else shared.read(work)

        try:
            answer = call_in_time(ask, DOUBT_SECONDS if self._is_doubted else ASK_SECONDS)
        except (TimeoutError, RegisterUnreachable, HomeError):  # a bench goes on; `sync` says what is wrong
            self._rest()
            return None
        self._is_doubted = False
        return answer

    def _rest(self) -> None:
        """Leave the shared register alone for a while."""
        self._rests_until, self._is_doubted = time.monotonic() + REST_SECONDS, True


@contextmanager
def open_register(home: Path, key: HomeKey, prefix: str, address: RegisterAddress | None) -> Iterator[Register]:
    """Open the register of a home until the block ends, made where it has none; the shared one is reached when needed.

    Raises:
        HomeError: damaged, of a newer version, or another bench of the register has this prefix.
    """
    local = open_local(home)
    try:
        local.write(lambda connection: keep_bench(connection, local.title, key.origin, prefix, key.kind.value))
        register = Register(local, address, key.origin, prefix, local.write(partial(_name_writer, key.origin)))
        try:
            yield register
        finally:
            register.close_shared()
    finally:
        local.close()


def _name_writer(bench: str, connection: Connection) -> str:
    """Return the name under which this register writes: another one for each that is ever made."""
    found: str = connection.execute(select(HEAD.c.writer)).scalar_one()
    if not found:
        found = f"{bench}/{secrets.token_hex(4)}"
        connection.execute(update(HEAD).where(HEAD.c.one == 1).values(writer=found))
        _keep_writers(connection, found, bench)
    return found


def _keep_writers(connection: Connection, writer: str, bench: str) -> None:
    for name in (writer, writer + SHARED):
        keep_writer(connection, name, bench)


def _find_kind(bench: str, connection: Connection) -> str:
    kind: str = connection.execute(select(BENCH.c.kind).where(BENCH.c.name == bench)).scalar_one()
    return kind


def _read_rows(query: Select[Any], connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(query).all())
