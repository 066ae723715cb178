"""Content of the record of one run of one tablet: frozen types, and the in-toto statement made of them. Pure.

Statement: in-toto Statement v1, predicate https://in-toto.io/attestation/test-result/v0.1 with one
extra member `provision` (ours, published in FORMAT.md). `parse_statement` is its exact inverse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from provision.errors import RecordError
from provision.records.canonical import canonical_json, sha256_hex
from provision.terms import Assurance, Control, HomeKind, Outcome, ProofVerdict, Reason, Road

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
FORMAT_VERSION = 1
SEAL_ASKED = "debugging-closed"
RESULT_OF = {Outcome.DONE: "PASSED", Outcome.DONE_WITH_WARNINGS: "WARNED"}
ASSET_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ControlResult:
    """One control at the end of a run.

    Attributes:
        wanted, observed: in the same wording, so that they are equal exactly when the control holds.
        assurance: how firmly it holds as observed.
        required: the least assurance the site accepts; None when the site does not require it.
        evidence: the lines a parser matched, redacted by their fact.
    """

    control: Control
    wanted: str
    observed: str
    assurance: Assurance
    required: Assurance | None
    evidence: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`passed`, `failed` (required and not reached), or `warned` (not reached, not required)."""
        least = Assurance.SET if self.required is None or not self.required.rank else self.required
        if self.wanted == self.observed and self.assurance.rank >= least.rank:
            return "passed"
        return "failed" if self.required is least else "warned"


@dataclass(frozen=True)
class ProofResult:
    """One attempt in the user's place; `detail` says what was tried and what the tablet answered."""

    name: str
    control: Control
    result: ProofVerdict
    detail: str = ""

    @property
    def verdict(self) -> str | None:
        """As `ControlResult.verdict`; None for a proof that was not tried, which is no test."""
        verdicts = {ProofVerdict.HELD: "passed", ProofVerdict.BROKEN: "failed"}
        return None if self.result is ProofVerdict.NOT_TRIED else verdicts.get(self.result, "warned")


@dataclass(frozen=True)
class Configuration:
    """Goals the run was given, by SHA-256 (64 lowercase hex digits); None: none, or unknown.

    Attributes:
        site: of `site.yaml` with secrets as references only. profile, appset: of their files.
        agent: of the agent's APK. toolkit: of the toolkit's source tree or wheel.
        profile_name: `<vendor>/<codename>`. toolkit_version: as `provision --version` says.
        copies: the bytes that some of these digests are of, without secrets. No statement has them: the store lays them
            beside the records for readers, and the digests tie them. Empty for a configuration read from a record.
    """

    site: str | None = None
    profile: str | None = None
    appset: str | None = None
    agent: str | None = None
    toolkit: str | None = None
    profile_name: str | None = None
    toolkit_version: str | None = None
    copies: tuple[bytes, ...] = field(default=(), compare=False, repr=False)

    @property
    def digests(self) -> tuple[str, ...]:
        """Those that are known, in the order of the statement."""
        return tuple(digest for name in CONFIGURATION_NAMES if (digest := getattr(self, name)) is not None)


@dataclass(frozen=True)
class RunResult:
    """One run, complete.

    Attributes:
        run_id: unique in the home, ASCII. asset_id: `A-0042`. slot: the port's label.
        started, ended: aware datetimes in UTC; stored to the second.
        reason: why it did not end `done`; None for `done` only.
        first_error: the first error's message, without secrets; None when there was none.
        identity: stable facts of the tablet, the same bytes in every run. observed: state read last.
        changes, deviations: one plain sentence each.
        seals: the site asks that debugging is closed after this statement; a second one says what came of it.
        clock: what the computer's clock said at the end, while `ended` counts from `started` by one that nobody sets;
            None in records of earlier versions: both times are the computer's, and an end may lie before its start.
    """

    home_kind: HomeKind
    run_id: str
    asset_id: str
    slot: str
    started: datetime
    ended: datetime
    outcome: Outcome
    reason: Reason | None
    first_error: str | None
    identity: Mapping[str, Any]
    observed: Mapping[str, Any]
    road: Road | None = None
    controls: tuple[ControlResult, ...] = ()
    proofs: tuple[ProofResult, ...] = ()
    changes: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    configuration: Configuration = field(default_factory=Configuration)
    seals: bool = False
    clock: datetime | None = None

    @property
    def clock_moved(self) -> timedelta:
        """How far the computer's clock was set during the run, as far as the record says."""
        if self.clock is None:
            return min(self.ended - self.started, timedelta(0))
        return self.clock - self.ended


def build_documents(result: RunResult) -> tuple[bytes, bytes]:
    """Return the identity document and the observed-state document, in canonical bytes."""
    return canonical_json(result.identity, "identity"), canonical_json(result.observed, "observed state")


