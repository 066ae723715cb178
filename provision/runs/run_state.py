"""Knowledge of one run so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.facts.props import Props
from provision.profiles.model import Profile
from provision.records.run_end import UNIDENTIFIED
from provision.runs.ledger import CheckedIn
from provision.runs.plan_runner import Changes, Reading
from provision.terms import DeviceConfirmation


@dataclass
class RunState:
    """Knowledge so far: record and end are made from it, wherever the run broke off. Each field has one writer.

    Attributes:
        slot, serial: its slot's label; the serial as the adb server lists it, for a tablet that never answers.
        began: by the run's own clock, in seconds.
        props, profile, features: by `identify`; the last are of the hardware, None where it did not tell.
        asked_to_open, checked_in, withheld: by `identify`: an open line was asked for, what the ledger answered, and
            whether the tablet keeps a number of this site to itself.
        installation, donation: by `identify`: digest of what is installed, where the tablet told it; by the run: what
            its record tells of it as a gift, nothing where it is none or may be one of several.
        confirmation, awaiting, waited: by the run while it waits for a person: what was said of the model, whether it
            still waits, and for how many seconds it did.
        reading, read_at, changes: by the run and its plan runner: the last reading, how many changes had been tried
            then, and all that were tried.
    """

    slot: str
    serial: str
    began: float
    props: Props | None = None
    profile: Profile | None = None
    features: frozenset[str] | None = None
    asked_to_open: bool = False
    checked_in: CheckedIn | None = None
    withheld: bool = False
    installation: str | None = None
    donation: Mapping[str, object] = field(default_factory=dict)
    confirmation: DeviceConfirmation | None = None
    awaiting: bool = False
    waited: float = 0.0
    reading: Reading | None = None
    read_at: int = 0
    changes: Changes = field(default_factory=Changes)

    def note_reading(self, reading: Reading) -> None:
        """Keep a reading of the state after every change tried so far."""
        self.reading, self.read_at = reading, len(self.changes.steps)

    @property
    def is_numbered(self) -> bool:
        """Tell whether its run is open under an asset id."""
        return self.checked_in is not None and self.checked_in.asset_id != UNIDENTIFIED

    @property
    def is_stale(self) -> bool:
        """Tell whether something was tried after the last reading."""
        return len(self.changes.steps) > self.read_at
