"""Lines of the keyboard and of a scanner at a running station, and what the desk hears of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from provision.cli.operator_keys import OperatorKeys
from provision.home.create import create_home
from provision.home.folder import Home, load_home
from provision.station.desk import Answered
from provision.terms import HomeKind, OperatorWord
from tests.waiting import wait_until

if TYPE_CHECKING:
    from provision.station.desk import Desk
    from provision.station.station import Station

CODE = "provision:tablet/5c7df652355adc01/A-0009/CHU"


@dataclass
class Heard:
    """A desk and a station that only remember."""

    words: list[tuple[str, ...]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def count(self) -> int:
        """What came so far."""
        return len(self.words) + len(self.told)

    def give(self, word: OperatorWord, slot: str, origin: str) -> Answered:
        """Remember a word."""
        self.words.append((word, slot, origin))
        return Answered(f"{word} taken", taken=True)

    def read_label(self, slot: str, said: str, origin: str) -> Answered:
        """Remember a label."""
        self.words.append(("label", slot, said, origin))
        return Answered("read", taken=True)

    def say(self, text: str) -> None:
        """Remember a sentence."""
        self.told.append(text)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose bench gives numbers with A."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    return load_home(home)


@pytest.mark.parametrize(
    ("lines", "words", "told"),
    [
        (["A-0009"], [("label", "", "A-0009", "keyboard")], ["read"]),
        (["4 A-0009"], [("label", "4", "A-0009", "keyboard")], ["read"]),
        ([CODE], [("label", "", CODE, "keyboard")], ["read"]),
        (["provision:slot/A/4", CODE], [("label", "4", CODE, "keyboard")], ["Slot 4: scan", "read"]),
        (["provision:slot/A/4", "2 A-0009"], [("label", "2", "A-0009", "keyboard")], ["Slot 4: scan", "read"]),
        (
            ["provision:slot/B/4", "A-0009"],
            [("label", "", "A-0009", "keyboard")],
            ["That is a slot of bench B", "read"],
        ),
        (["provision:slot/A/4", "", "A-0009"], [("start", "", "keyboard"), ("label", "", "A-0009", "keyboard")], []),
        (["new 4"], [("label", "4", "new", "keyboard")], ["read"]),
        ([""], [("start", "", "keyboard")], []),
        (["again 4"], [("again", "4", "keyboard")], []),
        (["show 4"], [("show", "4", "keyboard")], []),
        (["stop 4"], [("stop", "4", "keyboard")], ["stop taken"]),
        *(([f"{word} H1-3"], [(word, "H1-3", "keyboard")], []) for word in ("yes", "no", "again", "show")),
        (["oui A-1"], [("yes", "A-1", "keyboard")], []),
        (["which A-1"], [("label", "A-1", "", "keyboard")], ["read"]),
        (["new H1-3"], [("label", "H1-3", "new", "keyboard")], ["read"]),
        (["H1-3 A-0009"], [("label", "H1-3", "A-0009", "keyboard")], ["read"]),
        (["what"], [], ["what"]),
    ],
)
def test_a_line_is_a_word_or_a_label(
    place: Home, lines: list[str], words: list[tuple[str, ...]], told: list[str]
) -> None:
    heard = Heard()
    keys = OperatorKeys(cast("Desk", heard), cast("Station", heard), place)
    for line in lines:
        before = heard.count()
        keys.take(line)
        wait_until(lambda before=before: heard.count() > before, line)  # type: ignore[misc] # a lambda's default
    wait_until(lambda: len(heard.words) >= len(words) and len(heard.told) >= len(told), "all of it")
    assert heard.words == words
    assert all(part in said for part, said in zip(told, heard.told, strict=False))
