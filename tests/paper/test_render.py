"""Papers: text stays text, the same data give the same bytes, and nothing of the computer enters them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from provision.bench.slot_code import read_slot_code, write_slot_code
from provision.bench.slots import Slot
from provision.errors import PaperError
from provision.paper.qr import MOST_BYTES, draw_qr
from provision.paper.render import FONTS, TEMPLATES, render_pdf, render_png
from provision.report.slot_labels import LabelForm, describe_labels
from provision.texts.catalogue import Language


def labels(*names: str, form: LabelForm = LabelForm.ROLL_62, language: Language = Language.EN) -> dict[str, Any]:
    return describe_labels([Slot(name, f"1-1.{at}") for at, name in enumerate(names, 1)], "A", form, language)


def picture(name: str) -> bytes:
    """A label with that name and none of its code, which differs anyway."""
    data = labels(name)
    data["labels"][0]["code"] = draw_qr("the same")
    (page,) = render_png("labels", data, dpi=72)
    return page


@pytest.mark.parametrize(
    ("text", "as_markup"),
    [
        ("*a*", "a"),
        ("_a_", "a"),
        ("$a$", "a"),
        ("#1", "1"),
        ("a // b", "a "),
        (r"\#", "#"),
        ("a ~ b", "a \u00a0 b"),
        ("<a>", ""),
        ('#read("/etc/passwd")', ""),
        ("#panic()", ""),
        ("#{", ""),
        ("@a", ""),
        ("`", ""),
        ('"', ""),
    ],
)
def test_a_text_of_the_data_stays_text(text: str, as_markup: str) -> None:
    assert picture(text) != picture(as_markup or "a")


@pytest.mark.parametrize(("text", "written"), [("a\u202eb", r"a\u202eb"), ("a\x1bb", r"a\x1bb"), ("\x00", r"\x00")])
def test_control_characters_are_written_as_escapes(text: str, written: str) -> None:
    assert picture(text) == picture(written)


@pytest.mark.parametrize("name", ["غرفة", "ğışçö", "Ærøskøbing", "αβγ", "абв"])
def test_the_font_has_the_letters_of_those_who_read_it(name: str) -> None:
    """What a font has not looks the same for every letter."""
    assert picture(name) != picture("\u4e2d" * len(name))


@pytest.mark.parametrize("form", LabelForm)
def test_the_same_data_give_the_same_bytes(form: LabelForm) -> None:
    data = labels("1", "2", form=form)
    assert render_pdf("labels", data) == render_pdf("labels", data)
    assert render_png("labels", data) == render_png("labels", data)


@pytest.mark.parametrize(("form", "count", "pages"), [("a4", 21, 1), ("a4", 22, 2), ("62", 3, 3), ("29", 3, 3)])
def test_a_sheet_holds_21_labels_and_a_roll_one_a_page(form: str, count: int, pages: int) -> None:
    data = labels(*map(str, range(1, count + 1)), form=LabelForm(form))
    assert len(render_png("labels", data, dpi=30)) == pages


def test_the_time_of_making_is_nowhere() -> None:
    pdf = render_pdf("labels", labels("1"))
    assert pdf.startswith(b"%PDF-")
    assert [word for word in (b"CreationDate", b"ModDate", b"xmp:CreateDate") if word in pdf] == []


@pytest.mark.parametrize("name", [file.stem for file in TEMPLATES.glob("*.typ") if file.stem != "base"])
def test_a_paper_whose_data_lack_something_is_refused(name: str) -> None:
    with pytest.raises(PaperError, match=name):
        render_pdf(name, {})


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(PaperError, match=r"nowhere\.typ"):
        render_png("nowhere", {})


def test_templates_make_no_markup_of_data() -> None:
    """`eval` is the one way by which a text could become one."""
    assert [file.name for file in TEMPLATES.iterdir() if "eval(" in file.read_text()] == []


def test_the_fonts_are_those_of_the_list_beside_them() -> None:
    listed = dict(reversed(line.split()) for line in (FONTS / "SHA256SUMS").read_text().splitlines())
    there = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in Path(FONTS).glob("*.ttf")}
    assert there == listed


@pytest.mark.parametrize(
    ("bench", "label", "says"),
    [
        ("A", "7", "provision:slot/A/7"),
        ("AB", "a/7", "provision:slot/AB/a%2F7"),
        ("A", "é 1", "provision:slot/A/%C3%A9%201"),
    ],
)
def test_the_code_of_a_port_names_bench_and_slot(bench: str, label: str, says: str) -> None:
    assert write_slot_code(bench, label) == says
    assert read_slot_code(f" {says}\n") == (bench, label)


def test_a_code_that_cannot_hold_its_text_is_refused() -> None:
    assert draw_qr("a" * MOST_BYTES).startswith("<svg")
    with pytest.raises(PaperError, match=str(MOST_BYTES)):
        draw_qr("a" * (MOST_BYTES + 1))
