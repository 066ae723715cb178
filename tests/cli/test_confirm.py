"""`provision confirm` wrongly used, and what it lists; no tablet is needed for any of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.confirm import confirm
from provision.home.create import create_home
from provision.state.opening import open_bench_state
from provision.terms import HomeKind


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training home; its virtual tablets are neither needed nor asked for."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return home


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run the command on the home; exit status and what it says."""
    done = CliRunner().invoke(confirm, ["--home", str(home), "--language", "en", *words])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("1", "A-0001", "--new"),
        ("1", "--new", "--undo"),
        ("1", "--list"),
        ("--list", "--new"),
        ("--new",),
        ("--undo",),
        ("--serial", "S", "--list"),
    ],
)
def test_it_does_one_thing_at_a_time(home: Path, words: tuple[str, ...]) -> None:
    status, text = said(home, *words)
    assert (status, "SLOT (or --serial)" in text) == (2, True)


@pytest.mark.parametrize("number", ["9", "A0009", "A-", "-9", "A-00x9", "A-0009;"])
def test_a_number_has_its_form(home: Path, number: str) -> None:
    status, text = said(home, "1", "--", number)
    assert (status, "a number like A-0009" in text) == (2, True)


def test_what_is_asked_for_is_listed(home: Path) -> None:
    assert said(home, "--list") == (0, "No label is asked for.\n")
    with open_bench_state(home) as state:
        registry = state.open_registry("A")
        for installation in ("first", "second"):
            registry.check_out(registry.check_in("unknown", installation)[0].asset_id)
    status, listed = said(home, "--list")
    assert (status, listed.startswith("A-0002  asked since 20")) == (0, True)
    assert len(listed.splitlines()) == 1
