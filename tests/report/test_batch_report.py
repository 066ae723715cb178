"""The report of a batch: what is counted, what is joined from records and notes, what a spreadsheet is given."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from provision.cli.main import cli
from provision.errors import RecordError
from provision.home.create import Details, create_home
from provision.paper.render import render_pdf
from provision.report.batch import describe_report, find_last_batch, join_runs, list_rows, make_report
from provision.report.plots import Bar, draw_bars
from provision.report.render import render_page
from provision.state.run_times import RunTime
from provision.terms import HomeKind, Outcome, Phase, Reason
from provision.texts.catalogue import Language, say
from tests.records.record_bed import make_result

SVG = "{http://www.w3.org/2000/svg}"
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
DONE, REFUSED, LOST = Outcome.DONE, Outcome.REFUSED, Outcome.LOST


def make_run(minute: int, asset: str, outcome: Outcome = DONE, **members: object) -> RunTime:
    reason = {DONE: None, REFUSED: Reason.STORAGE_LOW, LOST: Reason.TABLET_GONE}[outcome]
    which = (asset, "acme T1", "7", "", outcome, reason)
    run = RunTime(AT + timedelta(minutes=minute), *which, 120.0, 0.0, 3, 60.0, {Phase.APPS: 240.0})
    return replace(run, **members)  # type: ignore[arg-type] # members of a run


RUNS = (
    make_run(2, "A-1"),
    make_run(30, "A-2", LOST),
    make_run(40, "A-2", cable="blue"),
    make_run(60, "unidentified", REFUSED),
    make_run(61, "unidentified", REFUSED),
)


def test_a_tablet_counts_once_by_its_last_run() -> None:
    made = make_report(RUNS, Language.EN, UTC)
    assert (made.done, made.refused, made.failed) == (2, 2, 0)
    assert [(bar.name, bar.told) for bar in made.hours] == [("30/11 09:00", "2")]
    assert [(bar.name, bar.told) for bar in made.phases] == [("installing apps", "4.0 min")]
    assert [(bar.name, bar.told) for bar in made.reasons] == [("too little free storage", "2")]
    assert [(bar.name, bar.told) for bar in made.retries] == [("slot 7", "1")]  # and not the cable it went on at
    (model,) = made.models
    assert (model.tablets, model.done, model.minutes, model.touches, model.allow_minutes) == (4, 2, 2.0, 3.0, 1.0)


def test_a_batch_begins_after_a_rest() -> None:
    late = make_run(60 * 12, "A-3")
    assert find_last_batch((*RUNS, late)) == (late,)
    assert find_last_batch(RUNS) == RUNS
    assert find_last_batch(()) == ()


def test_the_record_decides_and_the_note_adds_what_a_record_does_not_hold() -> None:
    record = make_result(1)
    note = replace(make_run(0, record.asset_id, REFUSED), at=record.ended + timedelta(seconds=2), slot=record.slot)
    (joined,) = join_runs([record], [note, replace(note, at=note.at + timedelta(hours=1))])
    assert (joined.outcome, joined.reason, joined.touches) == (record.outcome, record.reason, 3)
    (alone,) = join_runs([record], [])
    assert (alone.seconds, alone.phases) == ((record.ended - record.started).total_seconds(), {})


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "=HYPERLINK(1)\n=2",
    " =1",
    "Foo;=1+1",
    'Foo";=1',
    "Foo\t=1",
    "Foo\r=1",
]


def test_no_cell_is_a_formula_or_two_lines_however_the_line_is_cut() -> None:
    for text in FORMULAS:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(list_rows([replace(RUNS[0], model=text, cable=text)]))
        head, row = csv.reader(io.StringIO(written.getvalue()))
        assert len(head) == len(row)
        line = written.getvalue().splitlines()[1]
        cut = [*row, *line.split(";"), *line.split("\t")]
        assert [cell for cell in cut if cell.strip(' "').startswith(("=", "+", "-", "@")) or "\n" in cell] == [], text


def test_figures_are_written_as_the_language_does() -> None:
    data = describe_report(make_report(RUNS, Language.FR, UTC), "A", HomeKind.WARD, Language.FR, UTC)
    told = str([data["totals"], data["rows"]])
    assert re.findall(r"[0-9]\.[0-9]", told) == []
    assert re.search(r"[0-9],[0-9]", told)


@pytest.mark.parametrize("language", list(Language))
def test_page_and_paper_take_names_as_text(language: Language) -> None:
    runs = [replace(run, model="<script>alert(1)</script> #panic()") for run in RUNS]
    data = describe_report(make_report(runs, language, UTC), "A", HomeKind.WARD, language, UTC)
    page = render_page("batch.html.j2", data)
    assert "<script>" not in page
    assert page.count("<svg") == 4
    assert render_pdf("batch", data).startswith(b"%PDF")


@pytest.mark.parametrize("language", list(Language))
def test_a_batch_of_virtual_tablets_is_not_taken_for_a_hospitals(language: Language) -> None:
    made = make_report(RUNS, language, UTC)
    pages = [render_page("batch.html.j2", describe_report(made, "A", kind, language, UTC)) for kind in HomeKind]
    told = [say(language, "report.training") in page for page in pages]
    assert told == [kind is HomeKind.TRAINING for kind in HomeKind]


OUTCOMES = {
    DONE: "tablets: 3 done, 2 refused",
    Outcome.DONE_WITH_WARNINGS: "tablets: 3 done (1 with warnings), 2 refused",
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_those_done_with_warnings_are_told_beside_those_done(outcome: Outcome) -> None:
    runs = (*RUNS, replace(make_run(70, "A-4"), outcome=outcome))
    data = describe_report(make_report(runs, Language.EN, UTC), "A", HomeKind.WARD, Language.EN, UTC)
    assert str(data["totals"]).startswith(OUTCOMES[outcome])


def test_a_plot_is_well_formed_whatever_its_names_say() -> None:
    drawn = ET.fromstring(draw_bars([Bar('<&"\x1b[31m', 0.0, "0"), Bar("a" * 99, 3.0, "3")]))  # noqa: S314 # our own
    assert [rect.get("width") for rect in drawn.iter(f"{SVG}rect")] == ["0.0", "310.0"]


@pytest.mark.parametrize("language", list(Language))
def test_a_bench_without_any_record_is_told_what_writes_one(language: Language, tmp_path: Path) -> None:
    create_home(tmp_path / "home", HomeKind.TRAINING, 1, Details(name="CHU"))
    words = ["report", "batch", "--home", str(tmp_path / "home"), "--out", str(tmp_path), "--language", language.value]
    ended = CliRunner().invoke(cli, words)
    assert isinstance(ended.exception, RecordError)
    assert str(ended.exception) == say(language, "report.no-record", folder=tmp_path / "home/records")
    assert [file.name for file in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("language", list(Language))
def test_a_plot_names_every_reason_whole_and_no_two_lines_of_it_overlap(language: Language) -> None:
    names = [say(language, f"reason.{reason}.title") for reason in Reason]
    texts = list(ET.fromstring(draw_bars([Bar(name, 1.0, "") for name in names])).iter(f"{SVG}text"))  # noqa: S314
    named = [each for each in texts if each.get("text-anchor") == "end"]
    assert " ".join(each.text or "" for each in named) == " ".join(names)
    heights = [float(each.get("y", "")) for each in named]
    assert min(below - above for above, below in pairwise(heights)) >= 12.0
