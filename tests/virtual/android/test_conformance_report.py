"""The conformance report counts what is there and finds what is missing."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.virtual.android.conformance_report import (
    CASES,
    ROOT,
    Line,
    find_unmet,
    read_cases,
    read_lines,
    read_sections,
    releases,
    report,
)

REFERENCE = ROOT / "provision" / "reference"


def line(*words: str) -> Line:
    return Line("packages", "3.4", 1, "text", words)


def test_a_line_is_met_by_a_case_of_its_section_that_quotes_it() -> None:
    case = {"what": "x", "ref": "packages 3.4", "mark": "R", "api": 30, "run": "pm install /x", "out": "Success\n"}
    assert find_unmet([line("Success"), line("pm install"), line("Failure")], [case]) == [line("Failure")]


def test_a_case_of_another_section_or_its_own_sentence_meets_nothing() -> None:
    case = {"what": "says Success", "ref": "packages 3.5", "mark": "R", "api": 30, "run": "pm path x", "out": "Success"}
    other = case | {"ref": "packages 3.4", "out": ""}
    assert find_unmet([line("Success")], [case, other]) == [line("Success")]


def test_every_case_names_a_section_that_exists_and_a_mark() -> None:
    sections = set(read_sections(REFERENCE))
    for case in read_cases(CASES):
        assert case["mark"] in {"B", "R", "P", "U"}, case
        assert case["ref"] in sections or case["ref"] in {"apksigner verify", "virtual"}, case


def test_a_mark_of_the_class_files_names_their_methods_and_no_other_mark_does() -> None:
    named = re.compile(r"[A-Z][\w$]*\.(\w+|<(cl)?init>)(, [A-Z][\w$]*\.(\w+|<(cl)?init>))*")
    marks: dict[str, set[str]] = defaultdict(set)
    for case in read_cases(CASES):
        marks[f"{case['ref']}: {case['what']}: {case.get('by')}"].add(case["mark"])
        assert case["mark"] != "B" or named.fullmatch(case.get("by", "")), case
    assert not [name for name, held in marks.items() if "B" not in held and not name.endswith(": None")]


def test_one_mark_covers_all_releases_or_each_mark_names_its_own() -> None:
    assert list(releases({"mark": "R", "api": [23, 30]})) == [(23, "R"), (30, "R")]
    assert list(releases({"mark": {"B": [30, 34], "U": 23}})) == [(30, "B"), (34, "B"), (23, "U")]


def test_the_report_counts_every_case_and_at_least_six_hundred() -> None:
    cases, lines = list(read_cases(CASES)), list(read_lines(REFERENCE))
    said = list(report(cases, lines))
    assert len(cases) >= 600
    assert said[0].startswith(f"{len(cases)} cases")
    assert len(lines) > 500
