"""`provision identity` on a home whose bench met a white box before and after a reset; no tablet is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from provision.cli.answer import answer
from provision.cli.identity import identity
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.state.opening import open_bench_state
from provision.state.run_times import RunTime
from provision.station.setup import SecretReader, load_setup
from provision.terms import HomeKind, Outcome

RUN = RunTime(
    datetime(2026, 11, 30, 9, tzinfo=UTC), "A-0001", "Twin Pad", "3", "", Outcome.DONE, None, 1.0, 0.0, 2, None
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A-0001 and A-0003 have one serial, A-0004 is asked about; A-0002 has another."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    with open_bench_state(home) as state:
        for serial, installation in (("twin", "first"), ("twin", "second"), ("S3", "third")):
            registry = state.open_registry("A")
            registry.check_out(registry.check_in(serial, installation)[0].asset_id)
        state.open_label_checks("A").confirm_new("twin", "second")
        registry.check_in("twin", "later")
        state.run_times.note(RUN)
    return home


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run the command; exit status and what it says."""
    done = CliRunner().invoke(identity, [words[0], "--home", str(home), "--language", "en", *words[1:]])
    return done.exit_code, done.output


def test_a_correction_retires_one_number_and_is_told_of_both(home: Path) -> None:
    status, text = said(home, "correct", "a-3", "A-0001", "--why", "its label was under the cover")
    assert (status, "A-0003 is retired and never given again" in text) == (0, True)
    assert "that tablet is A-0001" in said(home, "show", "A-0003")[1]
    shown = said(home, "show", "A-0001")[1]
    assert "had A-0003 until 20" in shown
    assert "its label was under the cover" in shown
    assert "last seen 2026-11-30 09:00 (UTC) in slot 3, Twin Pad" in shown


def test_the_hotline_is_told_that_a_screen_may_still_show_the_other_number(home: Path) -> None:
    said(home, "correct", "A-0003", "A-0001", "--why", "x")
    for number, told in (("A-0003", "that tablet is A-0001"), ("A-0001", "If its screen shows that number")):
        done = CliRunner().invoke(answer, ["--home", str(home), number, "12345678"])
        assert (done.exit_code, told in done.stderr) == (0, True)
        assert len(done.stdout.split()) == 2
    assert "A-0001" not in CliRunner().invoke(answer, ["--home", str(home), "A-0002", "12345678"]).output


def test_a_correction_that_was_refused_stands_as_such_in_the_audit(home: Path) -> None:
    said(home, "correct", "A-0001", "A-0002", "--why", "x")
    with open_bench_state(home) as state:
        assert [one.event for one in state.audit_log.list_events("A-0001")] == [
            "correct to A-0002",
            "correct to A-0002 refused",
        ]


def test_installations_are_counted_in_words_that_fit(home: Path) -> None:
    assert "one installation seen" in said(home, "show", "A-0001")[1]
    said(home, "correct", "A-0003", "A-0001", "--why", "x")
    assert "2 installations seen" in said(home, "show", "A-0001")[1]


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (("correct", "A-0001", "A-0001", "--why", "x"), 1, "cannot be corrected to itself"),
        (("correct", "A-0001", "A-0099", "--why", "x"), 1, "A-0099: this bench knows no tablet"),
        (("correct", "A-0001", "A-0002", "--why", "x"), 1, "different serial numbers"),
        (("correct", "A-0001", "A0003", "--why", "x"), 2, "a number like A-0009"),
        (("correct", "A-0001", "A-0003"), 2, "--why"),
        (("correct", "A-0001", "A-0003", "--why", "x" * 201), 2, "at most 200"),
        (("show", "A-0099"), 1, "knows no tablet"),
        (("show", "x"), 2, "a number like A-0009"),
        (("labels", "A-0099"), 1, "knows no tablet"),
        (("labels", "A-0004"), 1, "its label is still asked for"),
        (("labels",), 2, "NUMBER"),
    ],
)
def test_what_is_wrong_is_said(home: Path, words: tuple[str, ...], status: int, text: str) -> None:
    ended, told = said(home, *words)
    assert (ended, text in told) == (status, True), told


def test_labels_are_written_for_numbers_that_are_certain_alone(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    assert said(home, "labels", "A-0001", "A-0002", "--out", str(out))[0] == 0
    assert out.read_bytes().startswith(b"%PDF")
    said(home, "correct", "A-0003", "A-0001", "--why", "x")
    refused = said(home, "labels", "A-0002", "A-0003", "--out", str(tmp_path / "second.pdf"))
    assert (refused[0], "retired" in refused[1], (tmp_path / "second.pdf").exists()) == (1, True, False)


def test_the_tiles_of_a_family_go_with_the_tablet(home: Path) -> None:
    """Those of the right number count where it has any."""
    said(home, "correct", "A-0003", "A-0001", "--why", "x")
    setup = load_setup(load_home(home))
    tile = {"label": "Anna", "package": setup.appset.apps[0].package, "link": "https://meet.example/anna"}
    for tablets, label in (
        ({"A-0003": [tile]}, "Anna"),
        ({"A-0003": [tile], "A-0001": [tile | {"label": "Bea"}]}, "Bea"),
    ):
        file = home / "family.yaml"
        file.write_text(yaml.safe_dump({"tablets": tablets}))
        file.chmod(0o600)
        with open_bench_state(home) as state:
            kit = setup.make_kit(SecretReader(setup.home), state)
            assert kit is not None
            assert [one.label for one in kit.families()["A-0001"].tiles] == [label]
