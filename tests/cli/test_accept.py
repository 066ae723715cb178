"""Words that are listed, taken back, or wrongly asked for; no tablet is needed for any of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import make_props
from state_file import FILE, change_state

from provision.cli.accept import accept
from provision.errors import HomeError
from provision.home.create import create_home
from provision.state.opening import open_bench_state
from provision.state.sql.confirmation_store import ConfirmationStore
from provision.terms import DeviceConfirmation, HomeKind


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training home; its virtual tablets are neither needed nor asked for."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return home


@pytest.fixture
def book(home: Path) -> Iterator[ConfirmationStore]:
    """Its confirmations: none."""
    with open_bench_state(home) as state:
        change_state(home, "DELETE FROM confirmation")
        yield state.confirmations


def said(home: Path, *words: str, language: str = "en") -> tuple[int, str]:
    """Run the command on the home; exit status and what it says."""
    done = CliRunner().invoke(accept, ["--home", str(home), "--language", language, *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_words_are_listed_and_taken_back(home: Path, book: ConfirmationStore) -> None:
    assert said(home, "--list") == (0, "No word was given at this bench.\n")
    yes = book.give(make_props(ro__product__model="TEO10A"), DeviceConfirmation.TABLET)
    no = book.give(make_props(ro__product__model="\x1b[2JBox"), DeviceConfirmation.NO_TABLET)
    _, listed = said(home, "--list", language="fr")
    assert f"{yes.short_key}  tablette  " in listed
    assert f"{no.short_key}  pas une tablette  " in listed
    assert "\x1b" not in listed
    status, text = said(home, "--revoke", yes.title)
    assert (status, yes.title in text) == (0, True)
    assert [row.key for row in book.list_confirmations()] == [no.key]
    assert said(home, "--revoke", yes.title)[0] == 1
    assert said(home, "--revoke", no.short_key)[0] == 0
    assert book.list_confirmations() == ()


@pytest.mark.parametrize(
    "words", [(), ("1", "--list"), ("--list", "--revoke", "x"), ("--serial", "S", "--revoke", "x"), ("--refuse",)]
)
def test_it_does_one_thing_at_a_time(home: Path, book: ConfirmationStore, words: tuple[str, ...]) -> None:
    status, text = said(home, *words)
    assert (status, "SLOT or --serial" in text) == (2, True)
    assert book.list_confirmations() == ()


@pytest.mark.parametrize("words", [("--list",), ("--revoke", "x")])
def test_a_damaged_database_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    create_home(tmp_path / "home", HomeKind.TRAINING, 2)
    (tmp_path / "home" / FILE).write_text("{" * 5_000)
    with pytest.raises(HomeError, match=r"state\.sqlite: damaged \(file is not a database\); put its backup back"):
        said(tmp_path / "home", *words)
