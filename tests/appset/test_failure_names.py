"""The product's failure codes beside the words Android itself has for them.

What each release says: tests/vectors/android/install_failures.json. Which numbers it has constants for:
provision/reference/facts/codes.json. Names without a reason of their own:
tests/cases/appset/failures_without_reason.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import make_app

from provision.appset.failures import FAILURES, MAKERS, NUMBERS, UNKNOWN, find_failure
from provision.controls.apps_present import install
from provision.runs.install import refuse
from provision.terms import Reason
from provision.transport import Answer
from tests.case_files import read_cases

ROOT = Path(__file__).resolve().parents[2]
SAID = json.loads((ROOT / "tests" / "vectors" / "android" / "install_failures.json").read_text("utf-8"))["answers"]
CODES = json.loads((ROOT / "provision" / "reference" / "facts" / "codes.json").read_text("utf-8"))
WITHOUT = {one["name"] for one in read_cases(ROOT / "tests" / "cases" / "appset" / "failures_without_reason.yaml")}
KINDS = {"install": "INSTALL_(PARSE_)?FAILED_|INSTALL_ACTIVATION_", "delete": "DELETE_FAILED_"}
FIRST, LAST = 21, 37


def said(kind: str) -> dict[tuple[int, int], str]:
    """What a release prints for a number, by API level and number."""
    cases = [(line.split(), answers) for line, answers in SAID.items()]
    return {
        (api, int(number)): one["answer"]
        for (which, number), answers in cases
        if which == kind
        for one in answers
        for api in one["apis"]
    }


def constants(kind: str) -> Iterator[tuple[int, int, str]]:
    """API level, number and name of every failure constant."""
    for span, entries in CODES["android.content.pm.PackageManager"].items():
        first, _, last = span.partition("-")
        for number, name in (entry.split(" ", 1) for entry in entries):
            if re.match(KINDS[kind], name):
                for api in range(int(first), int(last or first) + 1):
                    yield api, int(number), name


def names(kind: str) -> set[str]:
    return {name for name in said(kind).values() if re.match(KINDS[kind], name)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_level_is_asked_for_every_constant(kind: str) -> None:
    assert {(api, number) for api, number, _ in constants(kind)} <= set(said(kind))
    assert {api for api, _ in said(kind)} == set(range(FIRST, LAST + 1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_is_said_by_its_name_or_by_its_number(kind: str) -> None:
    words = said(kind)
    other = {
        (api, number, name, words[api, number])
        for api, number, name in constants(kind)
        if words[api, number] not in {name, str(number)}
    }
    assert not other


def test_every_name_android_says_has_a_reason_or_stands_in_the_list() -> None:
    assert {name for name in names("install") if find_failure(name) == UNKNOWN} <= WITHOUT
    assert not {name for name in WITHOUT if find_failure(name) != UNKNOWN}
    assert {name for _, _, name in constants("install")} >= WITHOUT


def test_every_name_of_the_product_is_one_of_android() -> None:
    assert set(FAILURES) - {name for _, _, name in constants("install")} == set()


def test_what_a_tablet_prints_leads_to_the_reason_of_the_constant() -> None:
    """Numbers that Android has no word for included, by the line the shell prints."""
    words, pairs = said("install"), list(constants("install"))
    step = install(make_app(), 30)
    other = {
        (api, name, words[api, number])
        for api, number, name in pairs
        if refuse(step, Answer(f"Failure [{words[api, number]}: some words]\n", "", 1)).reason
        != find_failure(name).reason
    }
    assert not other
    assert len(pairs) > 800


def test_every_number_android_has_a_constant_for_leads_to_a_name_of_that_number() -> None:
    """A build may take over a code of a later release without its word: it then prints the number."""
    named: dict[str, set[str]] = {}
    for _, number, name in constants("install"):
        named.setdefault(str(number), set()).add(name)
    assert set(NUMBERS) == set(named)
    assert {number: name for number, name in NUMBERS.items() if name not in named[number]} == {}
    assert [number for number, names in named.items() if len({find_failure(name) for name in names}) > 1] == []


def test_codes_of_makers_are_none_of_android() -> None:
    assert not set(MAKERS) & (set(NUMBERS) | set(FAILURES))


VERIFIED = json.loads((ROOT / "tests" / "vectors" / "android" / "developer_verification.json").read_text("utf-8"))


def test_what_android_17_says_of_developer_verification_has_its_reasons() -> None:
    step, met = install(make_app(), 37), set()
    for line, answers in VERIFIED["answers"].items():
        for message in (one["answer"].get("message") for one in answers):
            if message is not None:
                rejected = " rejected" in line
                reason = refuse(step, Answer(f"Failure [{message}]\n", "", 1)).reason
                assert reason is (Reason.DEVELOPER_UNVERIFIED if rejected else Reason.VERIFIER_UNREACHABLE), message
                met.add(reason)
    assert len(met) == 2
