"""What is told of a tablet has its form, or is refused; whatever is taken comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.register.events import EventKind, EventRefused, tell_move, tell_words
from provision.register.moves import Life
from tests.register.house_bed import make_bench, number

TAKEN = (
    "Gériatrie",
    "O'Brien; DROP TABLE event;--",
    '"quoted", \\back\\slash',
    "=HYPERLINK(1)",
    "@SUM(1+1)",
    "قسم القلب",
    "מחלקה 3",
    "心臓内科 %_",
    "<script>alert(1)</script>",
)
REFUSED = {"a line\nbreak": "place", "\u202eleft": "place", "x" * 65: "place", "\x00": "place", "": "ward-deployed"}


@pytest.mark.parametrize(("ward", "form"), REFUSED.items())
def test_a_ward_that_is_none_is_refused(ward: str, form: str) -> None:
    with pytest.raises(EventRefused) as refused:
        tell_move("A-0001", Life.DEPLOYED, "technician", "why", ward=ward)
    assert (refused.value.key, refused.value.expected) == ("ward", form)


@pytest.mark.parametrize("who", ["Marie Dupont", "marie.dupont@hopital.example", "", "é", "x" * 33])
def test_a_person_s_name_is_no_pseudonym(who: str) -> None:
    with pytest.raises(EventRefused) as refused:
        tell_words("A-0001", EventKind.NOTED, who, "text")
    assert refused.value.key == "who"


@pytest.mark.parametrize("text", ["", "x" * 10_000, "bell\x07", "\ud800"])
def test_a_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(EventRefused):
        tell_words("A-0001", EventKind.NOTED, "hotline", text)


@pytest.mark.parametrize("to", [Life.BACK, Life.RECEIVED])
def test_only_what_is_deployed_is_in_a_ward(to: Life) -> None:
    with pytest.raises(EventRefused):
        tell_move("A-0001", to, "technician", "why", ward="3")
    with pytest.raises(EventRefused):
        tell_move("A-0001", to, "technician", "why", room="3")


def test_what_is_taken_comes_back_as_it_was_and_is_found(tmp_path: Path) -> None:
    from provision.register.sql.tablet_rows import read_page, search  # noqa: PLC0415 # as the product: late

    bench = make_bench(tmp_path, runs=len(TAKEN))
    with bench.open() as register:
        register.take_records(bench.bed.records, bench.bed.keys.home)
        for place, ward in enumerate(TAKEN, 1):
            register.tell(tell_move(f"A-{place:04}", Life.DEPLOYED, "technician", ward, ward=ward))
        for place, ward in enumerate(TAKEN, 1):
            page = register.local.read(lambda c, n=f"A-{place:04}": read_page(c, n))  # type: ignore[misc]
            assert page is not None
            assert (page.life.ward, page.history[-1].event.told.why) == (ward, ward)
            found = register.local.read(lambda c, w=ward: search(c, w))  # type: ignore[misc]
            assert [life.number for life in found] == [f"A-{place:04}"]


def test_one_ward_typed_on_two_keyboards_is_one(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    told = [tell_move("A-0001", Life.DEPLOYED, "technician", "x", ward=ward) for ward in ("é", "e\u0301")]
    assert told[0].body == told[1].body
