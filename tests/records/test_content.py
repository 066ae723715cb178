"""Statements: what they say of a run, and that nothing else can be read out of them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from record_bed import Bed, make_bed, make_result

from provision.errors import RecordError
from provision.records.canonical import DEEPEST, canonical_json, parse_canonical, sha256_hex
from provision.records.content import (
    Configuration,
    ControlResult,
    ProofResult,
    build_documents,
    build_statement,
    format_time,
)
from provision.records.envelope import sign_envelope
from provision.records.parse import parse_statement
from provision.records.reader import read_bundle
from provision.terms import Assurance, Control, Outcome, ProofVerdict, Reason
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/records/content.yaml")


@pytest.mark.parametrize("case", CASES["controls"])
def test_a_control_passes_when_it_is_observed_and_firm_enough(case: dict) -> None:
    required = case["required"] and Assurance(case["required"])
    control = ControlResult(
        Control.LOCATION_ON, case["wanted"], case["observed"], Assurance(case["assurance"]), required
    )
    assert control.verdict == case["verdict"]


@pytest.mark.parametrize("case", CASES["outcomes"])
def test_each_outcome_has_its_result(case: dict) -> None:
    reason = case["reason"] and Reason(case["reason"])
    statement = build_statement(make_result(1, outcome=Outcome(case["outcome"]), reason=reason))
    assert statement["predicate"]["result"] == case["result"]


def test_every_outcome_has_a_case() -> None:
    assert {case["outcome"] for case in CASES["outcomes"]} == set(Outcome)


def test_a_statement_names_both_documents_by_digest_and_its_tests_by_verdict() -> None:
    proofs = tuple(ProofResult(verdict.value, Control.LOCATION_ON, verdict) for verdict in ProofVerdict)
    result = make_result(1, outcome=Outcome.REFUSED, reason=Reason.ASSURANCE_TOO_LOW, proofs=proofs)
    statement = build_statement(result)
    digests = [subject["digest"]["sha256"] for subject in statement["subject"]]
    assert digests == [sha256_hex(document) for document in build_documents(result)]
    predicate = statement["predicate"]
    assert predicate["passedTests"] == ["control:location.on", "proof:held"]
    assert predicate["warnedTests"] == ["proof:not-proven"]
    assert predicate["failedTests"] == ["proof:broken"]
    assert [proof["result"] for proof in predicate["provision"]["proofs"]] == list(ProofVerdict)
    assert [one["name"] for one in predicate["configuration"]] == ["site", "appset"]


def test_the_identity_document_is_the_same_in_every_run_of_a_tablet() -> None:
    first, second = make_result(1), make_result(1, run_id="later", observed={"battery": 4})
    assert build_documents(first)[0] == build_documents(second)[0]
    assert build_documents(first)[1] != build_documents(second)[1]


def test_a_statement_reads_back_as_the_run_it_was_built_from() -> None:
    result = make_result(1)
    assert parse_statement(build_statement(result), result.identity, result.observed, "here") == result


BROKEN = (ProofResult("escape", Control.KIOSK_LOCK_TASK, ProofVerdict.BROKEN),)
SHORT = (ControlResult(Control.KIOSK_LOCK_TASK, "locked", "locked", Assurance.SET, Assurance.ENFORCED),)
CONTRADICTIONS = {
    "done, but a proof is broken": {"proofs": BROKEN},
    "done, but a required control is not reached": {"controls": SHORT},
    "done, but a deviation is left": {"deviations": ("timezone",)},
    "done, but with a reason": {"reason": Reason.BATTERY_LOW},
    "done, but with an error": {"first_error": "adb server gone"},
    "done with warnings, but a proof is broken": {
        "outcome": Outcome.DONE_WITH_WARNINGS,
        "reason": Reason.DEVIATIONS_LEFT,
        "proofs": BROKEN,
    },
    "refused without a reason": {"outcome": Outcome.REFUSED},
    "asset id with a slash": {"asset_id": "../A-0001"},
    "empty run id": {"run_id": ""},
    "digest in capitals": {"configuration": Configuration(site="A" * 64)},
    "naive time": {"ended": datetime(2025, 3, 1, 12)},
    "local time": {"started": datetime(2025, 3, 1, 12, tzinfo=timezone(timedelta(hours=1)))},
    "a float in the state": {"observed": {"level": 0.5}},
    "a lone surrogate": {"identity": {"serial": "\ud800"}},
}


@pytest.mark.parametrize("changes", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_run_that_contradicts_itself_gets_no_statement(changes: dict) -> None:
    with pytest.raises(RecordError, match="expected"):
        build_statement(make_result(1, **changes))


def test_times_are_written_in_utc_to_the_second() -> None:
    assert format_time(datetime(2025, 3, 1, 9, 5, 7, 999_999, tzinfo=UTC)) == "2025-03-01T09:05:07Z"


@pytest.mark.parametrize("case", CASES["canonical"])
def test_canonical_json_has_one_spelling(case: dict) -> None:
    assert canonical_json(case["value"]).decode() == case["bytes"]
    assert parse_canonical(case["bytes"].encode(), "here") == case["value"]


@pytest.mark.parametrize("value", [*CASES["refused_values"], {1: 2}, b"", {"a": {1, 2}}], ids=repr)
def test_values_without_one_spelling_are_refused(value: object) -> None:
    with pytest.raises(RecordError, match="here"):
        canonical_json(value, "here")


@pytest.mark.parametrize("data", [*(text.encode() for text in CASES["refused_bytes"]), b"\xff", b"[" * 100_000])
def test_other_spellings_are_refused(data: bytes) -> None:
    with pytest.raises(RecordError, match=r"^here: expected"):
        parse_canonical(data, "here")


def test_what_lies_deeper_than_readers_go_is_refused_text_as_well() -> None:
    for begin, leaf, end in (("[", '"x"', "]"), ('{"k":', '"x"', "}"), ("[", "1", "]"), ('{"k":', "[]", "}")):
        deepest = (begin * DEEPEST + leaf + end * DEEPEST).encode()
        assert canonical_json(parse_canonical(deepest, "here")) == deepest
        with pytest.raises(RecordError, match=f"here.*at most {DEEPEST} levels"):
            parse_canonical((begin.encode() + deepest + end.encode()), "here")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    return make_bed(tmp_path_factory.mktemp("home"), runs=1)


def changed(statement: dict[str, Any], at: list[Any], put: object) -> dict[str, Any]:
    """Return a copy of a statement with one member replaced or added."""
    whole = copy.deepcopy(statement)
    place = whole
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = put
    return whole


@pytest.mark.parametrize("case", CASES["statements"], ids=lambda case: f"{case['at']}={case['put']}")
def test_a_statement_that_is_not_exact_is_refused_even_when_its_home_signed_it(bed: Bed, case: dict) -> None:
    path = bed.bundle(1)
    good = path.read_bytes()
    statement = changed(build_statement(make_result(1)), case["at"], case["put"])
    assert canonical_json(statement) != canonical_json(build_statement(make_result(1))), "the case changes nothing"
    try:
        path.write_bytes(sign_envelope(statement, bed.keys.signer))
        with pytest.raises(RecordError, match="expected"):
            read_bundle(path, bed.keys.home)
    finally:
        path.write_bytes(good)
    assert read_bundle(path, bed.keys.home).run == make_result(1)


def test_a_key_id_that_names_another_key_is_refused_as_such(bed: Bed) -> None:
    path = bed.bundle(1)
    good = path.read_bytes()
    try:
        path.write_bytes(good.replace(bed.keys.fingerprint.encode(), b"0" * 64))
        with pytest.raises(RecordError, match=f"keyid: expected {bed.keys.fingerprint}"):
            read_bundle(path, bed.keys.home)
    finally:
        path.write_bytes(good)


ENVELOPES = {
    "two signatures": lambda one: {**one, "signatures": one["signatures"] * 2},
    "no signature": lambda one: {**one, "signatures": []},
    "url-safe base64": lambda one: {**one, "payload": "-_" + one["payload"][2:]},
    "base64 with loose bits": lambda one: {**one, "payload": one["payload"][:-3] + "B=="},
    "other payload type": lambda one: {**one, "payloadType": "application/json"},
    "extra member": lambda one: {**one, "comment": "x"},
    "signature with a certificate": lambda one: {**one, "signatures": [{**one["signatures"][0], "cert": ""}]},
    "missing payload": lambda one: {name: one[name] for name in ("payloadType", "signatures")},
    "a list": lambda one: [one],
}


@pytest.mark.parametrize("edit", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_an_envelope_of_another_form_is_refused(bed: Bed, edit: Any) -> None:  # noqa: ANN401 - a function of JSON
    path = bed.bundle(1)
    good = path.read_bytes()
    try:
        path.write_bytes(canonical_json(edit(json.loads(good))) + b"\n")
        with pytest.raises(RecordError, match="expected"):
            read_bundle(path, bed.keys.home)
    finally:
        path.write_bytes(good)
