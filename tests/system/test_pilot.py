"""`provision pilot` as a technician runs it: steps, the stop at an unknown answer, and what is left on disk."""

from __future__ import annotations

import os
import pty
import re
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from provision.cli.walk import Walk, read_word
from provision.runs.job import Progress
from provision.terms import Phase
from provision.texts.language import Language
from provision.transcripts.read import read_transcript
from tests.program import PROGRAM
from tests.system.bench_runs import (
    assert_records_right,
    by_hand,
    count_writes,
    environment,
    make_home,
    run_program,
    state_of,
)
from tests.transcripts.replay_run import replay

if TYPE_CHECKING:
    from provision.transcripts.record import Recorder

pytestmark = pytest.mark.front

SLOT = "1"


def make_faulty(folder: Path, *faults: str) -> Path:
    """A training home whose first tablet has faults."""
    home = make_home(folder / "training", 4, Language.FR)
    for fault in faults:
        by_hand(home, SLOT, "break", fault)
    return home


def pilot(home: Path, *words: str) -> tuple[int, str]:
    """One pilot; its exit status, and what it said on one line."""
    env = environment(home) | {"PROVISION_HOME": str(home)}
    status, said = run_program(env, "pilot", "--virtual", "4", "--slot", SLOT, *words)
    return status, " ".join(said.replace("\u00a0", " ").split())


STOPS = {
    "en": [
        "STOPPED: this tablet gave an answer that nobody knows.",
        "asked: dpm set-device-owner --user 0 org.provision.agent/.AdminReceiver",
        "expected: `Success: Device owner set to package",
        "came: Managed by firmware policy 7: request queued",
        "What to do now: 1. Keep",
        "provision release --slot 1",
        "reset the tablet to factory settings",
    ],
    "fr": [
        "ARRÊT : cette tablette a donné une réponse que personne ne connaît.",
        "demandé : dpm set-device-owner --user 0 org.provision.agent/.AdminReceiver",
        "attendu : `Success: Device owner set to package",
        "reçu : Managed by firmware policy 7: request queued",
        "Que faire maintenant : 1. Gardez",
        "provision release --slot 1",
        "réinitialisez la tablette",
    ],
}


@pytest.mark.parametrize("language", ["en", pytest.param("fr", marks=pytest.mark.later)])
def test_a_firmware_that_answers_in_words_of_no_android_stops_the_pilot(language: str, tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path, "strange:dpm+set-device-owner"), tmp_path / "it.jsonl"
    status, said = pilot(home, "--yes", "--language", language, "--out", str(file))
    assert status == 1
    assert [text for text in STOPS[language] if text not in said] == []
    assert str(file) in said
    transcript = read_transcript(file)
    assert transcript.end is not None
    assert transcript.end.unknown is not None
    call = transcript.calls[transcript.end.unknown - 1]
    assert (call.line[:20], call.out) == ("dpm set-device-owner", "Managed by firmware policy 7: request queued\n")
    assert transcript.end.unknown == len(transcript.calls), "nothing more was sent"
    assert_records_right(home)
    assert not leaks(home, file)
    again = replay(transcript, tmp_path)
    assert again.recorder.stopped is not None
    assert again.recorder.stopped.line == call.line


@pytest.mark.later
def test_the_command_that_undoes_it_can_be_given_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a bench").mkdir()
    home = make_faulty(tmp_path / "a bench", "strange:dpm+set-device-owner")
    status, said = pilot(home, "--yes", "--language", "en", "--seed", "1")
    assert status == 1, said
    told = re.search(r"To undo: provision (.*?), then reset", said)
    assert told, said
    words = shlex.split(told[1])
    assert words == ["release", "--slot", SLOT, "--home", str(home), "--virtual", "4", "--seed", "1"]
    status, said = run_program(environment(home), *words, "--language", "en")
    assert status == 0, said


def leaks(home: Path, file: Path) -> list[str]:
    """What tells this tablet, its site or its bench apart, and stands in a transcript."""
    state, text = state_of(home, SLOT), file.read_text("utf-8")
    private = [state["identity"]["serial"], state["identity"]["mac"], state["data"]["android_id"]]
    private += ["HOPITAL-FORMATION", "formation-seulement", "A-0001"]
    return [value for value in private if value in text]


