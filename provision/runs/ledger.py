"""Requests of a run to the one thread that writes; the station's ledger thread answers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from provision.facts.props import Props
from provision.identity.carried import NOT_CARRIED, Carried
from provision.identity.which import Basis, Certainty
from provision.polling import count_seconds
from provision.records.closing_statement import ClosingStatement
from provision.records.content import RunResult


@dataclass(frozen=True)
class CheckedIn:
    """Answer of the ledger thread when a run starts: who the tablet is, by what, and its run's number.

    Attributes:
        started: by the clock of this computer, in UTC. began: the same moment by `polling.count_seconds`.
        given_by: prefix of the other bench of the site that gave the asset id; empty for this one.
    """

    run_id: str
    asset_id: str
    certainty: Certainty
    started: datetime
    basis: Basis = Basis.NOTHING
    began: float = field(default_factory=count_seconds)
    given_by: str = ""


class RunLedger(Protocol):
    """Requests of a run to the one thread that writes."""

    def check_in(
        self, slot: str, serial: str, installation: str | None, props: Props | None, carried: Carried = NOT_CARRIED
    ) -> CheckedIn:
        """Name the tablet and fsync the `open` line before anything is changed."""
        ...

    def finish(self, result: RunResult) -> str:
        """Write the record, verify it from disk, and return its file name.

        Raises:
            RecordTooLarge: it says more than any reader takes; one that says less can be written.
        """
        ...

    def append_statement(self, run_id: str, closing: ClosingStatement) -> None:
        """Add the second statement to the record of a run, and verify both from disk."""
        ...
