"""Real devices: what identity says of each, and how often it is right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from identity_corpus import FOLDER, ROOT, read_rows, table

ROWS = tuple(read_rows())
CAPTURED = tuple(row for row in ROWS if row.is_captured)


def test_the_answer_row_by_row_is_as_it_was_kept() -> None:
    """`python tests/identity/identity_corpus.py > tests/cases/identity/corpus.tsv` keeps a new one."""
    assert table() == (FOLDER / "corpus.tsv").read_text("utf-8")


def test_no_captured_device_is_given_a_wrong_kind_or_maker() -> None:
    wrong = [row.said for row in CAPTURED if row.kind_is_wrong or row.vendor_is_wrong]
    assert len(wrong) <= 0.02 * len(CAPTURED), wrong


def test_nine_of_ten_captured_devices_are_known_by_kind_and_maker() -> None:
    assert sum(row.is_right for row in CAPTURED) >= 0.9 * len(CAPTURED)


def test_nothing_but_a_tablet_is_accepted() -> None:
    assert [row.said["id"] for row in ROWS if row.said["accepted"] == "yes" and row.truth["kind"] != "tablet"] == []


def test_a_listing_never_gets_a_wrong_maker() -> None:
    assert [row.said for row in ROWS if row.vendor_is_wrong] == []


PACKAGE_NAME = re.compile(r"\b(?:com|org)\\?\.[\w.\\]+")


def _docstrings(tree: ast.AST) -> set[int]:
    """Identities of the constants that are documentation."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _literals() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "provision").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        documentation = _docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
                yield str(file.relative_to(ROOT)), PACKAGE_NAME.sub(" ", node.value)


COMMON_WORDS = {"orange", "hp", "bq", "boox", "onn", "t10", "tcl"}


def test_no_model_and_no_maker_stands_in_code() -> None:
    """Models and makers are data: a new one is YAML, never an `if`."""
    makers = {row.truth["maker"].split(" (")[0].casefold() for row in ROWS}
    models = {row.truth["props"].get("ro.product.model", "").casefold() for row in ROWS}
    banned = {name for name in (makers | models) - COMMON_WORDS if name}
    found = [
        (file, text)
        for file, text in _literals()
        if text.casefold() in banned or banned & set(re.split(r"[^\w-]+", text.casefold()))
    ]
    assert found == []
