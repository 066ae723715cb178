"""How a command reaches the house's register: the bench's own, with its newest records, and the shared one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provision.cli.options import WARD_HOME
from provision.cli.speech import language_of, speak
from provision.errors import RecordError
from provision.home.folder import Home, load_home
from provision.records.keys import HomeKey, load_keys
from provision.register.events import EventRefused
from provision.register.lives import TabletLife
from provision.register.moves import MoveRefused
from provision.report.tablet_page import tell_state
from provision.state.opening import open_bench_state
from provision.station.house_register import locate_register, share_wards
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.register.sql.register import Register


@dataclass(frozen=True)
class House:
    """A register that is open, with the home it is of."""

    home: Home
    key: HomeKey
    register: Register
    language: Language

    @property
    def prefix(self) -> str:
        """First part of the numbers of this bench."""
        return self.register.prefix

    def tell_aside(self, key: str, **values: object) -> None:
        """Say beside the answer what is not as it should be."""
        click.echo(say(self.language, key, **values), err=True)

    def find_life(self, number: str) -> TabletLife | None:
        """Find a tablet by its number; None where the register does not know it."""
        # SQLAlchemy comes along, which `--help` need not load.
        from provision.register.sql.tablet_rows import find_life  # noqa: PLC0415

        return self.register.local.read(partial(find_life, number=number))

    def list_lives(self) -> Sequence[TabletLife]:
        """Return every tablet of the register."""
        from provision.register.sql.tablet_rows import list_lives  # noqa: PLC0415 # as above

        return self.register.local.read(list_lives)

    def sync(self) -> bool:
        """Bring over what is missing on either side; returns whether the shared register could be reached, if any."""
        from provision.register.sql.database import RegisterUnreachable  # noqa: PLC0415 # as above

        try:
            self.register.sync()
        except RegisterUnreachable as unreachable:
            self.tell_aside("register.alone", why=say(self.language, f"register.obstacle.{unreachable.why}"))
            return False
        return True

    def take_in(self, *, every_number: bool = False) -> None:
        """Bring in what this bench recorded, numbered and assigned since; nothing of a ledger that is not right.

        Args:
            every_number: also the numbers of tablets without a record; else they come with the next record.
        """
        lacks_records = self.register.lacks_records(self.home.records)
        if lacks_records or every_number:
            take_all_in(self)  # a number is given before the first record with it
        if lacks_records:
            self._take_records()
        with open_bench_state(self.home.path) as state:
            share_wards(self.register, self.home, state.wards)

    def _take_records(self) -> None:
        from provision.register.sql.database import RegisterUnreachable  # noqa: PLC0415 # as above

        try:
            left_out = self.register.take_records(self.home.records, self.key)
        except RegisterUnreachable:
            self.tell_aside("register.records-wait")
            return
        except RecordError as error:
            self.tell_aside("register.ledger-wrong", place=self.home.records, why=error)
            return
        for why in left_out:
            self.tell_aside("register.left-out", why=why)


_OPTIONS = {"who": "--by", "text": "TEXT"}
"""How a value of an event is written on the command line, where it has another name there."""


@contextmanager
def open_house(home: Path | None, language: Language | None, *, fresh: bool = True) -> Iterator[House]:
    """Open the register of a home until the block ends.

    Args:
        fresh: with the newest records, and with what the shared register has.

    Raises:
        HomeError, ConfigurationError: there is no home, its files or its register are wrong.
    """
    from provision.register.sql.register import open_register  # noqa: PLC0415 # as above

    place = speak(load_home((home or WARD_HOME).absolute()), language)
    key = load_keys(place.keys).home
    with open_register(place.path, key, place.bench.asset_prefix, locate_register(place)) as register:
        house = House(place, key, register, language_of(place))
        if fresh:
            reached = (
                house.sync()
            )  # first: a register put back from a copy gets what it told since before it tells more
            house.take_in()
            if reached:
                house.sync()
        yield house


def take_all_in(house: House) -> None:
    """Bring in every number that this bench ever gave, also before it had a register."""
    with open_bench_state(house.home.path) as state:
        labels = state.open_label_checks(house.prefix)
        house.register.take_numbers(state.open_registry(house.prefix).list_assets(), labels.find_successors)


def tell_refusal(language: Language, refused: MoveRefused | EventRefused) -> str:
    """Say why an event was not taken, and what would be."""
    if isinstance(refused, EventRefused):
        expected = say(language, f"register.form.{refused.expected}")
        return say(
            language, "register.refused-value", key=_OPTIONS.get(refused.key, f"--{refused.key}"), expected=expected
        )
    allowed = ", ".join(f"{state} ({tell_state(state, language)})" for state in refused.allowed)
    values = {"state": tell_state(refused.state, language), "to": tell_state(refused.to, language)}
    shown = allowed or say(language, "register.move-none")
    return say(language, "register.move-refused", number=refused.tablet, allowed=shown, **values)
