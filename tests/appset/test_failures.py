"""Every failure code of the reference's table has a reason, and is retried or not as the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provision.appset.failures import FAILURES, UNKNOWN, find_failure
from provision.terms import Reason

REFERENCE = Path(__file__).parents[2] / "provision/reference/android-packages-and-owner.md"


def _rows() -> list[tuple[str, str]]:
    """(code, class) of each row of section 3.7; codes that share a row are written out."""
    text = REFERENCE.read_text("utf-8")
    section = text[text.index("### 3.7") : text.index("### 3.8")]
    rows = []
    for line in section.split("\n"):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 5 or not re.match(r"-\d", cells[1]):
            continue
        rows += [(name, cells[3]) for name in _names(cells[2])]
    return rows


def _names(cell: str) -> list[str]:
    """`INSTALL_FAILED_X, _Y` and `A (7) / _B (8-11)` as whole names; a short one takes the first one's prefix."""
    words = re.findall(r"[A-Z][A-Z_]+|(?<![A-Z])_[A-Z_]+", re.sub(r"\(internal.*?\)", "", cell))
    first = next((word for word in words if word.startswith("INSTALL_")), "INSTALL_FAILED_")
    prefix = "INSTALL_PARSE_FAILED" if first.startswith("INSTALL_PARSE_FAILED") else "INSTALL_FAILED"
    return [word if word.startswith("INSTALL_") else prefix + word for word in words if "_" in word]


ROWS = [row for row in _rows() if not row[0].endswith("NO_NATIVE_LIBRARIES")]


def test_the_table_of_the_reference_is_read() -> None:
    assert len(ROWS) >= 55


@pytest.mark.parametrize(("code", "kind"), ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_reference_has_a_reason(code: str, kind: str) -> None:
    assert code in FAILURES
    asks_a_person = any(words in kind for words in ("after freeing", "after reboot", "uninstall first"))
    if "retry" in kind and not asks_a_person and "/" not in kind:
        assert FAILURES[code].retried, kind
    if "permanent" in kind and "check the transfer" not in kind:
        assert not FAILURES[code].retried, kind
    if asks_a_person:
        assert not FAILURES[code].retried, kind


def test_what_the_table_does_not_name_is_refused_once() -> None:
    for code in ("-1000", "INSTALL_FAILED_SOMETHING_OF_ANDROID_20"):
        assert find_failure(code) is UNKNOWN
    assert UNKNOWN.reason is Reason.INSTALL_REFUSED
    assert not UNKNOWN.retried


def test_no_row_stands_for_a_code_the_reference_does_not_name() -> None:
    assert set(FAILURES) <= {code for code, _ in ROWS}
