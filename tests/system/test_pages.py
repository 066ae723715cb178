"""A station with pages: words from there go the way of the keyboard's, and nothing of the pages harms a batch."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from provision.captures.read import read_capture
from provision.captures.take import clean_capture
from provision.home.bench_settings import TOOLKIT
from provision.home.create import create_home
from provision.terms import HomeKind
from tests.system.bench_runs import assert_records_right, finish, start
from tests.system.test_faults import Watched, end_of, state_is

pytestmark = [pytest.mark.front, pytest.mark.later]

SECONDS = 60.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home with one place, whose tablet does not say what it is."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 1)
    (home / "captures").mkdir()
    device = clean_capture(read_capture(TOOLKIT / "tests/cases/captures/whitebox.getprop")).to_json()
    (home / "captures/1.json").write_text(device)
    return home


class Page:
    """What a page of a station does, without a browser."""

    def __init__(self, station: Watched) -> None:
        (told,) = station.wait_for(lambda event: "#key=" in event.get("text", ""))
        self._url, _, key = told["text"][told["text"].index("http://") :].partition("/#key=")
        self._shown = {"x-provision-key": key, "origin": self._url}

    def say(self, word: str, slot: str) -> tuple[int, str]:
        answer = httpx.post(
            f"{self._url}/words", data={"word": word, "slot": slot}, headers=self._shown, timeout=SECONDS
        )
        return answer.status_code, answer.json()["text"]

    def look(self) -> dict[str, Any]:
        got: dict[str, Any] = httpx.get(f"{self._url}/snapshot?lang=en", timeout=SECONDS).json()
        return got


def list_words(home: Path) -> list[str]:
    process = start(home, "audit")
    said, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    return [json.loads(line)["event"] for line in said.splitlines()]


def test_words_from_a_page_decide_run_again_light_up_and_stop(home: Path) -> None:
    station = Watched(home, "--virtual", "1", "--stay", "--web", "--language", "en")
    try:
        page = Page(station)
        station.wait_for(state_is("1", "waits-for-word"))
        assert page.say("again", "1")[0] == 409
        assert page.say("no", "1") == (200, "Slot 1: it is no tablet.")
        station.wait_for(end_of("1"))
        assert page.look()["hubs"][0]["places"][0]["mark"] == "refused"
        assert page.say("show", "1")[0] == 409
        assert finish_revoke(home) == 0
        assert page.say("again", "1") == (200, "Slot 1 is run again.")
        station.wait_for(state_is("1", "waits-for-word"), 2)
        assert page.say("yes", "1")[0] == 200
        assert station.wait_for(end_of("1"), 2)[1]["outcome"] == "done"
        place = page.look()["hubs"][0]["places"][0]
        assert (place["mark"], place["words"]) == ("done", ["show"])
        assert page.say("show", "1") == (200, "Slot 1 shows its number for a minute.")
        assert page.say("again", "1")[0] == 409
        assert page.say("stop", "")[0] == 200
        station.process.wait(SECONDS)
    finally:
        ended = station.stop()
    assert (ended.status, ended.errors) == (130, "")
    words = ["page again 1", "page no 1", "page show 1", "page again 1", "page yes 1", "page show 1", "page again 1"]
    assert list_words(home) == [*words, "page stop"]
    assert_records_right(home)


def finish_revoke(home: Path) -> int:
    """Take back every word given for the model."""
    listed = start(home, "accept", "--list")
    said, _ = listed.communicate(timeout=SECONDS)
    process = start(home, "accept", "--revoke", said.split()[0])
    process.communicate(timeout=SECONDS)
    return process.returncode


def test_a_port_that_is_taken_is_a_sentence_and_the_batch_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        bench = home / "bench.yaml"
        bench.write_text(bench.read_text("utf-8") + f"\nweb: {{port: {other.getsockname()[1]}}}\n", "utf-8")
        ended = finish(start(home, "station", "--virtual", "1", "--json", "--web", "--language", "en"))
    assert (ended.status, ended.errors) == (0, "")
    told = [event["text"] for event in ended.events if event["event"] == "warning"]
    assert any("cannot be shown in a browser at 127.0.0.1:" in text for text in told)
    assert {tablet["outcome"] for tablet in ended.tablets.values()} == {"done"}


def test_the_key_of_the_pages_is_in_no_file_of_the_home(tmp_path: Path) -> None:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 1)
    station = Watched(home, "--virtual", "1", "--stay", "--web")
    try:
        (told,) = station.wait_for(lambda event: "#key=" in event.get("text", ""))
        key = told["text"].partition("#key=")[2].split()[0]
        page = Page(station)
        assert page.say("again", "9")[0] == 409
        assert key not in json.dumps(page.look())
        station.wait_for(end_of("1"))
    finally:
        station.stop()
    assert len(key) == 24
    holding = [file for file in home.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]
    assert holding == []