def build_statement(result: RunResult) -> dict[str, Any]:
    """Return the in-toto statement of one run.

    Raises:
        RecordError: the result contradicts itself (`done` with a failed control, a broken proof or a
            deviation; a reason missing), an id, digest or time is not of its form, or a value is not JSON.
    """
    _refuse_bad_names(result)
    tests = _tests(result)
    _refuse_contradictions(result, tests["failedTests"])
    identity, observed = build_documents(result)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [_descriptor("identity", sha256_hex(identity)), _descriptor("observed-state", sha256_hex(observed))],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": RESULT_OF.get(result.outcome, "FAILED"),
            "configuration": _descriptors(result.configuration),
            **tests,
            "provision": _extension(result),
        },
    }


def format_time(moment: datetime) -> str:
    """Return `2025-03-01T12:00:00Z`.

    Raises:
        RecordError: `moment` is naive or not in UTC.
    """
    if moment.tzinfo is None or moment.utcoffset():
        raise RecordError(f"time: expected an aware datetime in UTC, got {moment!r}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _extension(result: RunResult) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "homeKind": result.home_kind.value,
        "runId": result.run_id,
        "assetId": result.asset_id,
        "slot": result.slot,
        "started": format_time(result.started),
        "ended": format_time(result.ended),
        "outcome": result.outcome.value,
        "reason": _value(result.reason),
        "firstError": result.first_error,
        "road": _value(result.road),
        "profile": result.configuration.profile_name,
        "toolkitVersion": result.configuration.toolkit_version,
        "controls": [_control(control) for control in result.controls],
        "proofs": [_proof(proof) for proof in result.proofs],
        "changes": list(result.changes),
        "deviations": list(result.deviations),
        **({"seal": SEAL_ASKED} if result.seals else {}),
        **({"clock": format_time(result.clock)} if result.clock else {}),
    }


def _control(result: ControlResult) -> dict[str, Any]:
    return {
        "control": result.control.value,
        "wanted": result.wanted,
        "observed": result.observed,
        "assurance": result.assurance.value,
        "required": _value(result.required),
        "evidence": list(result.evidence),
    }


def _proof(result: ProofResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "control": result.control.value,
        "result": result.result.value,
        "detail": result.detail,
    }


def _tests(result: RunResult) -> dict[str, list[str]]:
    verdicts = [(f"control:{control.control}", control.verdict) for control in result.controls]
    verdicts += [(f"proof:{proof.name}", proof.verdict) for proof in result.proofs if proof.verdict]
    return {f"{kind}Tests": [name for name, verdict in verdicts if verdict == kind] for kind in _KINDS}


def _refuse_bad_names(result: RunResult) -> None:
    """Asset ids are part of file names, run ids of journals; digests must be comparable as text."""
    configuration = result.configuration
    digests = [(name, getattr(configuration, name)) for name in CONFIGURATION_NAMES]
    wrong = [
        f"{name} {digest!r}" for name, digest in digests if digest is not None and not SHA256_HEX.fullmatch(digest)
    ]
    names = (("asset id", result.asset_id, ASSET_ID), ("run id", result.run_id, RUN_ID))
    wrong += [f"{name} {value!r}" for name, value, form in names if not form.fullmatch(value)]
    if wrong:
        raise RecordError(
            f"run {result.run_id!r}: expected ASCII ids (letters, digits, `.`, `_`, `-`) and SHA-256 in hex, "
            f"got {', '.join(wrong)}"
        )


def _refuse_contradictions(result: RunResult, failed: list[str]) -> None:
    if result.outcome in RESULT_OF and failed:
        raise RecordError(f"run {result.run_id}: expected no failed test for {result.outcome}, got {failed}")
    said = (result.reason, result.first_error, *result.deviations)
    if result.outcome is Outcome.DONE and any(each is not None for each in said):
        raise RecordError(f"run {result.run_id}: expected no reason, error or deviation for done, got one")
    if result.clock and format_time(result.ended) < format_time(result.started):
        raise RecordError(f"run {result.run_id}: expected an end after its start, got {result.ended}, {result.started}")
    if result.outcome is not Outcome.DONE and result.reason is None:
        raise RecordError(f"run {result.run_id}: expected a reason for {result.outcome}, got none")


def _descriptors(configuration: Configuration) -> list[dict[str, Any]]:
    digests = ((name, getattr(configuration, name)) for name in CONFIGURATION_NAMES)
    return [_descriptor(name, digest) for name, digest in digests if digest is not None]


def _descriptor(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def _value(word: StrEnum | None) -> str | None:
    return None if word is None else word.value


CONFIGURATION_NAMES = ("site", "profile", "appset", "agent", "toolkit")
_KINDS = ("passed", "warned", "failed")
