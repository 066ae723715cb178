"""Kind, maker and model out of cases; nothing is guessed and nothing steers a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from identity_corpus import FOLDER, shipped

from provision.facts.props import Props
from provision.facts.shape import Shape
from provision.identity.identify import Identification, identify
from provision.identity.makers import find_maker
from provision.identity.naming import name_model
from provision.profiles.match import choose
from provision.report.identity import describe_identification
from provision.texts.catalogue import Language, printable
from tests.case_files import check_each, read_cases

Case = Mapping[str, Any]


def _cases(name: str) -> list[Any]:
    return list(read_cases(FOLDER / name))


def _identify(case: Case) -> Identification:
    shape = Shape(frozenset(case.get("features", ())), case.get("panel") and tuple(case["panel"]), 160)
    return identify(Props(case["props"]), lambda values: choose(values, shipped()), shape)


@check_each("case", _cases("kinds.yaml"), ids=lambda case: case["name"])
def test_a_device_is_known_or_asked_about(case: Case) -> None:
    found = _identify(case)
    assert (found.kind and str(found.kind)) == case["kind"], found.signs
    assert found.accepted == (case["kind"] == "tablet")
    assert (found.question == "is-tablet") == (case["kind"] is None)


@check_each(
    ("case", "language"), product(_cases("kinds.yaml"), Language), ids=lambda row: f"{row[0]['name']}, {row[1]}"
)
def test_what_is_said_has_reason_and_question_and_no_hostile_character(case: Case, language: Language) -> None:
    said = describe_identification(language, _identify(case))
    text = json.dumps(said, ensure_ascii=False)
    assert list(said) == ["kind", "vendor", "model", "profile", "matched_on", "accepted", "reason", "question"]
    assert said["reason"]
    assert bool(said["question"]) == ("unknown" in (said["kind"], said["vendor"]))
    assert all(printable(str(value)) == value for value in said.values() if isinstance(value, str)), text


@pytest.mark.parametrize("case", _cases("makers.yaml"), ids=lambda case: str(case["props"]))
def test_the_maker_is_the_one_on_the_back(case: Case) -> None:
    found = find_maker(Props(case["props"]))
    assert (found and found.name) == case["maker"]
    assert found is None or found.known == case["known"]


@pytest.mark.parametrize(
    ("props", "model"),
    [
        ({"ro.product.manufacturer": "Lenovo", "ro.product.model": "Lenovo TB-1"}, "TB-1"),
        ({"ro.product.model": "990GG", "ro.product.marketname": "Some Pad 9"}, "Some Pad 9 (990GG)"),
        ({"ro.product.model": "", "ro.product.device": "ford"}, "ford"),
        ({"ro.product.model": "LENOVO", "ro.product.manufacturer": "Lenovo"}, "LENOVO"),
        ({}, ""),
        ({"ro.product.model": "m" * 10_000}, "m" * 60),
    ],
)
def test_the_model_is_named_as_people_do(props: dict[str, str], model: str) -> None:
    assert name_model(Props(props), find_maker(Props(props))) == model
