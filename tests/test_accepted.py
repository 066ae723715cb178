"""Words about models: given, listed, taken back, kept whole; and a list that is damaged says so."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from factories import make_props

from provision.errors import HomeError
from provision.facts.props import Props
from provision.state.accepted import AcceptedBook
from provision.terms import DeviceConfirmation

TEO = make_props(ro__product__model="TEO10A", ro__product__brand="Thomson", ro__product__manufacturer="Thomson")
OTHER = make_props(ro__product__model="QX-10A", ro__product__brand="Quadrex", ro__product__manufacturer="Quadrex")


@pytest.fixture
def book(tmp_path: Path) -> AcceptedBook:
    """A list nobody has written to yet."""
    return AcceptedBook(tmp_path / "accepted.json")


def test_a_word_is_about_a_model_and_another_unit_of_it_knows_it(book: AcceptedBook) -> None:
    assert (book.find(TEO), book.list_words(), book.stamp()) == (None, (), None)
    book.give(TEO, DeviceConfirmation.TABLET)
    twin = Props({**TEO.values, "ro.serialno": "OTHER"})
    assert book.find(twin) is DeviceConfirmation.TABLET
    assert book.find(OTHER) is None


def test_the_last_word_counts(book: AcceptedBook) -> None:
    book.give(TEO, DeviceConfirmation.TABLET)
    before = book.stamp()
    book.give(TEO, DeviceConfirmation.NO_TABLET)
    assert book.find(TEO) is DeviceConfirmation.NO_TABLET
    assert book.stamp() != before
    assert len(book.list_words()) == 1


@pytest.mark.parametrize("by", ["title", "key"])
def test_a_word_is_taken_back_by_name_or_key_and_the_others_stay(book: AcceptedBook, by: str) -> None:
    given = book.give(TEO, DeviceConfirmation.TABLET)
    book.give(OTHER, DeviceConfirmation.NO_TABLET)
    assert [row.title for row in book.list_words()] == sorted((OTHER.title, TEO.title))
    taken = book.revoke(given.title.upper() if by == "title" else given.short_key)
    assert [row.key for row in taken] == [given.key]
    assert (book.find(TEO), book.find(OTHER)) == (None, DeviceConfirmation.NO_TABLET)


@pytest.mark.parametrize("name", ["", "nobody", "TEO", "a", "*"])
def test_a_name_that_means_nothing_takes_nothing_back(book: AcceptedBook, name: str) -> None:
    book.give(TEO, DeviceConfirmation.TABLET)
    before = book.stamp()
    assert book.revoke(name) == ()
    assert book.stamp() == before


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"version": 2}',
    b'{"version": 3, "models": {}}',
    b'{"version": 2, "models": []}',
    b'{"version": 2, "models": {"k": "title"}}',
    b'{"version": 2, "models": {"k": {"title": "t", "word": "perhaps", "since": ""}}}',
    b'{"version": 2, "models": {"k": {"title": 7, "word": "tablet", "since": ""}}}',
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("content", DAMAGED, ids=repr)
def test_a_damaged_list_is_named_with_what_to_do_and_is_never_written_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "accepted.json"
    file.write_bytes(content)
    book = AcceptedBook(file)
    for use in (
        lambda: book.find(TEO),
        book.list_words,
        lambda: book.revoke("x"),
        lambda: book.give(TEO, DeviceConfirmation.TABLET),
    ):
        with pytest.raises(
            HomeError,
            match=r"accepted\.json: expected words of version 2, got .+; put its backup",
        ):
            use()
    assert file.read_bytes() == content


def test_a_list_that_may_not_be_read_is_no_empty_list(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    file.mkdir()
    with pytest.raises(HomeError):
        AcceptedBook(file).find(TEO)


def test_no_word_is_lost_when_several_are_given_at_once(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    models = [make_props(ro__product__model=f"M{number}") for number in range(24)]
    threads = [
        threading.Thread(target=AcceptedBook(file).give, args=(model, DeviceConfirmation.TABLET)) for model in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(AcceptedBook(file).list_words()) == 24
    assert [left.name for left in tmp_path.iterdir()] == ["accepted.json"]


def test_a_hostile_name_is_kept_short_and_as_data(book: AcceptedBook, tmp_path: Path) -> None:
    book.give(make_props(ro__product__model="\x1b[2J" * 10_000), DeviceConfirmation.TABLET)
    document = json.loads((tmp_path / "accepted.json").read_text("utf-8"))
    assert all(len(row["title"]) <= 80 for row in document["models"].values())
