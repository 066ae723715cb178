"""The pages of the hardware test on a virtual tablet: nothing is observed that no finger did."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from provision.errors import TrainingError
from provision.virtual.android.agent.hardware import COLUMNS, ROWS
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.policy import HOME
from provision.virtual.android.state import Package
from tests.virtual.android.bench import Bench, model_for

NOTHING = ["0" * COLUMNS] * ROWS


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A tablet without owner, with the agent installed."""
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.device.data.packages[AGENT] = Package(version_code=6, version_name="0.6.0")
    return bench


def ask(bench: Bench, argument: str) -> dict[str, Any]:
    words = f" --arg {argument}" if argument else ""
    said = bench.run(f"content call --uri content://{AGENT}.station --method hardware{words}").out
    result = json.loads(base64.b64decode(said.split("{a=")[1].split("}")[0]))["result"]
    assert isinstance(result, dict)
    return result


def test_a_page_shows_once_the_launcher_is_in_front_of_a_bright_screen(bench: Bench) -> None:
    assert (ask(bench, "touch:fr:60")["shown"], ask(bench, "")["squares"]) == (False, [])
    bench.run(f"am start -n {HOME}")
    assert (ask(bench, "")["shown"], ask(bench, "")["squares"]) == (True, NOTHING)
    bench.run("input keyevent KEYCODE_SLEEP")
    assert ask(bench, "")["shown"] is False


def test_only_squares_that_feel_are_touched_and_only_on_their_page(bench: Bench) -> None:
    bench.run(f"am start -n {HOME}")
    ask(bench, "touch:fr:60")
    bench.edit("touch-screen 11,0 0,7")
    squares = ask(bench, "")["squares"]
    assert [(row, line.find("0")) for row, line in enumerate(squares) if "0" in line] == [(0, 11), (7, 0)]
    ask(bench, "buttons:fr:60")
    with pytest.raises(TrainingError, match="no page of squares"):
        bench.edit("touch-screen")
    bench.edit("press-volume up")
    assert ask(bench, "")["keys"] == ["up"]


def test_colours_are_those_that_had_their_time(bench: Bench) -> None:
    bench.run(f"am start -n {HOME}")
    assert ask(bench, "colours:fr:60")["colours"] == 1
    bench.clock.advance(7)
    assert ask(bench, "")["colours"] == 3
    bench.clock.advance(20)
    assert ask(bench, "")["colours"] == 5


def test_a_page_that_is_begun_again_begins_with_the_first_colour(bench: Bench) -> None:
    bench.run(f"am start -n {HOME}")
    ask(bench, "colours:fr:60")
    bench.clock.advance(9)
    assert ask(bench, "")["colours"] == 4
    assert ask(bench, "colours:fr:60")["colours"] == 1
    bench.clock.advance(4)
    assert ask(bench, "")["colours"] == 2


@pytest.mark.parametrize("ends", ["the bench", "its time"])
def test_at_its_end_the_launcher_is_out_of_the_way(bench: Bench, ends: str) -> None:
    bench.run(f"am start -n {HOME}")
    ask(bench, "sound:fr:60")
    bench.clock.advance(60 if ends == "its time" else 0)
    assert ask(bench, "" if ends == "its time" else "end")["step"] is None
    assert bench.tablet.device.front.split("/")[0] != AGENT


@pytest.mark.parametrize("words", ["touch-screen 1", "press-volume left"])
def test_a_finger_has_its_form(bench: Bench, words: str) -> None:
    with pytest.raises(TrainingError, match="expected"):
        bench.edit(words)
