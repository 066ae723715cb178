"""The outcome of a run: from its last reading, or from the error that broke it off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from provision.config.load import Load
from provision.errors import (
    AnswerCut,
    AnswerError,
    Cancelled,
    ConfigurationError,
    DeadlinePassed,
    HomeError,
    ProvisionError,
    RecordError,
    StepFailed,
    TransportError,
)
from provision.facts.ask import NotBooted
from provision.identity.which import Certainty
from provision.records.run_end import UNIDENTIFIED
from provision.runs.ledger import CheckedIn
from provision.runs.plan_runner import Reading
from provision.terms import LabelDoubt, Outcome, Reason
from provision.texts.message import NOTHING, Message, join_clauses, message, verbatim


@dataclass(frozen=True)
class Verdict:
    """An outcome, why it is not `done`, and what was found.

    `overloaded`: a deadline passed while this computer itself was late.
    """

    outcome: Outcome
    reason: Reason | None
    detail: Message = NOTHING
    overloaded: bool = False


_CANCELLED = {
    Reason.TABLET_GONE: Outcome.LOST,
    Reason.ADB_SERVER_GONE: Outcome.LOST,
    Reason.TABLET_HUNG: Outcome.FAILED,
}

_TABLETS_OWN = frozenset({Reason.OEM_GATE, Reason.OWNER_UNSUPPORTED})
"""Maker or build refuse the bench: no fault of the run, and the same tablet would answer the same again."""

_RIGHT_LOST = re.compile(
    r"(?:nor current process has|uid[= ]2000\b.*|requires:?|missing|does not have|need the) ?android\.permission\.\w+"
)
"""A question that Android answers uid shell, refused for a right: the maker took it (packages document 3.11)."""

_FAILURES = (
    (DeadlinePassed, Reason.TABLET_HUNG),
    (NotBooted, Reason.BOOT_INCOMPLETE),  # before its base class
    (AnswerCut, Reason.ANSWER_CUT),  # before its base class
    (AnswerError, Reason.ANSWER_NOT_UNDERSTOOD),
    (RecordError, Reason.RECORD_NOT_WRITTEN),
    (ConfigurationError, Reason.BENCH_FILE_WRONG),
    (HomeError, Reason.BENCH_FILE_WRONG),
)


def outcome_from_error(error: ProvisionError, cause: Reason | None = None) -> Verdict:
    """The outcome that an error means; never `done`.

    Args:
        error: what broke the run off.
        cause: why the run was cancelled, where it was; None counts as the operator's wish.
    """
    if isinstance(error, Cancelled):
        reason = cause or Reason.STOPPED_BY_OPERATOR
        return Verdict(_CANCELLED.get(reason, Outcome.STOPPED), reason)
    if isinstance(error, StepFailed) and error.reason in _TABLETS_OWN:
        return Verdict(Outcome.REFUSED, error.reason, _tell_step(error))
    if isinstance(error, StepFailed):
        return Verdict(Outcome.FAILED, error.reason, _tell_step(error))
    if isinstance(error, TransportError) and not isinstance(error, DeadlinePassed):
        return Verdict(Outcome.LOST, error.reason, error.said)
    if isinstance(error, AnswerError) and _RIGHT_LOST.search(error.got):
        return Verdict(Outcome.REFUSED, Reason.OEM_GATE, _tell_error(error))
    reason = next((reason for kind, reason in _FAILURES if isinstance(error, kind)), Reason.UNEXPECTED)
    return Verdict(Outcome.FAILED, reason, _tell_error(error))


def _tell_error(error: ProvisionError) -> Message:
    """What an error says; forms that were expected of an answer have names in English alone."""
    if isinstance(error, TransportError):
        return error.said
    if isinstance(error, AnswerError):
        return message("answer-unlike", command=error.command, expected=error.expected, got=repr(error.got))
    return verbatim(str(error))


def _tell_step(error: StepFailed) -> Message:
    return message("step", step=error.step, detail=error.detail)


def annotate_host_load(verdict: Verdict, load: Load) -> Verdict:
    """The same verdict; one about a passed deadline says how busy this computer was, since both may be at fault."""
    if verdict.reason not in {Reason.TABLET_HUNG, Reason.INSTALL_HUNG}:
        return verdict
    busy = _tell_load(load)
    detail = join_clauses(verdict.detail, busy) if verdict.detail else busy
    return replace(verdict, detail=detail, overloaded=load.is_high)


def _tell_load(load: Load) -> Message:
    if load.percent is None:
        return message("load-average", load=f"{load.average:.1f}")
    return message("load-waited", percent=round(load.percent))


def outcome_from_reading(reading: Reading, doubt: LabelDoubt | None = None) -> Verdict:
    """`done` only when every wanted control holds by the last reading, and nobody came in between."""
    plan = reading.plan
    if plan.lasting_refusals:
        found = plan.lasting_refusals[0]
        return Verdict(Outcome.FAILED, found.reason, found.detail)
    short = next((decision for decision in plan.unmet if plan.falls_short(decision)), None)
    if short is not None:
        detail = message("differs", control=str(short.control), wanted=short.wanted, observed=short.observed)
        return Verdict(Outcome.FAILED, Reason.READ_BACK_DIFFERS, detail)
    if plan.unmet:
        return Verdict(Outcome.DONE_WITH_WARNINGS, Reason.DEVIATIONS_LEFT)
    # A doubt about the label comes before what the site only wants to be told of: it may be another tablet's number.
    warning = Reason.LABEL_UNSURE if doubt else next((item.reason for item in plan.warnings), None)
    return Verdict(Outcome.DONE_WITH_WARNINGS, warning) if warning else Verdict(Outcome.DONE, None)


_DOUBTS = {Certainty.CANDIDATE: LabelDoubt.CANDIDATE, Certainty.UNKNOWN: LabelDoubt.UNKNOWN}


def find_doubt(checked: CheckedIn | None) -> LabelDoubt | None:
    """Why to look at the label: the serial is known, but not which tablet this is."""
    return None if checked is None or checked.asset_id == UNIDENTIFIED else _DOUBTS.get(checked.certainty)
