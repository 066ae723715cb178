"""The picture of the board: what it holds at every size, and twelve slots as recorded."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from board_cases import CASES, make_view, twelve

from provision.bench.slot_views import Group, SlotView
from provision.board.batch import Totals
from provision.board.gestures import tell_gesture
from provision.board.layout import arrange, layout
from provision.board.sentences import name_slot, tell_now
from provision.board.width import cells, cut, fit, wrap
from provision.texts.catalogue import Language
from tests.case_files import check_each, read_cases, thin_out

WIDTHS = read_cases(CASES / "width.yaml")
PICTURES = sorted(path.stem for path in CASES.glob("twelve-*.txt"))


@pytest.mark.parametrize("name", PICTURES)
def test_twelve_slots_look_as_recorded(name: str) -> None:
    _, language, size = name.split("-")
    columns, rows = (int(part) for part in size.split("x"))
    lines = layout(twelve(), rows, columns, Language(language))
    assert "\n".join(lines) + "\n" == (CASES / f"{name}.txt").read_text()


def test_pictures_are_recorded_in_both_languages_and_for_small_terminals() -> None:
    assert {name.split("-")[1] for name in PICTURES} == {"en", "fr"}
    assert any(name.endswith("x5") for name in PICTURES)


SIZES = product([0, 1, 2, 3, *range(4, 41, 3)], [1, 2, 8, 20, 40, 59, 60, 80, 132, 300], list(Language))


@check_each(("rows", "columns", "language"), thin_out(((str(size), size) for size in SIZES), 3))
def test_the_board_is_never_taller_nor_wider_than_its_room(rows: int, columns: int, language: Language) -> None:
    lines = layout(twelve(), rows, columns, language)
    assert len(lines) <= rows
    assert all(cells(line) <= columns for line in lines)


@pytest.mark.parametrize("count", [0, 1, 2, 40])
@pytest.mark.parametrize("rows", range(1, 30, 4))
def test_any_number_of_slots_fits(rows: int, count: int) -> None:
    views = [view for view in twelve() for _ in range(count)]
    lines = layout(views, rows, 80, Language.FR)
    assert 1 <= len(lines) <= rows


@pytest.mark.parametrize("rows", range(5, 41))
def test_every_busy_slot_is_named_at_every_height(rows: int) -> None:
    text = "\n".join(layout(twelve(), rows, 100, Language.FR)[:-1])
    named = text.replace("Place ", "").replace("\n", " ").replace(",", " ").split()
    missing = [view.label for view in twelve() if view.group is not Group.REST and view.label not in [*named, ""]]
    assert not missing


@pytest.mark.parametrize("rows", range(9, 41))
def test_what_to_do_first_is_always_told_in_full(rows: int) -> None:
    first = twelve()[0]
    words = " ".join(layout(twelve(), rows, 80, Language.FR)).split()
    assert " ".join(tell_now(first, Language.FR).split()) in " ".join(words)


def many(count: int) -> list[SlotView]:
    """A bench where every third tablet hangs, every third has an account, and every third is done."""
    ends = [("failed", "tablet-hung"), ("refused", "not-reset-accounts"), ("done", None)]
    members = [
        {"label": str(at + 1), "state": "ended", "asset_id": f"A-{at:04}", "outcome": end, "reason": reason}
        for at in range(count)
        for end, reason in [ends[at % 3]]
    ]
    return [make_view(each) for each in sorted(members, key=lambda each: str(each["outcome"]), reverse=True)]


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_with_24_slots_on_80x24_each_is_named_with_what_to_do(language: Language) -> None:
    views = many(24)
    lines = layout(views, 23, 79, language)
    text = " ".join(" ".join(lines).split())
    assert "+" not in text
    ways = [(tell_now(seen, language), tell_gesture(seen, language)) for seen in views]
    assert [both for both in ways if not any(" ".join(way.split()) in text for way in both)] == []


def test_the_labels_of_many_slots_of_which_the_same_is_told_stand_on_lines_of_their_own() -> None:
    views = [make_view({"label": str(at), "state": "ready", "model": "SM T510"}) for at in range(1, 61)]
    lines = layout(views, 23, 79, Language.EN)
    named = " ".join(lines[1:-2]).removeprefix("Slots ").split(", ")
    assert " ".join(named).split() == [str(at) for at in range(1, 61)]
    assert lines[-2].strip() == "ready → Press Enter on this computer to start."


@pytest.mark.parametrize(
    ("left", "done", "columns", "last"),
    [
        ([90.0, 400.0], 37, 79, "0 slots need attention · 2 working, ~7 min left · 0 empty · 37 done in all"),
        ([20.0, None], 0, 79, "0 slots need attention · 2 working, <1 min left · 0 empty"),
        ([None, None], 1, 79, "0 slots need attention · 2 working · 0 empty · 1 done in all"),
        ([90.0, 400.0], 37, 60, "0 slots need attention · 2 working, ~7 min left · 0 empty"),
        ([90.0, 400.0], 37, 50, "0 slots need attention · 2 working · 0 empty"),
    ],
)
def test_the_last_line_tells_what_is_left_and_what_is_done(
    left: list[float | None], done: int, columns: int, last: str
) -> None:
    running = make_view({"label": "1", "state": "running", "phase": "apps", "progress": 0.5})
    views = [replace(running, left=seconds) for seconds in left]
    totals = Totals(done, left=max(filter(None, left), default=None))
    assert layout(views, 10, columns, Language.EN, totals)[-1] == last


@pytest.mark.parametrize(
    ("language", "refused", "end"),
    [
        (Language.EN, 12, "63 of 150 done, 12 refused"),
        (Language.FR, 12, "63/150 terminées, 12 refusées"),
        (Language.FR, 120000, "63/150 terminées"),
    ],
)
def test_the_batch_is_told_on_80_columns_rather_than_the_empty_slots(
    language: Language, refused: int, end: str
) -> None:
    totals = Totals(63, refused, planned=150, left=2400.0)
    assert layout(many(7), 23, 79, language, totals)[-1].endswith(f"~40 min{' left' * (language == 'en')} · {end}")


@pytest.mark.parametrize("rows", range(5, 41))
def test_hands_stand_before_work_and_the_counts_are_last(rows: int) -> None:
    lines = layout(twelve(), rows, 120, Language.EN)
    first = next(at for at, line in enumerate(lines) if line.startswith("Slot 5 "))
    working = [at for at, line in enumerate(lines) if "%" in line]
    assert all(first < at for at in working)
    assert lines[-1] == "7 slots need attention (1 done, 1 refused, 1 lost) · 5 working · 1 empty"


def test_the_working_slots_keep_a_third_of_a_low_terminal() -> None:
    hands = [view for view in twelve() if view.group is Group.HAND] * 3
    working = [view for view in twelve() if view.group is Group.WORKING]
    lines = layout([*hands, *working], 13, 120, Language.EN)
    assert sum("%" in line for line in lines) == 3
    assert "+2 more working: 10, 12" in lines


def test_an_empty_bench_is_one_line() -> None:
    empty = [view for view in twelve() if view.group is Group.REST]
    assert layout(empty, 24, 80, Language.FR) == ["0 geste à faire · 0 en cours · 1 vide"]


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_the_last_line_counts_in_the_words_of_the_heading(language: Language) -> None:
    heading, *_, count = layout(twelve(), 40, 120, language)
    assert count.startswith(heading.rstrip(":\u00a0") + " (")


def test_the_breakdown_of_ends_gives_way_before_any_count() -> None:
    assert layout(twelve(), 10, 60, Language.EN)[-1] == "7 slots need attention · 5 working · 1 empty"


@pytest.mark.parametrize(("progress", "shown"), [(0.0, False), (0.004, False), (0.006, True), (1.0, True)])
def test_a_percentage_is_shown_once_there_is_one(progress: float, *, shown: bool) -> None:
    view = make_view({"label": "1", "state": "running", "phase": "prepare", "progress": progress})  # type: ignore[dict-item]
    line = layout([view], 10, 80, Language.FR)[1]
    assert ("%" in line) is shown
    assert ("en cours…" in line) is not shown
    assert "contrôle de la tablette" in line


def test_a_hostile_model_neither_steers_nor_breaks_the_columns() -> None:
    view = make_view({"label": "1", "state": "running", "model": "\x1b[2J\n平板", "phase": "apps", "step": "\r"})
    lines = layout([view], 10, 60, Language.EN)
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("case", WIDTHS, ids=lambda case: f"{case['text']!r} in {case['width']}")
def test_text_is_measured_cut_and_wrapped_in_cells(case: dict[str, Any]) -> None:
    text, width = case["text"], case["width"]
    assert cells(text) == case["cells"]
    assert cut(text, width) == case["cut"]
    assert cells(fit(text, width)) == width
    assert wrap(text, width) == case["wrap"]


def test_every_line_has_a_tone_and_no_word_depends_on_it() -> None:
    for line, text in zip(arrange(twelve(), 40, 100, Language.EN), layout(twelve(), 40, 100, Language.EN), strict=True):
        assert line.text == text


def test_a_port_without_a_label_is_named_by_its_usb_path() -> None:
    assert name_slot(twelve()[6], Language.FR) == "USB 3-2"
