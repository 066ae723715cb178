"""Real devices: what identity says of each, and how often it is right."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
import yaml
from identity_corpus import FOLDER, ROOT, read_rows, table

from tests.case_files import load_shipped

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


PACKAGE_NAME = re.compile(r"\b(?:com|org)\\?\.[\w.\\]+|^\w+(?:\.\w+){2,}$")
"""Of a package, or of a type of account that is named like one and is all of a text."""


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
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in documentation:
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                yield str(file.relative_to(ROOT)), text


NO_NAMES = {"generic", "meta"}
"""Code names and makers that are words of the field, too."""


def _names() -> Iterator[str]:
    """Every maker, model, device and trade name that the corpus, the makers' list or a profile knows."""
    for row in ROWS:
        yield row.truth["maker"].split(" (")[0]
        yield from (
            row.truth["props"].get(f"ro.product.{key}", "") for key in ("model", "device", "name", "marketname")
        )
    makers = yaml.safe_load((ROOT / "provision/identity/makers.yaml").read_text("utf-8"))
    for name, also in makers["tablet_makers"].items():
        yield from (name, *also)
    for name, other in makers["other_makers"].items():
        yield from (name, *other.get("also", ()))
    for profile in load_shipped().known:
        yield from (text for rule in profile.match for text in (*rule.equals, *rule.starts_with))


BANNED = {name.casefold() for name in _names() if len(name) > 2} - NO_NAMES
PHRASES = re.compile(
    "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in BANNED if not re.fullmatch(r"[\w-]+", name))
)


def _find_names(text: str) -> set[str]:
    """The names in a text, as words or phrases of their own."""
    plain = PACKAGE_NAME.sub(" ", text.casefold())
    words = {*re.split(r"[^\w-]+", plain), *re.split(r"\W+", plain)}
    return (BANNED & words) | set(PHRASES.findall(plain))


def test_no_model_and_no_maker_stands_in_code() -> None:
    """Models and makers are data: a new one is YAML, never an `if`."""
    assert [(file, names) for file, text in _literals() if (names := _find_names(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "SM-T510",
        "a Xiaomi b",
        "hisense",
        "gta3xlwifi",
        "samsung/x",
        "model=Lenovo TB-X505F",
        "Nokia T20",
        "BMAX",
        "dragon touch",
    ],
)
def test_a_planted_name_is_found(text: str) -> None:
    assert _find_names(text)