def test_an_answer_no_reader_knows_stops_before_the_first_change(tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path, "strange:dumpsys+battery"), tmp_path / "it.jsonl"
    status, said = pilot(home, "--yes", "--language", "en", "--out", str(file))
    assert status == 1
    assert "asked: dumpsys battery" in said
    assert "expected: `level: N` and `scale: N` lines" in said
    assert "Nothing was changed on the tablet" in said
    end = read_transcript(file).end
    assert end is not None
    assert end.reason == "answer-not-understood"


@pytest.mark.later
def test_an_answer_of_the_head_that_no_reader_knows_stops_the_pilot(tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path, "strange:settings+get"), tmp_path / "it.jsonl"
    status, said = pilot(home, "--yes", "--language", "en", "--out", str(file))
    assert status == 1, said
    assert "asked: settings get global verifier_verify_adb_installs expected: a number or `null`" in said
    transcript = read_transcript(file)
    assert transcript.end is not None
    assert transcript.end.unknown is not None
    assert transcript.calls[transcript.end.unknown - 1].step == "head"
    assert transcript.end.reason == "answer-not-understood"
    assert {call.step for call in transcript.calls} == {"head"}, "nothing more was sent"
    assert_records_right(home)


@pytest.mark.later
def test_a_head_that_cannot_be_read_leaves_its_calls_and_why(tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path, "strange:getprop"), tmp_path / "it.jsonl"
    status, said = pilot(home, "--yes", "--language", "en", "--out", str(file))
    assert status == 1, said
    assert f"calls were recorded until then: {file}" in said
    transcript = read_transcript(file)
    assert transcript.end is not None
    assert (transcript.end.outcome, transcript.end.reason) == ("failed", "answer-not-understood")
    assert [call.line for call in transcript.calls][:1] == ["getprop"]
    assert count_writes(home, (SLOT,)) == {SLOT: 0}


def test_a_whole_pilot_ends_done_with_its_transcript(tmp_path: Path) -> None:
    home = make_faulty(tmp_path)
    status, said = pilot(home, "--yes", "--language", "en")
    assert status == 0, said
    files = list((home / "transcripts").glob("*.jsonl"))
    assert len(files) == 1
    transcript = read_transcript(files[0])
    assert transcript.head.virtual
    assert transcript.end is not None
    assert (transcript.end.outcome, transcript.end.unknown) == ("done", None)
    assert not leaks(home, files[0])
    assert "Its transcript says so, and confirms nothing about Android." in said
    assert "developer verifier: none, or not told" in said


def test_a_file_that_is_there_is_left_alone_and_nothing_is_changed(tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path), tmp_path / "it.jsonl"
    file.write_text("somebody's")
    status, said = pilot(home, "--yes", "--language", "en", "--out", str(file))
    assert (status, file.read_text()) == (2, "somebody's")
    assert "is there already; a transcript is never written over" in said
    assert count_writes(home, (SLOT,)) == {SLOT: 0}


def test_where_nobody_can_press_enter_it_says_so(tmp_path: Path) -> None:
    status, said = pilot(make_faulty(tmp_path), "--language", "en")
    assert status == 2
    assert "nobody can press Enter here" in said


def test_a_tablet_that_is_lost_ends_lost_and_leaves_its_transcript(tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path, "adb-off:settings+put"), tmp_path / "it.jsonl"
    status, said = pilot(home, "--yes", "--language", "en", "--out", str(file))
    assert status == 0, said
    transcript = read_transcript(file)
    assert transcript.end is not None
    assert transcript.end.outcome == "lost"
    assert transcript.calls[-1].ended == "TabletGone"
    assert "calls were recorded until then" in said


