"""The second statement: bound to the first, never better than it, and never made up after a kill."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from record_bed import FIRST_START, Bed, make_bed, make_closing_statement, make_result, record, record_sealed

from provision.errors import RecordError
from provision.records.closing_statement import build_closing_statement, parse_closing_statement
from provision.records.content import format_time
from provision.records.envelope import sign_envelope
from provision.records.reader import read_record, verify_folder
from provision.report.record import render_record
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/records/closing_statement.yaml")
DIGEST = "d" * 64


def make_seal_of(changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of a closing statement as YAML writes them."""
    words = {"outcome": Outcome, "reason": Reason}
    return {name: words[name](value) if name in words and value else value for name, value in changes.items()}


def test_a_second_statement_reads_back_as_it_was_built() -> None:
    run = make_result(1, seals=True)
    statement = build_closing_statement(run, DIGEST, make_closing_statement(1))
    assert statement["subject"] == [{"name": "statement", "digest": {"sha256": DIGEST}}]
    assert parse_closing_statement(statement, run, DIGEST, "here") == make_closing_statement(1)


def test_an_order_and_its_end_may_be_of_one_second_and_never_the_other_way_round() -> None:
    run, closing = make_result(1, seals=True), make_closing_statement(1)
    at_once = replace(closing, ordered=closing.ended)
    assert build_closing_statement(run, DIGEST, at_once)["predicate"]["ordered"] == format_time(closing.ended)
    with pytest.raises(RecordError, match="expected an end after the order"):
        build_closing_statement(run, DIGEST, replace(closing, ordered=closing.ended + timedelta(seconds=1)))


@pytest.mark.parametrize("case", CASES["contradictions"], ids=lambda case: str(case["what"]))
def test_a_sealing_that_contradicts_its_record_gets_no_statement(case: dict[str, Any]) -> None:
    run = make_result(1, **{"seals": True, **make_seal_of(case.get("run", {}))})
    with pytest.raises(RecordError, match="expected"):
        build_closing_statement(run, DIGEST, make_closing_statement(1, **make_seal_of(case.get("seal", {}))))


@pytest.mark.parametrize("case", CASES["forgeries"], ids=lambda case: f"{case['at']}={case['put']}")
def test_a_second_statement_that_is_not_exact_is_refused(case: dict[str, Any]) -> None:
    run = make_result(1, seals=True)
    statement = json.loads(json.dumps(build_closing_statement(run, DIGEST, make_closing_statement(1))))
    place = statement
    for name in case["at"][:-1]:
        place = place[name]
    place[case["at"][-1]] = case["put"]
    with pytest.raises(RecordError, match=r"^here: .*second statement"):
        parse_closing_statement(statement, run, DIGEST, "here")


