"""What a station tells of its pages: keys only where somebody looks, and advice that helps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provision.bench.slots import SlotTable
from provision.cli.pages import make_pages, serve_pages
from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.records.run_end import RunEnd
from provision.terms import HomeKind


@dataclass
class Heard:
    """A sink that keeps what it was told."""

    texts: list[str] = field(default_factory=list)

    def show(self, table: SlotTable, now: float) -> None:
        """Nothing."""

    def ended(self, end: RunEnd) -> None:
        """Nothing."""

    def warn(self, text: str) -> None:
        """Keep it."""
        self.texts.append(text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder: Path = tmp_path_factory.mktemp("told") / "home"
    create_home(folder, HomeKind.TRAINING, 2)
    return load_home(folder)


def tell(home: Home, *, wanted: bool | None, listen: str | None) -> list[str]:
    """What is told where standard output is no terminal."""
    heard = Heard()
    with serve_pages(make_pages(home, wanted=wanted, listen=listen), home, heard, wanted=wanted, listen=listen):
        return heard.texts


def test_a_key_is_told_to_no_log_that_nobody_asked_for(home: Home) -> None:
    assert tell(home, wanted=None, listen=None) == []
    (told,) = tell(home, wanted=None, listen="127.0.0.1:0")
    assert "key=" not in told
    assert str(home.state / "web/wall-key") in told
    assert (home.state / "web/wall-key").read_text().strip() not in told


def test_who_asks_for_the_pages_is_told_their_keys(home: Home) -> None:
    assert ["#key=" in text for text in tell(home, wanted=True, listen="127.0.0.1:0")] == [True, True]


ADVICE = {"[::]:0": "ip address", "192.0.2.1": "ip address", "127.0.0.1:70000": "1024"}


def test_each_fault_of_an_address_has_its_own_advice(home: Home) -> None:
    found = {listen: tell(home, wanted=None, listen=listen) for listen in ADVICE}
    assert [listen for listen, texts in found.items() if ADVICE[listen] not in texts[0] or len(texts) != 1] == []
