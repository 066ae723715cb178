"""Labels that a person is asked about, over plugs, resets, words, corrections and their undoing."""

from __future__ import annotations

import pytest

from provision.identity.which import UNREAD, Basis, Certainty
from provision.state.sql.bench_state import BenchState
from provision.state.sql.label_check_store import LabelCheckStore, LabelRefused

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
