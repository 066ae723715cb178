"""`provision intake`: reads tablets and writes to none, keeps what it saw, and forgets a donor."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.intake import intake
from provision.home.create import create_home
from provision.state.donations import Donation
from provision.state.opening import open_bench_state
from provision.terms import HandWord, HardwarePart, HomeKind, IntakeVerdict
from provision.virtual.offline import edit_offline, prepare_offline, read_journal_offline
from tests import program

GIVEN = Donation("h", "i", "2026-01-01", "1", "S1", "m", "11", "", 80, 2, 10**9, IntakeVerdict.KEEP, ())
WORDS = {"donor": "=HYPERLINK(1)", "condition": "a scratch"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home where two tablets were given."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    with open_bench_state(home) as state:
        state.donations.note(replace(GIVEN, **WORDS))
        grounds = ("not-reset-accounts", "screen-broken")
        state.donations.note(replace(GIVEN, **WORDS, hardware="j", verdict=IntakeVerdict.REFUSE, grounds=grounds))
    return home


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run a command of the intake that needs no tablet; exit status and all that it says."""
    done = CliRunner().invoke(intake, [*words, "--home", str(home), "--language", "en"])
    return done.exit_code, done.output


@pytest.mark.later
def test_tablets_are_judged_and_nothing_is_written_to_any(tmp_path: Path) -> None:
    """One as it should be, one that was reset, one with a donor's account."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 4)
    prepare_offline(home, 3, 1)
    edit_offline(home, "2", "factory-reset", [])
    edit_offline(home, "3", "add-account", [])
    before = {slot: read_journal_offline(home, slot) for slot in "123"}
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    words = ["intake", "check", "--virtual", "3", "--home", str(home), "--donor", "Mme Test", "--language", "en"]
    done = program.run(words, env, cwd=tmp_path)
    assert done.returncode == 1
    assert "1: KEEP, don-A-0001: samsung SM-T510, Android 11" in done.stdout
    assert "2: not judged, nothing is kept: plugged in for files (MTP); USB debugging is off." in done.stdout
    assert "3: REPAIR, don-A-0002: Archos 101b Oxygen, Android 6.0" in done.stdout
    assert "    repair: an account is still on the tablet (1)\n      → " in done.stdout
    assert "1 to keep, 1 to repair, 0 to refuse." in done.stdout
    assert {slot: read_journal_offline(home, slot) for slot in "123"} == before
    assert list((home / "records").glob("*.jsonl")) == []
    with open_bench_state(home) as state:
        kept = [(one.donor, str(one.verdict), one.grounds) for one in state.donations.list_donations()]
    assert kept == [("Mme Test", "keep", ()), ("Mme Test", "repair", ("not-reset-accounts",))]


ANSWERS = [f"--answer={part}=yes" for part in HardwarePart if part is not HardwarePart.CAMERA]


def test_a_test_by_hand_wakes_the_screen_and_its_words_are_kept(tmp_path: Path) -> None:
    """What is not answered before is asked, until a word is understood, in either language."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    words = ["test", "--virtual", "1", "--slot", "1", "--home", str(home), "--language", "en", *ANSWERS]
    done = CliRunner().invoke(intake, words, input="what\nnon\n")
    assert (done.exit_code, done.output.count("Do you see yourself clearly? [yes/no/skip]")) == (1, 2)
    assert "1: REFUSE, don-A-0001: samsung SM-T510" in done.output
    assert "refuse: the camera towards the patient does not work" in done.output
    assert [row["verb"] for row in read_journal_offline(home, "1")] == ["input keyevent"]
    with open_bench_state(home) as state:
        (kept,) = state.donations.list_donations()
    assert kept.tested is not None
    assert kept.tested.words == {**dict.fromkeys(HardwarePart, HandWord.YES), HardwarePart.CAMERA: HandWord.NO}


@pytest.mark.parametrize("answer", ["lid=yes", "screen=perhaps", "screen", "=", "screen=yes=no"])
def test_an_answer_has_its_form(home: Path, answer: str) -> None:
    status, text = said(home, "test", "--virtual", "1", "--slot", "1", "--answer", answer)
    assert (status, f"got “{answer}”" in text) == (2, True)


def test_the_list_names_number_verdict_and_grounds(home: Path) -> None:
    status, text = said(home, "list")
    assert (status, len(text.splitlines())) == (0, 2)
    assert "don-A-0002  2026-01-01  refuse" in text
    assert "an account is still on the tablet, the screen is broken" in text


def test_the_table_has_no_formula_and_a_name_only_where_one_is_asked_for(home: Path) -> None:
    status, text = said(home, "list", "--csv")
    assert (status, "HYPERLINK" in text, "scratch" in text) == (0, False, False)
    rows = list(csv.DictReader(io.StringIO(said(home, "list", "--csv", "--donors")[1])))
    assert [row["donor"] for row in rows] == ["'=HYPERLINK(1)"] * 2
    assert [(row["donation"], row["verdict"], row["grounds"], row["free_mb"]) for row in rows] == [
        ("don-A-0001", "keep", "", "1000"),
        ("don-A-0002", "refuse", "not-reset-accounts screen-broken", "1000"),
    ]


def test_a_donor_is_forgotten_and_the_verdict_stays(home: Path) -> None:
    status, text = said(home, "forget", "don-A-0002")
    assert (status, "don-A-0002: the donor’s name and words are deleted here" in text) == (0, True)
    with open_bench_state(home) as state:
        left = [(one.donor, one.condition, str(one.verdict)) for one in state.donations.list_donations()]
    assert left == [("=HYPERLINK(1)", "a scratch", "keep"), ("", "", "refuse")]


@pytest.mark.parametrize("number", ["don-A-0099", "A-0002", "don-B-0002", "2"])
def test_a_donation_that_is_not_there_is_named(home: Path, number: str) -> None:
    status, text = said(home, "forget", number)
    assert (status, f"{number}: no donation of this bench" in text) == (1, True)


@pytest.mark.parametrize("words", [["--donor", "x" * 201], ["--condition", "a\nb"], ["--new"], ["--broken", "lid"]])
def test_words_have_a_form(home: Path, words: list[str]) -> None:
    """Told before any tablet is looked at."""
    assert said(home, "check", "--virtual", "2", *words)[0] == 2
