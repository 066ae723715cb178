"""Confirmations of models: given, listed, taken back, kept whole; and damage is told."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from factories import make_props
from state_file import change_state

from provision.errors import HomeError
from provision.facts.props import Props
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.state.sql.confirmation_store import ConfirmationStore
from provision.terms import DeviceConfirmation

TEO = make_props(ro__product__model="TEO10A", ro__product__brand="Thomson", ro__product__manufacturer="Thomson")
OTHER = make_props(ro__product__model="QX-10A", ro__product__brand="Quadrex", ro__product__manufacturer="Quadrex")


@pytest.fixture
def book(bench_state: BenchState) -> ConfirmationStore:
    """Nobody has said anything yet."""
    return bench_state.confirmations


def test_a_word_is_about_a_model_and_another_unit_of_it_knows_it(book: ConfirmationStore) -> None:
    assert (book.find(TEO), book.list_confirmations(), book.stamp()) == (None, (), ())
    book.give(TEO, DeviceConfirmation.TABLET)
    twin = Props({**TEO.values, "ro.serialno": "OTHER"})
    assert book.find(twin) is DeviceConfirmation.TABLET
    assert book.find(OTHER) is None


def test_the_last_word_counts(book: ConfirmationStore) -> None:
    book.give(TEO, DeviceConfirmation.TABLET)
    before = book.stamp()
    book.give(TEO, DeviceConfirmation.NO_TABLET)
    assert book.find(TEO) is DeviceConfirmation.NO_TABLET
    assert book.stamp() != before
    assert len(book.list_confirmations()) == 1


@pytest.mark.parametrize("by", ["title", "key"])
def test_a_word_is_taken_back_by_name_or_key_and_the_others_stay(book: ConfirmationStore, by: str) -> None:
    given = book.give(TEO, DeviceConfirmation.TABLET)
    book.give(OTHER, DeviceConfirmation.NO_TABLET)
    assert [row.title for row in book.list_confirmations()] == sorted((OTHER.title, TEO.title))
    taken = book.revoke(given.title.upper() if by == "title" else given.short_key)
    assert [row.key for row in taken] == [given.key]
    assert (book.find(TEO), book.find(OTHER)) == (None, DeviceConfirmation.NO_TABLET)


@pytest.mark.parametrize("name", ["", "nobody", "TEO", "a", "*"])
def test_a_name_that_means_nothing_takes_nothing_back(book: ConfirmationStore, name: str) -> None:
    book.give(TEO, DeviceConfirmation.TABLET)
    before = book.stamp()
    assert book.revoke(name) == ()
    assert book.stamp() == before


def test_damage_is_named_with_what_to_do(book: ConfirmationStore, tmp_path: Path) -> None:
    change_state(tmp_path, "DROP TABLE confirmation")
    tablet = DeviceConfirmation.TABLET
    for use in (
        lambda: book.find(TEO),
        book.list_confirmations,
        lambda: book.revoke("x"),
        lambda: book.give(TEO, tablet),
    ):
        with pytest.raises(
            HomeError, match=r"state\.sqlite: damaged \(no such table: confirmation\); put its backup back"
        ):
            use()
    assert book.stamp() is None


def test_no_confirmation_is_lost_when_several_are_given_at_once(tmp_path: Path) -> None:
    """Threads of one process that share its connections, and others with a database of their own."""
    models = [make_props(ro__product__model=f"M{number}") for number in range(24)]
    with ExitStack() as stack:
        states = [stack.enter_context(open_bench_state(tmp_path)) for _ in range(4)]
        givers = [
            threading.Thread(target=states[number % 4].confirmations.give, args=(model, DeviceConfirmation.TABLET))
            for number, model in enumerate(models)
        ]
        for giver in givers:
            giver.start()
        for giver in givers:
            giver.join()
        assert len(states[0].confirmations.list_confirmations()) == 24


def test_a_hostile_name_is_kept_short_and_as_data(book: ConfirmationStore) -> None:
    book.give(make_props(ro__product__model='\x1b[2J"; DROP TABLE confirmation; --' * 1_000), DeviceConfirmation.TABLET)
    assert [len(one.title) for one in book.list_confirmations()] == [80]
