"""Where a tablet is in its life, and which moves a person may make: the table of `moves.yaml`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml

from provision.errors import ProvisionError
from provision.terms import Outcome


class Life(StrEnum):
    """State of a tablet in the house."""

    BEGIN = "begin"  # nothing is known of it but its number
    ANNOUNCED = "announced"
    RECEIVED = "received"
    IN_WORK = "in-work"
    REFUSED = "refused"
    READY = "ready"
    DEPLOYED = "deployed"
    BACK = "back"
    RESET = "reset"
    IN_REPAIR = "in-repair"
    RETURNED = "returned"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class MoveTable:
    """What `moves.yaml` says.

    Attributes:
        moves: where a person may move a tablet from each state.
        final: states that no run leaves.
        outcomes: where a run leaves a tablet.
    """

    moves: Mapping[Life, tuple[Life, ...]]
    final: frozenset[Life]
    outcomes: Mapping[Outcome, Life]


class MoveRefused(ProvisionError):
    """A move that the table does not have; nothing was written.

    Attributes:
        tablet: its number. state: where it is. to: where it was to go. allowed: where it may go.
    """

    def __init__(self, tablet: str, state: Life, to: Life, allowed: tuple[Life, ...]) -> None:
        super().__init__(f"{tablet}: {state} -> {to}: expected one of {', '.join(allowed) or 'no move'}")
        self.tablet, self.state, self.to, self.allowed = tablet, state, to, allowed


@cache
def load_moves() -> MoveTable:
    """Read the table."""
    read = yaml.safe_load((resources.files(__package__) / "moves.yaml").read_text("utf-8"))
    return MoveTable(
        {Life(state): tuple(map(Life, allowed)) for state, allowed in read["moves"].items()},
        frozenset(map(Life, read["final"])),
        {Outcome(outcome): Life(state) for outcome, state in read["outcomes"].items()},
    )


def check_move(tablet: str, state: Life, to: Life) -> None:
    """Raise `MoveRefused` unless a person may move a tablet from one state to another."""
    allowed = load_moves().moves[state]
    if to not in allowed:
        raise MoveRefused(tablet, state, to, allowed)
