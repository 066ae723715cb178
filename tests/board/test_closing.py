"""The last table and the last sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from board_cases import CASES
from factories import make_end

from provision.appset.rules import Unfit, UnfitCause
from provision.board.closing import ClosingRow, Expectation, closing_sentence, result_table
from provision.board.width import cells
from provision.controls.apps_present import tell_misfit
from provision.records.run_end import UNIDENTIFIED
from provision.terms import Control, Outcome, Reason
from provision.texts.catalogue import Language
from provision.texts.message import join_clauses
from tests.case_files import read_cases

SENTENCES = read_cases(CASES / "closing.yaml")


def make_row(
    slot: str, asset: str | None, model: str, outcome: str, reason: str | None, wanted: str | None, fault: str | None
) -> ClosingRow:
    """A tablet that was run, from a line of a case."""
    end = make_end(slot, Outcome(outcome), Reason(reason) if reason else None, asset_id=asset or UNIDENTIFIED)
    return ClosingRow(slot, replace(end, title=model), Expectation(Outcome(wanted), fault) if wanted else None)


def make_absent(slot: str, wanted: str | None, fault: str | None) -> ClosingRow:
    """A virtual tablet that was never run."""
    return ClosingRow(slot, None, Expectation(Outcome(wanted) if wanted else None, fault))


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case["name"])
def test_the_closing_sentence_counts_and_names_what_differs(case: dict[str, Any], language: Language) -> None:
    rows = [*(make_row(*row) for row in case["ends"]), *(make_absent(*row) for row in case.get("absent", ()))]
    assert closing_sentence(language, rows) == case[language].replace("~", "\u00a0")


TABLE = (
    make_end("10", Outcome.FAILED, Reason.STORAGE_LOW, asset_id="A-0047", title="Pixel C"),
    make_end("1", asset_id="A-0041", title="SM-T510"),
    make_end("9", Outcome.LOST, Reason.TABLET_GONE, asset_id=UNIDENTIFIED, title=""),
    make_end("7", Outcome.REFUSED, Reason.WIFI_SHELL_CLOSED, asset_id="A-0045", title="平板 10"),
)


@pytest.mark.parametrize("name", ["table-fr-100", "table-en-80", "table-en-whole"])
def test_the_table_reads_as_recorded(name: str) -> None:
    _, language, columns = name.split("-")
    lines = result_table(Language(language), TABLE, None if columns == "whole" else int(columns))
    assert "\n".join(lines) + "\n" == (CASES / f"{name}.txt").read_text()


@pytest.mark.parametrize("columns", [70, 80, 100, 160])
@pytest.mark.parametrize("language", list(Language), ids=str)
def test_no_row_of_the_table_is_wider_than_the_terminal(language: Language, columns: int) -> None:
    assert max(cells(line) for line in result_table(language, TABLE, columns)) <= columns


def test_nothing_is_lost_when_the_table_is_wrapped() -> None:
    whole = " ".join(result_table(Language.EN, TABLE, None)).split()
    wrapped = " ".join(result_table(Language.EN, TABLE, 72)).split()
    assert sorted(word for word in whole if "─" not in word) == sorted(word for word in wrapped if "─" not in word)


def test_no_run_makes_no_table() -> None:
    assert result_table(Language.FR, [], 80) == []


def test_what_was_left_is_named_in_the_language_of_the_table() -> None:
    end = replace(TABLE[1], reason=Reason.DEVIATIONS_LEFT, unmet=(Control.CLOCK_ZONE, Control.SCREEN_TIMEOUT))
    english, french = (" ".join(result_table(language, [end])) for language in (Language.EN, Language.FR))
    assert "something is not as wanted: time zone, screen switches off on time" in english
    assert "un point n’est pas conforme : fuseau horaire, extinction de l’écran au bon délai" in french.replace(
        "\u00a0", " "
    )


def test_an_app_that_does_not_fit_is_named_with_its_reason_in_the_language_of_the_table() -> None:
    first = Unfit("org.example.a", UnfitCause.ABI_MISSING, "x86_64", "arm64-v8a")
    second = Unfit("org.example.b", UnfitCause.RELEASE_TOO_OLD, "Android 9 (API 28)", "Android 7.0 (API 24)")
    detail = join_clauses(tell_misfit(first), tell_misfit(second))
    end = replace(TABLE[1], outcome=Outcome.REFUSED, reason=Reason.APP_UNFIT, detail=detail)
    english, french = (" ".join(result_table(language, [end])) for language in (Language.EN, Language.FR))
    assert f": {detail}" in english
    plain = french.replace("\u00a0", " ").replace("\u202f", " ")
    assert "org.example.a : pas de code pour ce processeur : il faut x86_64, la tablette a arm64-v8a ; " in plain
    assert "org.example.b : Android trop ancien : il faut Android 9 (API 28), la tablette a" in plain


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_what_has_no_number_gets_none_in_the_table(language: Language) -> None:
    row = result_table(language, [replace(TABLE[1], asset_id=UNIDENTIFIED)])[-1]
    assert row.split()[:2] == ["1", "–"]