def test_a_sealed_record_has_two_envelopes_and_two_leaves_and_the_first_leaf_stays_true(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    first = record(bed.store(), make_result(1, seals=True))
    store = bed.store()
    written = store.append_statement("run-1", make_closing_statement(1))
    leaves = [json.loads(line) for line in (bed.records / "ledger/leaves.jsonl").read_text().splitlines()]
    assert [(leaf["envelopes"], leaf["sha256"]) for leaf in leaves] == [(1, first.sha256), (2, written.sha256)]
    read = read_record(bed.records, written.path.name, bed.keys.home)
    assert (read.closing, read.end, read.digests[0]) == (make_closing_statement(1), (Outcome.DONE, None), first.sha256)
    assert verify_folder(bed.records, bed.keys.fingerprint).faults == ()
    assert store.checkpoint().splitlines()[1] == "2"


def test_a_run_without_record_and_a_run_already_sealed_get_no_second_statement(tmp_path: Path) -> None:
    store = make_bed(tmp_path).store()
    with pytest.raises(RecordError, match="got none"):
        store.append_statement("run-1", make_closing_statement(1))
    record_sealed(store, 1)
    with pytest.raises(RecordError, match="got one"):
        store.append_statement("run-1", make_closing_statement(1))


def test_a_record_whose_site_did_not_ask_is_never_sealed(tmp_path: Path) -> None:
    bed = make_bed(tmp_path, runs=1)
    before = bed.bundle(1).read_bytes()
    with pytest.raises(RecordError, match="whose site asks"):
        bed.store().append_statement("run-1", make_closing_statement(1))
    assert bed.bundle(1).read_bytes() == before


def test_a_kill_before_the_second_statement_leaves_a_record_that_claims_no_seal(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    record(bed.store(), make_result(1, seals=True))
    assert bed.store().close_abandoned(FIRST_START + timedelta(days=1)) == ()
    (read,) = verify_folder(bed.records, bed.keys.fingerprint).records
    assert (read.closing, read.run.outcome) == (None, Outcome.DONE)


LOST = {"bundle": ("leaves.jsonl", "checkpoint"), "leaf": ("checkpoint",), "checkpoint": ()}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST.keys())
def test_a_kill_after_each_step_of_sealing_keeps_the_statement_that_was_written(
    tmp_path: Path, lost: tuple[str, ...]
) -> None:
    bed = make_bed(tmp_path)
    store = bed.store()
    record(store, make_result(1, seals=True))
    shutil.copytree(bed.records / "ledger", tmp_path / "before")
    store.append_statement("run-1", make_closing_statement(1))
    whole = (bed.records / "ledger/leaves.jsonl").read_bytes()
    for name in lost:
        shutil.copy(tmp_path / "before" / name, bed.records / "ledger")
    journal = bed.folder / "state/runs.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    assert bed.store().close_abandoned(FIRST_START + timedelta(days=1)) == ()
    assert (bed.records / "ledger/leaves.jsonl").read_bytes() == whole
    (read,) = verify_folder(bed.records, bed.keys.fingerprint).records
    assert read.closing == make_closing_statement(1)


def forge(bed: Bed, line: bytes) -> None:
    path = bed.bundle(1)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] + line)


def test_a_store_refuses_a_second_statement_that_is_not_of_this_record(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    for number in (1, 2):
        record_sealed(bed.store(), number)
    forge(bed, bed.bundle(2).read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(RecordError, match="second statement: expected to name"):
        bed.store()


def test_a_third_envelope_is_refused(tmp_path: Path) -> None:
    bed = make_bed(tmp_path)
    record_sealed(bed.store(), 1)
    line = sign_envelope(
        build_closing_statement(make_result(1, seals=True), DIGEST, make_closing_statement(1)), bed.keys.signer
    )
    bed.bundle(1).write_bytes(bed.bundle(1).read_bytes() + line)
    with pytest.raises(RecordError, match="at most 2 envelopes"):
        bed.store()


NOT_SEEN = {"sealed": False, "outcome": Outcome.DONE_WITH_WARNINGS, "reason": Reason.SEAL_NOT_SEEN}


@pytest.mark.parametrize(
    ("language", "changes", "said"),
    [
        (
            "en",
            {},
            ("sealed: USB debugging was seen to close", "factory reset", "outcome: done\n", "adb lists nothing"),
        ),
        ("fr", {}, ("scellée", "réinitialisation", "\n    adb lists nothing")),
        ("en", NOT_SEEN, ("NOT sealed", "gone before the station saw it")),
        ("fr", NOT_SEEN, ("NON scellée", "partie avant que le poste le voie")),
        ("en", None, ("NOT sealed", "outcome: done\n")),
    ],
)
def test_a_printed_record_says_what_came_of_the_seal(
    tmp_path: Path, language: str, changes: dict[str, Any] | None, said: tuple[str, ...]
) -> None:
    bed = make_bed(tmp_path)
    name = record(bed.store(), make_result(1, seals=True)).path.name
    if changes is not None:
        bed.store().append_statement("run-1", make_closing_statement(1, **changes))
    text = render_record(Language(language), read_record(bed.records, name, bed.keys.home))
    assert [words for words in said if words not in text] == []
