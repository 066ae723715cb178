"""Donations: which tablet is which, numbers given once, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_props
from state_file import FILE

from provision.state.donations import (
    Donation,
    HardwareTest,
    correct_test,
    digest_hardware,
    read_donation,
    read_test,
    write_donation,
)
from provision.state.hardware_seen import HardwareSeen, TouchSeen
from provision.state.opening import open_bench_state
from provision.terms import HandWord, HardwarePart, IntakeVerdict, ScreenZone

SEEN = Donation("h", "i", "2026", "1", "R52K90ABCDE", "m", "11", "", 80, 2, 1, IntakeVerdict.REPAIR, ("battery-low",))


@pytest.mark.parametrize(
    ("later", "same"),
    [
        ({}, True),
        ({"installation": "after a reset"}, True),
        ({"installation": None}, True),
        ({"hardware": "another"}, False),
        ({"serial": "0123456789ABCDEF", "installation": "another"}, False),
        ({"serial": "0123456789ABCDEF"}, True),
    ],
)
def test_a_tablet_keeps_its_number_where_its_hardware_tells_which_it_is(
    tmp_path: Path, later: dict[str, str], *, same: bool
) -> None:
    with open_bench_state(tmp_path) as state:
        first = state.donations.note(SEEN)
        again = state.donations.note(replace(SEEN, **later, verdict=IntakeVerdict.KEEP, grounds=()))
        assert (again.number == first.number) is same
        assert (again.verdict, again.grounds) == (IntakeVerdict.KEEP, ())
        assert [one.number for one in state.donations.list_donations()] == ([1] if same else [1, 2])


def test_twins_with_one_serial_number_are_never_guessed_apart(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        state.donations.note(SEEN)
        twin = state.donations.note(replace(SEEN, installation="j"), new=True)
        assert state.donations.find("h", "j", SEEN.serial) == twin
        assert state.donations.find("h", "reset since", SEEN.serial) is None


def test_twins_with_a_copied_system_have_no_donations_number_in_a_record(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        state.donations.note(SEEN)
        state.donations.note(SEEN, new=True)
        assert state.donations.find(SEEN.hardware, SEEN.installation, SEEN.serial) is None


def test_words_stay_until_others_are_said_and_are_gone_from_the_file_when_forgotten(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        given = state.donations.note(replace(SEEN, donor="Mme Secrete", condition="rayure discrete"))
        assert state.donations.note(SEEN).donor == "Mme Secrete"
        assert state.donations.forget(given.number)
        assert not state.donations.forget(99)
        (left,) = state.donations.list_donations()
        assert (left.donor, left.condition, left.verdict) == ("", "", IntakeVerdict.REPAIR)
    files = list((tmp_path / FILE).parent.glob("state.sqlite*"))
    assert files
    assert [file for file in files if b"Secrete" in file.read_bytes() or b"discrete" in file.read_bytes()] == []


def test_the_hardware_is_serial_number_and_model_and_nothing_that_a_reset_or_an_update_changes() -> None:
    here = digest_hardware(make_props())
    assert digest_hardware(make_props(ro__build__version__release="14", ro__build__fingerprint="x")) == here
    assert digest_hardware(make_props(ro__serialno="another")) != here
    assert digest_hardware(make_props(ro__product__model="another")) != here


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("don-A-0007", 7),
        ("DON-A-7", 7),
        ("don-A-07", 7),
        ("A-0007", None),
        ("don-B-0007", None),
        ("A-0007x", None),
        ("7", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_it_was_written(text: str, number: int | None) -> None:
    assert read_donation("A", text) == number
    assert read_donation("A", write_donation("A", 7)) == 7


def test_a_number_that_stands_in_a_record_is_given_to_no_other_tablet(tmp_path: Path) -> None:
    """The database was lost since, or is an older copy."""
    with open_bench_state(tmp_path) as state:
        state.donations.reserve(7)
        state.donations.reserve(3)
        assert list(state.donations.list_donations()) == []
        assert state.donations.note(SEEN).number == 8
        state.donations.reserve(7)
        assert state.donations.note(SEEN, new=True).number == 9


TESTED = HardwareTest("2026", {HardwarePart.SCREEN: HandWord.YES, HardwarePart.CAMERA: HandWord.NO}, -61)


def test_a_test_of_the_hardware_stays_until_another_one(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        state.donations.note(replace(SEEN, tested=TESTED))
        assert state.donations.note(SEEN).tested == TESTED
        other = replace(TESTED, wifi_dbm=None)
        assert state.donations.note(replace(SEEN, tested=other)).tested == other
    assert read_test(TESTED.describe()) == TESTED


def test_what_a_hand_said_since_corrects_a_test() -> None:
    since = correct_test(TESTED, {HardwarePart.SCREEN}, {HardwarePart.CAMERA, HardwarePart.TOUCH})
    assert since.words == {HardwarePart.SCREEN: HandWord.NO, HardwarePart.CAMERA: HandWord.SKIP}


def test_what_the_tablet_felt_before_a_part_was_mended_is_not_told_of_it() -> None:
    touch = TouchSeen(2, 2, 1, (ScreenZone.TOP,))
    test = replace(TESTED, seen=HardwareSeen(colours=5, touch=touch, keys=("up",)))
    assert correct_test(test, (), {HardwarePart.TOUCH, HardwarePart.CAMERA}).seen == replace(test.seen, touch=None)
    assert correct_test(test, {HardwarePart.TOUCH}, ()).seen == test.seen
