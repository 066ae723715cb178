"""The second statement of a run: whether USB debugging was seen to close, bound to the first by its digest. Pure.

It is made after the first statement is on disk and verified, because nothing more can be read from a
tablet whose debugging is closed (Wi-Fi and kiosk document 3.5). Predicate and members are ours (FORMAT.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provision.errors import RecordError
from provision.records.canonical import canonical_json
from provision.records.content import RESULT_OF, STATEMENT_TYPE, RunResult, format_time
from provision.terms import Outcome, Reason

SEAL_TYPE = "https://provision.invalid/seal/v1"
SEAL_VERSION = 1


@dataclass(frozen=True)
class ClosingStatement:
    """Orders, and what was seen, after the first statement.

    Attributes:
        sealed: the connection ended and did not come back while USB went on showing the tablet.
        outcome, reason: how the run ended after all; those of the first statement where it was sealed.
        ordered: when the tablet was told to close debugging; None when it never was.
        ended: when the station stopped looking. Both aware datetimes in UTC, stored to the second.
        seen: one plain sentence for each change that was seen, in order.
    """

    sealed: bool
    outcome: Outcome
    reason: Reason | None
    ordered: datetime | None
    ended: datetime
    seen: tuple[str, ...] = ()


def build_closing_statement(run: RunResult, first: str, closing: ClosingStatement) -> dict[str, Any]:
    """Return the second statement of a run.

    Args:
        run: what the first statement says.
        first: SHA-256 of the first envelope, its newline included.
        closing: what came after it.

    Raises:
        RecordError: the first did not ask for it, or one contradicts the other.
    """
    _refuse_contradictions(run, closing)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "statement", "digest": {"sha256": first}}],
        "predicateType": SEAL_TYPE,
        "predicate": {
            "version": SEAL_VERSION,
            "homeKind": run.home_kind.value,
            "runId": run.run_id,
            "assetId": run.asset_id,
            "sealed": closing.sealed,
            "outcome": closing.outcome.value,
            "reason": None if closing.reason is None else closing.reason.value,
            "ordered": None if closing.ordered is None else format_time(closing.ordered),
            "ended": format_time(closing.ended),
            "seen": list(closing.seen),
        },
    }


def parse_closing_statement(statement: object, run: RunResult, first: str, source: str) -> ClosingStatement:
    """Return what a second statement says; the exact inverse of `build_closing_statement`.

    Raises:
        RecordError: it names another first statement, is of another form, or contradicts the first.
    """
    try:
        _expect_first(statement["subject"][0]["digest"]["sha256"], first)  # type: ignore[index]
        closing = _read(statement["predicate"])  # type: ignore[index]
        exact = canonical_json(build_closing_statement(run, first, closing)) == canonical_json(statement)
    except (LookupError, TypeError, ValueError) as error:
        raise RecordError(f"{source}: second statement: expected its members, got {type(error).__name__}") from error
    except RecordError as error:
        raise RecordError(f"{source}: {error}") from error
    if not exact:
        raise RecordError(f"{source}: second statement: expected the exact form for run {run.run_id}, got another")
    return closing


def _expect_first(named: object, first: str) -> None:
    if named != first:
        raise RecordError(f"second statement: expected to name {first} (the first one here), got {named!r:.80}")


def _read(said: Any) -> ClosingStatement:  # noqa: ANN401 - checked member by member, then built again
    return ClosingStatement(
        sealed=said["sealed"] is True,
        outcome=Outcome(said["outcome"]),
        reason=None if said["reason"] is None else Reason(said["reason"]),
        ordered=None if said["ordered"] is None else datetime.fromisoformat(said["ordered"]),
        ended=datetime.fromisoformat(said["ended"]),
        seen=tuple(str(line) for line in said["seen"]),
    )


def _refuse_contradictions(run: RunResult, closing: ClosingStatement) -> None:
    """Sealed keeps the end of the first statement; not sealed is never `done`."""
    place = f"run {run.run_id}: second statement"
    if not run.seals or run.outcome not in RESULT_OF:
        raise RecordError(f"{place}: expected a good end whose site asks for sealing, got {run.outcome}")
    if closing.ordered is not None and format_time(closing.ended) < format_time(closing.ordered):
        raise RecordError(f"{place}: expected an end after the order, got {closing.ended}, {closing.ordered}")
    if closing.sealed and (closing.ordered is None or (closing.outcome, closing.reason) != (run.outcome, run.reason)):
        raise RecordError(f"{place}: expected the order and {run.outcome} for a sealed tablet, got {closing.outcome}")
    if not closing.sealed and (closing.outcome is Outcome.DONE or closing.reason is None):
        raise RecordError(f"{place}: expected another end than done, and its reason, got {closing.outcome}")