class Screen:
    """A pilot at a terminal, read and typed to."""

    def __init__(self, home: Path, *words: str) -> None:
        self._own, theirs = pty.openpty()
        self._said = ""
        env = environment(home) | {"PROVISION_HOME": str(home), "COLUMNS": "200"}
        line = [*PROGRAM, "pilot", "--virtual", "4", "--slot", SLOT, "--language", "en", *words]
        self.process = subprocess.Popen(
            line, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def wait_for(self, pattern: str, seconds: float = 60) -> None:
        limit = time.monotonic() + seconds
        while not re.search(pattern, self._said):
            assert time.monotonic() < limit, self._said
            try:
                self._said += os.read(self._own, 65536).decode()
            except OSError:
                break
        found = re.search(pattern, self._said)
        assert found, self._said
        self._said = self._said[found.end() :]

    def type(self, text: str) -> None:
        os.write(self._own, text.encode())

    def end(self) -> int:
        self.wait_for("$")
        while True:
            try:
                if not os.read(self._own, 65536):
                    break
            except OSError:
                break
        os.close(self._own)
        return self.process.wait(30)

    def read_to_end(self) -> str:
        """All that it says until it ends."""
        with suppress(OSError):
            while said := os.read(self._own, 65536):
                self._said += said.decode()
        return " ".join(self._said.split())


WORDS = [
    *((line, True) for line in ("\n", "  \n", "o\n", "Oui\n", "y\n", "YES\n", "yes.\n")),
    *((line, False) for line in ("no\n", "n\n", "no.\n", "Non merci\n", "stop\n", "quit\n", "annuler\n", "arrête !\n")),
    *((line, None) for line in ("wait\n", "ok\n", "yes but how\n", "?\n", "oops\n")),
]


@pytest.mark.parametrize(("line", "goes_on"), WORDS)
def test_only_enter_or_a_yes_goes_on_and_what_is_unclear_is_neither(line: str, goes_on: bool | None) -> None:  # noqa: FBT001
    assert read_word(line) is goes_on


@pytest.mark.parametrize("how", ["no", pytest.param("signal", marks=pytest.mark.later)])
def test_a_person_goes_on_by_enter_and_stops_by_no_or_ctrl_c(how: str, tmp_path: Path) -> None:
    home, file = make_faulty(tmp_path), tmp_path / "it.jsonl"
    screen = Screen(home, "--out", str(file))
    screen.wait_for(r"Step 1: .*\n(.*\n)*.*stops here: ")
    screen.type("\n")
    screen.wait_for(r"Step 2: .*\n(.*\n)*.*stops here: ")
    screen.type("\n")
    screen.wait_for(r"Step 3: .*screen.timeout(.*\n)*.*stops here: ")
    if how == "no":
        screen.type("what?\n")
        screen.wait_for("Not understood.*stops here: ")
        screen.type("non merci\n")
    else:
        screen.process.send_signal(signal.SIGINT)
    assert screen.end() == 130
    end = read_transcript(file).end
    assert end is not None
    assert (end.outcome, end.reason) == ("stopped", "stopped-by-operator")
    assert_records_right(home)


@pytest.mark.later
@pytest.mark.parametrize("how", ["no disk", "a foreign line"])
def test_a_transcript_that_cannot_be_written_or_read_back_is_told_and_ends_no_run_as_a_fault(
    how: str, tmp_path: Path
) -> None:
    home, file = make_faulty(tmp_path), tmp_path / "it.jsonl"
    screen = Screen(home, "--out", str(file))
    screen.wait_for(r"Step 1: .*\n(.*\n)*.*stops here: ")
    if how == "no disk":
        file.unlink()
        file.mkdir()
        screen.type("\n")
    else:
        with file.open("ab") as more:
            more.write(b"[]\n")
        screen.type("no\n")
    said = screen.read_to_end()
    assert "The transcript is not whole: " in said
    assert str(file) in said
    assert screen.process.wait(30) == (1 if how == "no disk" else 130), said
    if how == "no disk":
        assert "expected a readable file" in said
    assert_records_right(home)


def test_nobody_is_asked_whether_a_record_may_be_signed() -> None:
    walk = Walk(Language.EN, cast("Recorder", None), yes=False)
    assert walk.step(Progress("A-0001", "Pad", Phase.SIGN, "record", "", 0.0), lambda: False)
