"""A look through a ward: which tablets that are told to be there are, which are not, and which others are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from provision.register.events import EventKind, Told, tell_look
from provision.register.lives import TabletLife, fold_text, read_short
from provision.register.moves import Life


@dataclass(frozen=True)
class Place:
    """Where somebody looks.

    Attributes:
        ward: as people call it: its name in site.yaml, else as `move` was told.
        short: its short name in site.yaml; empty for a ward that site.yaml does not name.
        room: one room alone; empty for the whole ward.
    """

    ward: str
    short: str = ""
    room: str = ""

    def expects(self, life: TabletLife) -> bool:
        """Tell whether a tablet is told to be here.

        It was moved here, or it is ready, nobody told where it is, and its screen names this ward.
        """
        if life.became:
            return False
        if life.state is Life.DEPLOYED:
            return _fold(life.ward) in self._names and (not self.room or fold_text(life.room) == fold_text(self.room))
        named = bool(self.short) and read_short(life.assigned) == self.short
        return life.state is Life.READY and named and not self.room

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(fold_text(name) for name in (self.ward, self.short) if name)


_fold = lru_cache(maxsize=1024)(fold_text)
"""Of wards, which are few: each tablet of a house is compared with each of them."""


@dataclass(frozen=True)
class RoomAudit:
    """What a look through a ward found, each by number.

    Attributes:
        here: told to be there, and seen. missing: told to be there, and not seen.
        strangers: seen, and told to be elsewhere. unknown: numbers that were seen and that the register does not know.
        relabelled: numbers on labels that were retired, with the one that each tablet has.
    """

    place: Place
    here: tuple[TabletLife, ...]
    missing: tuple[TabletLife, ...]
    strangers: tuple[TabletLife, ...]
    unknown: tuple[str, ...]
    relabelled: Mapping[str, str]

    @property
    def is_as_told(self) -> bool:
        """Tell whether everything is where it is told to be, under its number."""
        return not (self.missing or self.strangers or self.unknown or self.relabelled)


def compare_room(place: Place, lives: Iterable[TabletLife], seen: Collection[str]) -> RoomAudit:
    """Compare the numbers that somebody read on labels with what is told of a place.

    Args:
        lives: every tablet of the register. seen: each number as it is spelt; one read twice counts once.
    """
    known = {life.number: life for life in lives}
    relabelled = {number: now for number in sorted(seen) if (now := follow_number(number, known)) != number}
    numbers = {relabelled.get(number, number) for number in seen}
    expected = {number for number, life in known.items() if place.expects(life)}
    found = numbers & known.keys()

    def pick(wanted: set[str]) -> tuple[TabletLife, ...]:
        return tuple(known[number] for number in sorted(wanted))

    return RoomAudit(
        place,
        pick(expected & found),
        pick(expected - found),
        pick(found - expected),
        tuple(sorted(numbers - known.keys())),
        relabelled,
    )


def tell_audit(audit: RoomAudit, who: str) -> list[Told]:
    """Make the events of what was found; none of an unknown number, of which nothing is known to tell it of.

    Raises:
        EventRefused: `who` or a name of the place is not of its form.
    """
    place = audit.place
    seen = [(life.number, EventKind.SEEN) for life in (*audit.here, *audit.strangers)]
    found = [*seen, *((life.number, EventKind.MISSED) for life in audit.missing)]
    return [tell_look(number, kind, who, place.ward, place.room) for number, kind in found]


def follow_number(number: str, known: Mapping[str, TabletLife]) -> str:
    """Return the number that a number became, however often."""
    passed = {number}
    while (life := known.get(number)) is not None and life.became and life.became not in passed:
        number = life.became
        passed.add(number)
    return number
