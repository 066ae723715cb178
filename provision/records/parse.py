"""The way back from a statement to the run it describes, with no latitude. Pure.

A statement is accepted when the run read from it builds the very same statement again: so members,
types, test lists and result cannot disagree with each other, and nothing can be smuggled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from provision.errors import RecordError
from provision.records.canonical import canonical_json
from provision.records.content import (
    CONFIGURATION_NAMES,
    Configuration,
    ControlResult,
    ProofResult,
    RunResult,
    build_statement,
)
from provision.terms import Assurance, Control, HomeKind, Outcome, ProofVerdict, Reason, Road

Word = TypeVar("Word", bound=StrEnum)


def parse_statement(
    statement: object, identity: Mapping[str, Any], observed: Mapping[str, Any], source: str
) -> RunResult:
    """Return the run that a statement and its two documents describe.

    Args:
        statement: parsed JSON.
        identity: the parsed identity document.
        observed: the parsed observed-state document.
        source: file name for the message.

    Raises:
        RecordError: a member is missing, superfluous, of another type, or contradicts another.
    """
    try:
        result = _result(statement, identity, observed)
        rebuilt = build_statement(result)
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(
            f"{source}: expected the members of format version 1, got {type(error).__name__}: {error}"
        ) from error
    except RecordError as error:
        raise RecordError(f"{source}: {error}") from error
    if canonical_json(rebuilt) != canonical_json(statement):
        raise RecordError(f"{source}: {_difference(rebuilt, statement, 'statement')}")
    return result


def subject_digest(statement: object, position: int, source: str) -> str:
    """Return the SHA-256 that a statement names for its first (identity) or second (state) subject."""
    try:
        return _text(statement["subject"][position]["digest"]["sha256"])  # type: ignore[index]
    except (LookupError, TypeError) as error:
        raise RecordError(f"{source}: subject {position}: expected a SHA-256, got none") from error


def _result(statement: Any, identity: Mapping[str, Any], observed: Mapping[str, Any]) -> RunResult:  # noqa: ANN401 - checked member by member
    said = statement["predicate"]["provision"]
    return RunResult(
        home_kind=HomeKind(said["homeKind"]),
        run_id=_text(said["runId"]),
        asset_id=_text(said["assetId"]),
        slot=_text(said["slot"]),
        started=datetime.fromisoformat(said["started"]),
        ended=datetime.fromisoformat(said["ended"]),
        outcome=Outcome(said["outcome"]),
        reason=_word(Reason, said["reason"]),
        first_error=_text_or_none(said["firstError"]),
        identity=identity,
        observed=observed,
        road=_word(Road, said["road"]),
        controls=tuple(_control(control) for control in said["controls"]),
        proofs=tuple(_proof(proof) for proof in said["proofs"]),
        changes=_texts(said["changes"]),
        deviations=_texts(said["deviations"]),
        configuration=_configuration(statement["predicate"]["configuration"], said),
        seals="seal" in said,
        clock=datetime.fromisoformat(said["clock"]) if "clock" in said else None,
    )


def _control(said: Mapping[str, Any]) -> ControlResult:
    return ControlResult(
        Control(said["control"]),
        _text(said["wanted"]),
        _text(said["observed"]),
        Assurance(said["assurance"]),
        _word(Assurance, said["required"]),
        _texts(said["evidence"]),
    )


def _proof(said: Mapping[str, Any]) -> ProofResult:
    verdict = ProofVerdict(said["result"])
    return ProofResult(_text(said["name"]), Control(said["control"]), verdict, _text(said["detail"]))


def _configuration(descriptors: list[Mapping[str, Any]], said: Mapping[str, Any]) -> Configuration:
    digests = {_text(one["name"]): _text(one["digest"]["sha256"]) for one in descriptors}
    known: dict[str, Any] = {name: digests.get(name) for name in CONFIGURATION_NAMES}
    return Configuration(
        profile_name=_text_or_none(said["profile"]), toolkit_version=_text_or_none(said["toolkitVersion"]), **known
    )


def _word(kind: type[Word], value: object) -> Word | None:
    return None if value is None else kind(_text(value))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"expected text, got {value!r:.60}")


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(line) for line in value)
    raise TypeError(f"expected a list of texts, got {value!r:.60}")


def _difference(expected: object, got: object, place: str) -> str:
    """Return the first place where two JSON values differ, as `place: expected X, got Y`."""
    if isinstance(expected, dict) and isinstance(got, dict):
        if set(expected) != set(got):
            return f"{place}: expected exactly the members {sorted(expected)}, got {sorted(got)}"
        name = next(name for name in sorted(expected) if _differs(expected[name], got[name]))
        return _difference(expected[name], got[name], f"{place}.{name}")
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        at = next(at for at, (one, other) in enumerate(zip(expected, got, strict=True)) if _differs(one, other))
        return _difference(expected[at], got[at], f"{place}[{at}]")
    return f"{place}: expected {expected!r:.200}, got {got!r:.200}"


def _differs(one: object, other: object) -> bool:
    return canonical_json(one) != canonical_json(other)
