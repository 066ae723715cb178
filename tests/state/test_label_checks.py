"""Labels that a person is asked about, over plugs, resets, words, corrections and their undoing."""

from __future__ import annotations

import pytest

from provision.identity.which import UNREAD, Basis, Certainty
from provision.state.sql.bench_state import BenchState
from provision.state.sql.label_check_store import LabelCheckStore, LabelRefused
from provision.state.wards import Role

WHITE_BOX, OWN = "0123456789ABCDEF", "R52N1"


def plug_in(state: BenchState, serial: str, installation: str, carried: str | None = None) -> tuple[str, str, str]:
    """One plug at a new station: number, certainty, and by what."""
    registry = state.open_registry("A")
    asset, match = registry.check_in(serial, installation, carried)
    return asset.asset_id, str(match.certainty), str(match.basis)


@pytest.fixture
def labels(bench_state: BenchState) -> LabelCheckStore:
    """Of a bench that met a white box and a tablet with a serial of its own, and each once more after a reset."""
    for serial in (WHITE_BOX, OWN):
        for installation in ("first", "second"):
            plug_in(bench_state, serial, installation)
    return bench_state.open_label_checks("A")


def test_both_are_asked_about_at_every_plug(bench_state: BenchState, labels: LabelCheckStore) -> None:
    for _ in range(3):
        assert plug_in(bench_state, WHITE_BOX, "second")[:2] == ("A-0002", Certainty.UNKNOWN)
        assert plug_in(bench_state, OWN, "second")[:2] == ("A-0003", Certainty.CANDIDATE)
    assert [one.asset_id for one in labels.list_open()] == ["A-0002", "A-0003"]


@pytest.mark.parametrize(("serial", "number"), [(WHITE_BOX, "A-0001"), (OWN, "A-0003")])
def test_a_word_ends_the_doubt(serial: str, number: str, bench_state: BenchState, labels: LabelCheckStore) -> None:
    labels.confirm(serial, "second", number)
    assert plug_in(bench_state, serial, "second") == (number, Certainty.CERTAIN, Basis.LABEL)
    assert len(labels.list_open()) == 1
    assert plug_in(bench_state, serial, "third")[1] != Certainty.CERTAIN  # the next reset is asked about anew


def test_another_word_corrects_it_and_it_can_be_taken_back(bench_state: BenchState, labels: LabelCheckStore) -> None:
    labels.confirm(WHITE_BOX, "second", "A-0001")
    labels.confirm(WHITE_BOX, "second", "A-0002")
    assert plug_in(bench_state, WHITE_BOX, "second")[:2] == ("A-0002", Certainty.CERTAIN)
    assert labels.undo(WHITE_BOX, "second") == ("A-0002",)
    assert plug_in(bench_state, WHITE_BOX, "second")[:2] == ("A-0002", Certainty.UNKNOWN)
    assert labels.undo(WHITE_BOX, "second") == ()


