"""Every failure code of the reference's table has a reason, and is retried or not as the table says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from factories import make_app

from provision.appset.failures import FAILURES, UNKNOWN, find_failure
from provision.controls.apps_present import install
from provision.runs.install import refuse
from provision.terms import Reason
from provision.texts.catalogue import Language, say
from provision.transport import Answer

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

OF_CLASS: dict[str, tuple[set[Reason], bool]] = {
    "fix command": ({Reason.INSTALL_REFUSED, Reason.APP_UNFIT}, False),
    "permanent": ({Reason.APP_UNFIT, Reason.APP_CONFLICT, Reason.APP_OTHER_SIGNER}, False),
    "permanent (check the transfer: truncated file gives -100/-101/-103)": (
        {Reason.UPLOAD_DAMAGED, Reason.APP_UNFIT}, True,
    ),
    "retry once": ({Reason.INSTALL_REFUSED}, True),
    "retry": ({Reason.INSTALL_REFUSED, Reason.VERIFIER_UNREACHABLE}, True),
    "retry after freeing": ({Reason.STORAGE_LOW}, False),
    "retry after reboot": ({Reason.RESTART_NEEDED}, False),
    "uninstall first": ({Reason.APP_OTHER_SIGNER}, False),
    "fix": ({Reason.APP_UNFIT}, False),
    "change setting / dialog": ({Reason.VERIFIER_REFUSED}, False),
    "policy decision": ({Reason.APP_OTHER_SIGNER}, False),
    "add splits": ({Reason.APP_UNFIT}, False),
    "bypass flag": ({Reason.APP_UNFIT}, False),
    "human/settings": ({Reason.OEM_GATE}, False),
    "wait: device in decryption boot": ({Reason.RESTART_NEEDED}, False),
    "": ({Reason.INSTALL_REFUSED, Reason.APP_UNFIT}, False),
}  # fmt: skip
"""Each class of the table -> what a person may be told, and whether the same upload is tried once more."""

MIXED: dict[str, tuple[Reason, bool]] = {
    "INSTALL_FAILED_PACKAGE_CHANGED": (Reason.INSTALL_REFUSED, True),
    "INSTALL_FAILED_UID_CHANGED": (Reason.APP_OTHER_SIGNER, False),
    "INSTALL_FAILED_OTHER_STAGED_SESSION_IN_PROGRESS": (Reason.RESTART_NEEDED, False),
    "INSTALL_FAILED_MULTIPACKAGE_INCONSISTENCY": (Reason.APP_UNFIT, False),
    "INSTALL_FAILED_WRONG_INSTALLED_VERSION": (Reason.APP_UNFIT, False),
    "INSTALL_FAILED_PROCESS_NOT_DEFINED": (Reason.APP_UNFIT, False),
}
"""Rows of several codes whose class names one thing for each: `retry once / uninstall`."""

NOT_TRANSFER = {
    "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES", "INSTALL_PARSE_FAILED_CERTIFICATE_ENCODING",
    "INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME", "INSTALL_PARSE_FAILED_BAD_SHARED_USER_ID",
    "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED", "INSTALL_PARSE_FAILED_MANIFEST_EMPTY",
}  # fmt: skip
"""Of the row about the transfer, what no cut upload gives (packages document 3.7, 11.6: -100 to -103 may)."""


def _values(cell: str) -> int:
    """How many codes a value cell stands for: `-23, -24` two, `-100…-109` ten."""
    first, dots, last = cell.partition("…")
    return int(first) - int(last) + 1 if dots else len(re.findall(r"-\d+", cell))


def test_every_value_of_the_table_has_its_name() -> None:
    """A name that the reading above misses would be a code without its reason."""
    text = REFERENCE.read_text("utf-8")
    section = text[text.index("### 3.7") : text.index("### 3.8")]
    cells = [[cell.strip() for cell in line.split("|")] for line in section.split("\n") if re.match(r"\| -\d", line)]
    named = {row[1]: len(_names(row[2])) for row in cells}
    assert {value: count for value, count in named.items() if count != _values(value)} == {"-116": 3}
    assert sum(map(_values, named)) == 29 + 10 + 22
    assert "-29" in named
    assert max(int(each) for value in named for each in re.findall(r"-(\d+)", value)) == 131


@pytest.mark.parametrize(("code", "kind"), ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_reference_has_the_reason_and_the_retry_of_its_class(code: str, kind: str) -> None:
    """A missing line fails, and so does a class that the table did not have before."""
    found = FAILURES[code]
    if code in MIXED:
        assert "/" in kind
        assert (found.reason, found.retried) == MIXED[code]
        return
    reasons, retried = OF_CLASS[kind]
    assert found.reason in reasons
    assert found.retried == (retried and code not in NOT_TRANSFER)


@pytest.mark.parametrize("reason", sorted({failure.reason for failure in FAILURES.values()}))
@pytest.mark.parametrize("language", Language)
def test_each_reason_says_what_to_do_now(reason: Reason, language: Language) -> None:
    assert say(language, f"reason.{reason}.title")
    assert say(language, f"reason.{reason}.action").endswith(".")


def _texts(case: str) -> list[str]:
    """Messages of section 3.8 whose case begins so; holes of the table filled in."""
    text = REFERENCE.read_text("utf-8")
    section = text[text.index("### 3.8") : text.index("### 3.9")]
    rows = [line.split("|") for line in section.split("\n") if line.startswith(f"| {case}")]
    return [found for row in rows for found in re.findall(r"`([^`]+)`", row[2])]


@pytest.mark.parametrize("text", _texts("storage at create"))
def test_every_text_of_a_full_tablet_is_one(text: str) -> None:
    """A session that does not fit is an exception and no failure code (packages document 3.6, 3.8)."""
    step = install(make_app(), 30)
    for said in (text, f"Error: java.io.IOException: {text}", f"\nException occurred:\njava.io.IOException: {text}"):
        assert refuse(step, Answer(said, "", 1)).reason is Reason.STORAGE_LOW, said


def test_what_the_table_does_not_name_is_refused_once() -> None:
    for code in ("-1000", "INSTALL_FAILED_SOMETHING_OF_ANDROID_20"):
        assert find_failure(code) is UNKNOWN
    assert UNKNOWN.reason is Reason.INSTALL_REFUSED
    assert not UNKNOWN.retried


def test_no_row_stands_for_a_code_the_reference_does_not_name() -> None:
    assert set(FAILURES) <= {code for code, _ in ROWS}
