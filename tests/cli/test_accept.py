"""Words that are listed, taken back, or wrongly asked for; no tablet is needed for any of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import make_props

from provision.cli.accept import accept
from provision.errors import HomeError
from provision.home.create import create_home
from provision.state.accepted import AcceptedBook
from provision.terms import DeviceConfirmation, HomeKind


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training home; its virtual tablets are neither needed nor asked for."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return home


@pytest.fixture
def book(home: Path) -> AcceptedBook:
    """Its list, empty."""
    (home / "state/accepted.json").unlink(missing_ok=True)
    return AcceptedBook(home / "state/accepted.json")


def said(home: Path, *words: str, language: str = "en") -> tuple[int, str]:
    """Run the command on the home; exit status and what it says."""
    done = CliRunner().invoke(accept, ["--home", str(home), "--language", language, *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_words_are_listed_and_taken_back(home: Path, book: AcceptedBook) -> None:
    assert said(home, "--list") == (0, "No word was given at this bench.\n")
    yes = book.give(make_props(ro__product__model="TEO10A"), DeviceConfirmation.TABLET)
    no = book.give(make_props(ro__product__model="\x1b[2JBox"), DeviceConfirmation.NO_TABLET)
    _, listed = said(home, "--list", language="fr")
    assert f"{yes.short_key}  tablette  " in listed
    assert f"{no.short_key}  pas une tablette  " in listed
    assert "\x1b" not in listed
    status, text = said(home, "--revoke", yes.title)
    assert (status, yes.title in text) == (0, True)
    assert [row.key for row in book.list_words()] == [no.key]
    assert said(home, "--revoke", yes.title)[0] == 1
    assert said(home, "--revoke", no.short_key)[0] == 0
    assert book.list_words() == ()


@pytest.mark.parametrize(
    "words", [(), ("1", "--list"), ("--list", "--revoke", "x"), ("--serial", "S", "--revoke", "x"), ("--refuse",)]
)
def test_it_does_one_thing_at_a_time(home: Path, book: AcceptedBook, words: tuple[str, ...]) -> None:
    status, text = said(home, *words)
    assert (status, "SLOT or --serial" in text) == (2, True)
    assert book.list_words() == ()


@pytest.mark.parametrize("words", [("--list",), ("--revoke", "x")])
def test_a_damaged_list_is_named(home: Path, book: AcceptedBook, words: tuple[str, ...]) -> None:
    assert book.list_words() == ()
    (home / "state/accepted.json").write_text("{")
    with pytest.raises(HomeError, match=r"accepted\.json.*move it away"):
        said(home, *words)
