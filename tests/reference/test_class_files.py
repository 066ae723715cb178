"""The reader behind `scripts/android_facts`: class files, manifests, levels, statements."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import axml
import pytest
from android_tables import FACTS, ROOT, table
from classfile import ClassFile, ClassFileError, compared, filled, numbered, simple_types
from evidence import digest, examine, found, words
from levels import levels_of, merge, span, write
from stamp import is_current

CLASS = (Path(__file__).parent / "Sample.class").read_bytes()


class OneClass:
    """A jar that holds the sample alone."""

    def find(self, name: str) -> ClassFile | None:
        return ClassFile(CLASS) if name == "Sample" else None


JARS: Any = {30: OneClass(), 31: OneClass()}


def sample() -> ClassFile:
    return ClassFile(CLASS)


def test_constants_are_read_where_the_compiler_inlines_them() -> None:
    assert {one.name: one.constant for one in sample().fields if one.constant is not None} == {
        "KEY": "no_config_wifi",
        "NUMBER": 40000,
    }


def test_signatures_name_the_simple_types() -> None:
    assert {one.signature for one in sample().methods if one.name != "<clinit>"} == {
        "<init>()",
        "helper(String)",
        "onCommand(String, int[], Map.Entry)",
        "other(String)",
    }


def test_words_of_a_switch_and_of_an_if_are_compared() -> None:
    assert compared(sample().named("onCommand")[0]) == {"install", "list", "old-form"}


def test_collections_of_an_initialiser_are_read() -> None:
    lists = filled(sample().named("<clinit>")[0])
    assert (lists["ARRAY"], lists["BUILT"]) == (["a", "b"], ["c", "d"])


def test_numbers_that_are_put_beside_a_text_are_read() -> None:
    assert numbered(sample().named("<clinit>")[0]) == {"e": 1, "f": 0}


def test_a_statement_may_name_texts_numbers_cases_and_calls() -> None:
    told = words(found(JARS[30], ["Sample"], "onCommand") + found(JARS[30], ["Sample"], "helper"))
    assert {"install", "2000", "604800", "case 3", "case 1000", "helper", "Sample.helper", "String.length"} <= told


def test_a_digest_depends_on_what_a_constant_says() -> None:
    other = ClassFile(CLASS.replace(b"install", b"instill"))
    assert digest(other.named("onCommand")) != digest(sample().named("onCommand"))


def test_a_digest_does_not_depend_on_other_methods() -> None:
    other = ClassFile(CLASS.replace(b"install", b"instill"))
    assert digest(other.named("helper")) == digest(sample().named("helper"))


def test_what_is_no_class_file_is_refused() -> None:
    with pytest.raises(ClassFileError):
        ClassFile(b"PK\x03\x04")


@pytest.mark.parametrize(
    ("descriptor", "types"),
    [("()V", []), ("([[JLa/B$C;Z)V", ["long[][]", "B.C", "boolean"]), ("(DF)Ljava/lang/String;", ["double", "float"])],
)
def test_descriptors_are_read(descriptor: str, types: list[str]) -> None:
    assert simple_types(descriptor) == types


@pytest.mark.parametrize(
    ("levels", "text"), [([21], "21"), ([24, 21, 22], "21-22,24"), (range(21, 38), "21-37"), ([23, 25], "23,25")]
)
def test_levels_are_told_as_spans_and_read_back(levels: list[int], text: str) -> None:
    assert span(levels) == text
    assert levels_of(text) == sorted(levels)


def test_levels_are_merged_name_by_name() -> None:
    facts: Any = {21: {"a": frozenset("xy")}, 22: {"a": frozenset("y")}, 23: {"a": frozenset("y"), "b": frozenset("z")}}
    assert merge(facts) == {"a": {"21": ["x"], "21-23": ["y"]}, "b": {"23": ["z"]}}


def test_a_written_table_is_json_of_lines_that_fit_a_page() -> None:
    made = {"a": {"21-37": [f"name_{number}" for number in range(99)]}, "b": [{"c": None}]}
    text = write(made)
    assert json.loads(text) == made
    assert max(map(len, text.splitlines())) <= 120


def test_a_binary_manifest_says_what_its_source_says() -> None:
    packed = zipfile.ZipFile(io.BytesIO((ROOT / "apks" / "agent.apk").read_bytes())).read("AndroidManifest.xml")
    source = (ROOT / "apks" / "agent" / "AndroidManifest.xml").read_bytes()
    asked = [
        [one.attributes["name"] for one in axml.read(text) if one.name == "uses-permission"]
        for text in (packed, source)
    ]
    assert asked[0] == asked[1]
    assert asked[0]


STATEMENT = {
    "document": "d", "section": "1", "statement": "s", "class": "Sample", "method": "onCommand",
    "levels": {"30-31": "?"},
}  # fmt: skip
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a word that is not said": ({"has": ["remove"]}, "API 30: onCommand does not say 'remove'"),
    "a word that is said": ({"lacks": ["install"]}, "API 30: onCommand says 'install'"),
    "another digest": ({"levels": {"30": "0" * 12}}, "written is digest 000000000000"),
    "a method that is not there": ({"method": "onComand"}, "no onComand; write null"),
    "a class that is not there": ({"class": "Simple"}, "no onCommand; write null"),
    "a method that is there": ({"levels": {"30": None}}, "written is no such method"),
    "a level without a jar": ({"levels": {"20": "?"}}, "API 20: no jar is pinned"),
    "an unknown member": ({"method_name": "x"}, "members"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_statement_that_does_not_hold_is_told(fault: str) -> None:
    change, text = FAULTS[fault]
    assert text in " ".join(map(str, examine([STATEMENT | change], JARS)[1]))


def test_equal_code_of_several_levels_shares_a_line() -> None:
    statements, faults = examine([STATEMENT | {"has": ["list"]}], JARS)
    assert (list(statements[0]["levels"]), faults) == (["30-31"], [])


def test_what_is_decided_by_absence_stays_so() -> None:
    statements, faults = examine([STATEMENT | {"method": "gone", "levels": {"30-31": None}}], JARS)
    assert (statements[0]["levels"], faults) == ({"30-31": None}, [])


def test_script_jars_and_tables_are_those_of_the_last_writing() -> None:
    """Else `scripts/android_facts` was not run after a change."""
    assert is_current()


def test_statements_name_sections_of_their_documents() -> None:
    for one in table("evidence"):
        text = (FACTS.parent / f"{one['document']}.md").read_text()
        assert re.search(rf"^#+ {re.escape(one['section'])}[. ]", text, re.MULTILINE), one["statement"]


DECIDED = re.compile(r"\bB ((?:[A-Z][\w$]*(?:\.\w+)?(?: \([^()]*\))?(?:, | and |; )?)+)")
METHODS = re.compile(r"([A-Z][\w$]*)(?:\.(\w+))? ?(?:\(([^()]*)\))?")
NO_METHODS = frozenset({"METHOD", "constants", "levels"})


def test_every_method_that_decides_a_line_has_its_digest() -> None:
    """`B Class (method)` and `B Class.method` in the documents' prose, beside the statements."""
    statements = table("evidence")
    known = {
        (name.rpartition(".")[2], one["method"].partition("(")[0])
        for one in statements
        for name in ([one["class"]] if isinstance(one["class"], str) else one["class"])
    }
    prose = "\n".join(file.read_text("utf-8") for file in (ROOT / "provision" / "reference").glob("android-*.md"))
    named = {
        (owner, method.strip())
        for found_here in DECIDED.findall(prose)
        for owner, dotted, listed in METHODS.findall(found_here)
        for method in (dotted or listed).split(",")
        if re.fullmatch(r"\w+", method.strip())
    }
    assert len(named) > 60
    assert {one for one in named if one[1] not in NO_METHODS} - known == set()
