"""The published JSON Schema against statements, judged by a validator that none of us wrote."""

from __future__ import annotations

import copy
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from record_bed import make_closing_statement, make_result

from provision import terms
from provision.records.closing_statement import build_closing_statement
from provision.records.content import Configuration, build_statement
from provision.terms import Outcome, Reason, Road
from tests.case_files import read_cases

CASES = Path(__file__).parents[1] / "cases/records"
SCHEMA = json.loads((resources.files("provision.records") / "schema/statement.schema.json").read_text())
ONLY_THE_VERIFIER = {("predicate", "passedTests"), ("predicate", "failedTests")}
"""What follows from other members: the schema tells its form alone."""


def is_valid(statement: object) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(statement))


def make_statements() -> list[dict[str, Any]]:
    """Of each outcome, with what earlier versions left out, and a seal."""
    runs = [make_result(1), make_result(1, seals=True), make_result(1, configuration=Configuration(), controls=())]
    cases = read_cases(CASES / "content.yaml")["outcomes"]
    runs += [
        make_result(1, outcome=Outcome(one["outcome"]), reason=one["reason"] and Reason(one["reason"])) for one in cases
    ]
    return [
        *map(build_statement, runs),
        build_closing_statement(make_result(1, seals=True), "0" * 64, make_closing_statement(1)),
    ]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_takes_every_statement_that_the_product_writes() -> None:
    statements = make_statements()
    assert [one for one in statements if not is_valid(one)] == []
    older = copy.deepcopy(statements[0])
    older["predicate"]["provision"].pop("clock", None)
    assert is_valid(older)


def test_it_takes_a_later_reason_and_no_later_outcome() -> None:
    refused = build_statement(make_result(1, outcome=Outcome.REFUSED, reason=Reason.BATTERY_LOW))
    refused["predicate"]["provision"]["reason"] = "a-later-reason"
    assert is_valid(refused)
    refused["predicate"]["provision"]["outcome"] = "abandoned"
    assert not is_valid(refused)


def put(statement: dict[str, Any], at: list[Any], value: object) -> dict[str, Any]:
    changed: Any = copy.deepcopy(statement)
    place = changed
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = value
    return dict(changed)


def test_it_refuses_what_the_verifiers_refuse_in_form() -> None:
    statement = build_statement(make_result(1))
    cases = [one for one in read_cases(CASES / "content.yaml")["statements"] if "put" in one]
    taken = [one for one in cases if is_valid(put(statement, one["at"], one["put"]))]
    assert {(one["at"][0], one["at"][1]) for one in taken if len(one["at"]) == 2} <= ONLY_THE_VERIFIER
    assert len(taken) < len(cases) / 3


@pytest.mark.parametrize(
    ("name", "words"),
    [("outcome", terms.Outcome), ("assurance", terms.Assurance), ("homeKind", terms.HomeKind)],
)
def test_its_words_are_those_of_the_format(name: str, words: type[terms.Outcome]) -> None:
    assert set(SCHEMA["$defs"][name]["enum"]) == set(words)
    assert set(SCHEMA["$defs"]["run"]["properties"]["road"]["enum"]) == {*Road, None}