def test_a_word_taken_back_is_asked_about_though_the_agent_has_the_number(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    labels.confirm(WHITE_BOX, "second", "A-0001")
    plug_in(bench_state, WHITE_BOX, "second", "A-0001")
    labels.undo(WHITE_BOX, "second")
    assert plug_in(bench_state, WHITE_BOX, "second", "A-0001")[1] == Certainty.UNKNOWN


def test_one_that_never_had_a_label_keeps_its_number_or_gets_one(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    assert labels.confirm_new(WHITE_BOX, "second") == "A-0002"
    assert labels.confirm_new(OWN, "second") == "A-0004"  # a second tablet with a serial that looked like its own
    assert plug_in(bench_state, OWN, "second") == ("A-0004", Certainty.CERTAIN, Basis.LABEL)
    assert plug_in(bench_state, OWN, "first")[:2] == ("A-0003", Certainty.CERTAIN)


def test_a_label_of_another_bench_is_taken_over(bench_state: BenchState, labels: LabelCheckStore) -> None:
    labels.confirm(WHITE_BOX, "second", "B-0042")
    assert plug_in(bench_state, WHITE_BOX, "second") == ("B-0042", Certainty.CERTAIN, Basis.LABEL)


@pytest.mark.parametrize(
    ("serial", "number", "why", "other"),
    [
        (OWN, "A-0001", "other-serial", WHITE_BOX),
        (WHITE_BOX, "A-0003", "other-serial", OWN),
        (WHITE_BOX, "A-0099", "unknown", ""),
        ("never seen", "A-0099", "unknown", ""),
    ],
)
def test_a_number_that_cannot_be_its_own_is_refused(
    serial: str, number: str, why: str, other: str, bench_state: BenchState, labels: LabelCheckStore
) -> None:
    before = list(bench_state.open_registry("A").list_assets())
    with pytest.raises(LabelRefused) as refused:
        labels.confirm(serial, "second", number)
    assert (refused.value.why, refused.value.serial) == (why, other)
    assert list(bench_state.open_registry("A").list_assets()) == before


def test_a_tablet_without_an_installation_to_tell_is_certain_with_its_agents_number_alone(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    plug_in(bench_state, WHITE_BOX, UNREAD)
    labels.confirm(WHITE_BOX, UNREAD, "A-0001")
    assert plug_in(bench_state, WHITE_BOX, UNREAD)[1] == Certainty.UNKNOWN
    assert plug_in(bench_state, WHITE_BOX, UNREAD, "A-0001") == ("A-0001", Certainty.CERTAIN, Basis.LABEL)


def test_a_number_given_until_the_label_was_read_is_retired_and_never_given_again(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    assert labels.confirm(WHITE_BOX, "second", "A-0001") == ["A-0002"]
    assert [one.asset_id for one in labels.list_twins(WHITE_BOX)] == ["A-0001"]
    assert [one.asset_id for one in labels.list_former("A-0001")] == ["A-0002"]
    assert labels.find_successor("A-0002") == "A-0001"
    assert plug_in(bench_state, WHITE_BOX, "another twin")[0] == "A-0004"
    assert plug_in(bench_state, WHITE_BOX, UNREAD, "A-0002") == ("A-0001", Certainty.CERTAIN, Basis.AGENT)
    with pytest.raises(LabelRefused) as refused:
        labels.confirm(WHITE_BOX, "another twin", "A-0002")
    assert (refused.value.why, refused.value.became) == ("retired", "A-0001")


def test_a_serial_of_one_living_tablet_is_a_candidates_again(bench_state: BenchState) -> None:
    """The number that was given meanwhile counts as no second tablet of that serial."""
    labels = bench_state.open_label_checks("A")
    for installation in ("first", "second"):
        plug_in(bench_state, OWN, installation)
    labels.confirm_new(OWN, "second")
    assert plug_in(bench_state, OWN, "third")[:2] == ("A-0003", Certainty.UNKNOWN), "two tablets have this serial"
    labels.correct("A-0002", "A-0001", "one tablet after all")
    labels.correct("A-0003", "A-0001", "and this one")
    assert plug_in(bench_state, OWN, "fourth")[:2] == ("A-0001", Certainty.CANDIDATE)


def test_a_word_taken_back_lets_the_number_count_again(bench_state: BenchState, labels: LabelCheckStore) -> None:
    labels.confirm(WHITE_BOX, "second", "A-0001")
    labels.undo(WHITE_BOX, "second")
    assert labels.find_successor("A-0002") == "A-0002"
    assert plug_in(bench_state, WHITE_BOX, "second")[:2] == ("A-0002", Certainty.UNKNOWN)


def test_a_twin_with_a_copied_system_keeps_its_number(bench_state: BenchState) -> None:
    """Two tablets that were on the bench at once with one installation are two, whatever label is read first."""
    registry = bench_state.open_registry("A")
    numbers = [registry.check_in(WHITE_BOX, "copied")[0].asset_id for _ in range(2)]
    labels = bench_state.open_label_checks("A")
    assert labels.confirm(WHITE_BOX, "copied", numbers[0]) == []
    assert [one.asset_id for one in labels.list_twins(WHITE_BOX)] == numbers


def test_tablets_without_an_id_lose_no_number_by_each_others_labels(bench_state: BenchState) -> None:
    labels = bench_state.open_label_checks("A")
    for _ in range(3):
        plug_in(bench_state, WHITE_BOX, UNREAD)
    assert labels.confirm(WHITE_BOX, UNREAD, "A-0001") == []
    assert len(labels.list_twins(WHITE_BOX)) == 3


def test_a_wrong_label_is_corrected_without_the_tablet(bench_state: BenchState, labels: LabelCheckStore) -> None:
    labels.confirm_new(WHITE_BOX, "second")
    bench_state.wards.assign(["A-0002"], "cardio", Role.TECHNICIAN, "")
    labels.correct("A-0002", "A-0001", "its old label was under the cover")
    assert plug_in(bench_state, WHITE_BOX, "second", "A-0002") == ("A-0001", Certainty.CERTAIN, Basis.LABEL)
    assert plug_in(bench_state, WHITE_BOX, "first")[:2] == ("A-0001", Certainty.CERTAIN)
    assert bench_state.wards.find("A-0001") == "cardio"
    assert [one.why for one in labels.list_former("A-0001")] == ["its old label was under the cover"]


@pytest.mark.parametrize(
    ("wrong", "right", "why"),
    [
        ("A-0001", "A-0001", "same"),
        ("A-0099", "A-0001", "unknown"),
        ("A-0001", "A-0099", "unknown"),
        ("A-0001", "A-0003", "other-serial"),
        ("A-0002", "A-0001", "retired"),
        ("A-0001", "A-0002", "retired"),
    ],
)
def test_what_is_no_correction_is_refused(
    wrong: str, right: str, why: str, bench_state: BenchState, labels: LabelCheckStore
) -> None:
    labels.confirm(WHITE_BOX, "second", "A-0001")
    before = list(bench_state.open_registry("A").list_assets())
    with pytest.raises(LabelRefused) as refused:
        labels.correct(wrong, right, "")
    assert refused.value.why == why
    assert list(bench_state.open_registry("A").list_assets()) == before


def test_a_correction_leaves_another_tablet_what_a_person_found_of_it(bench_state: BenchState) -> None:
    """The second was only asked about on the number that is corrected, and has its own by a person's word."""
    labels = bench_state.open_label_checks("A")
    for installation in ("one", "two"):
        plug_in(bench_state, OWN, installation)
    labels.confirm_new(OWN, "two")
    plug_in(bench_state, OWN, "one, reset")
    labels.correct("A-0001", "A-0003", "label A-0003 is on it already")
    assert plug_in(bench_state, OWN, "two") == ("A-0002", Certainty.CERTAIN, Basis.LABEL)
    assert plug_in(bench_state, OWN, "one") == ("A-0003", Certainty.CERTAIN, Basis.LABEL)


def test_a_correction_answers_no_question_about_another_installation(bench_state: BenchState) -> None:
    labels = bench_state.open_label_checks("A")
    plug_in(bench_state, OWN, "one")
    plug_in(bench_state, OWN, "reset, or another")  # a candidate of A-0001
    assert labels.confirm_new(OWN, "third") == "A-0002"
    labels.correct("A-0001", "A-0002", "")
    assert plug_in(bench_state, OWN, "one")[1] == Certainty.CERTAIN
    assert plug_in(bench_state, OWN, "reset, or another", "A-0001")[:2] == ("A-0002", Certainty.CANDIDATE)
    assert "A-0002" in [one.asset_id for one in labels.list_open()]


def test_a_correction_ends_no_doubt_about_a_copied_system(bench_state: BenchState) -> None:
    registry, labels = bench_state.open_registry("A"), bench_state.open_label_checks("A")
    for _ in range(2):
        registry.check_in(WHITE_BOX, "copied")
    assert plug_in(bench_state, WHITE_BOX, "other")[0] == "A-0003"
    labels.correct("A-0002", "A-0003", "")
    assert plug_in(bench_state, WHITE_BOX, "copied")[1] == Certainty.UNKNOWN


def test_a_number_retired_before_is_the_one_that_its_number_is_corrected_to(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    plug_in(bench_state, WHITE_BOX, "third")
    labels.confirm(WHITE_BOX, "third", "A-0002")
    labels.correct("A-0002", "A-0001", "")
    assert [labels.find_successor(each) for each in ("A-0002", "A-0004")] == ["A-0001", "A-0001"]
    assert [one.asset_id for one in labels.list_twins(WHITE_BOX)] == ["A-0001"]
    assert {one.asset_id for one in labels.list_former("A-0001")} == {"A-0002", "A-0004"}
    assert plug_in(bench_state, WHITE_BOX, "third", "A-0004") == ("A-0001", Certainty.CERTAIN, Basis.LABEL)


def test_two_without_an_id_that_never_had_a_label_get_a_number_each(bench_state: BenchState) -> None:
    labels = bench_state.open_label_checks("A")
    for _ in range(2):
        plug_in(bench_state, WHITE_BOX, UNREAD)
    numbers = [labels.confirm_new(WHITE_BOX, UNREAD) for _ in range(2)]
    assert numbers == ["A-0003", "A-0004"]
    assert labels.confirm_new(WHITE_BOX, UNREAD, "A-0002") == "A-0002"  # its agent tells which of them it is
    for number in numbers:
        assert plug_in(bench_state, WHITE_BOX, UNREAD, number) == (number, Certainty.CERTAIN, Basis.LABEL)


def test_a_ward_that_was_taken_away_does_not_come_back_with_a_label(
    bench_state: BenchState, labels: LabelCheckStore
) -> None:
    bench_state.wards.assign(["A-0002"], "cardio", Role.TECHNICIAN, "")
    bench_state.wards.assign(["A-0001"], "", Role.TECHNICIAN, "to the pool")
    labels.confirm(WHITE_BOX, "second", "A-0001")
    assert bench_state.wards.find("A-0001") is None


def test_a_ward_goes_with_a_label_and_comes_back_with_it(bench_state: BenchState, labels: LabelCheckStore) -> None:
    bench_state.wards.assign(["A-0002"], "cardio", Role.TECHNICIAN, "")
    for _ in range(2):  # said again, it goes again
        labels.confirm(WHITE_BOX, "second", "A-0001")
        assert [(one.asset_id, one.ward) for one in bench_state.wards.list_current()] == [("A-0001", "cardio")]
        labels.undo(WHITE_BOX, "second")
        assert [bench_state.wards.find(each) for each in ("A-0001", "A-0002")] == [None, "cardio"]
