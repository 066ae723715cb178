"""Hooks: started with the event around them and nothing else, bounded, and never more than a warning."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from waiting import wait_until

from provision.bench.slot_events import PortPlugged, PortUnplugged
from provision.bench.slots import Slot, SlotTable, advance
from provision.cli.sinks import tell_hook
from provision.errors import ConfigurationError
from provision.home.bench_settings import Hooks, load_bench_settings
from provision.records.run_end import RunEnd, unexpected_end
from provision.station.hooks import HookCall, HookFailure, HookRunner, SlotWatch, Wrong, run_program
from provision.terms import HomeKind, Outcome, Reason
from provision.texts.language import Language


def make_end(slot: str, outcome: Outcome, reason: Reason | None = None, asset_id: str = "A-0001") -> RunEnd:
    """The end of a run."""
    return replace(unexpected_end(slot, ValueError()), outcome=outcome, reason=reason, asset_id=asset_id)


def _program(folder: Path, text: str) -> Path:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def _runner(folder: Path, text: str, failures: list[str] | None = None) -> HookRunner:
    programs = (_program(folder, text),)
    hooks = Hooks(attach=programs, done=programs, refused=programs, failed=programs, detach=programs, seconds=2)
    told = failures if failures is not None else []
    return HookRunner(hooks, HomeKind.WARD, lambda failure: told.append(_brief(failure)))


def _brief(failure: HookFailure) -> str:
    return " ".join((failure.event, failure.slot, failure.wrong, failure.seen)).strip()


def _call(program: Path, environment: Mapping[str, str]) -> HookCall:
    return HookCall(program, "done", "1", environment)


def test_each_event_reaches_the_program_in_order_with_slot_asset_and_outcome(tmp_path: Path) -> None:
    line = 'echo "$PROVISION_EVENT $PROVISION_SLOT $PROVISION_ASSET_ID $PROVISION_OUTCOME $PROVISION_REASON" >> log'
    table = SlotTable((Slot("3", "1-1.3"),))
    with _runner(tmp_path, line) as runner:
        watch = SlotWatch(runner)
        watch.show(table, 0.0)
        table = advance(table, PortPlugged("1-1.3", ":ff4201:"), 1.0)
        watch.show(table, 3.0)
        watch.show(table, 3.5)
        watch.ended(make_end("3", Outcome.DONE))
        watch.ended(make_end("3", Outcome.REFUSED, Reason.NOT_A_TABLET, asset_id="unidentified"))
        watch.ended(make_end("3", Outcome.LOST, Reason.TABLET_GONE))
        watch.show(advance(table, PortUnplugged("1-1.3"), 4.0), 5.0)
    assert [row.split() for row in (tmp_path / "log").read_text().splitlines()] == [
        ["attach", "3"],
        ["done", "3", "A-0001", "done"],
        ["refused", "3", "refused", "not-a-tablet"],
        ["failed", "3", "A-0001", "lost", "tablet-gone"],
        ["detach", "3", "A-0001"],
    ]


def test_the_environment_holds_nothing_of_the_stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIFI_PASSPHRASE", "secret")
    with _runner(tmp_path, "env > log") as runner:
        runner.tell("attach", "3; reboot")
    names = {line.partition("=")[0] for line in (tmp_path / "log").read_text().splitlines()}
    assert {name for name in names if not name.startswith("PROVISION_")} <= {
        "PATH",
        "LANG",
        "PWD",
        "_",
        "SHLVL",
        "OLDPWD",
    }
    assert "PROVISION_SLOT=3; reboot" in (tmp_path / "log").read_text()


def test_what_goes_wrong_is_told_and_ends_nothing(tmp_path: Path) -> None:
    failures: list[str] = []
    with _runner(tmp_path, "exit 3", failures) as runner:
        runner.tell("done", "1")
        wait_until(lambda: (runner.flush(), failures)[1], "the failure is told")
    assert failures == ["done 1 status 3"]
    gone = run_program(_call(tmp_path / "gone", {}), seconds=1)
    assert gone is not None
    assert _brief(gone) == "done 1 not-started No such file or directory"


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    child = _program(tmp_path, "sleep 60 & echo $! > pid; wait")
    failure = run_program(_call(child, {"PATH": "/usr/bin:/bin"}), seconds=0.5)
    assert failure is not None
    assert _brief(failure) == "done 1 killed 0.5"
    sleeper = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    wait_until(lambda: not sleeper.exists() or " Z " in sleeper.read_text(), "its child is ended, too")


def test_a_program_that_is_killed_by_a_signal_says_which(tmp_path: Path) -> None:
    failure = run_program(_call(_program(tmp_path, "kill -TERM $$"), {}), seconds=5)
    assert failure is not None
    assert _brief(failure) == "done 1 signal signal 15"


def test_a_slow_program_of_one_slot_holds_up_no_other_slot_and_keeps_its_own_in_order(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    line = 'echo "$PROVISION_EVENT $PROVISION_SLOT" >> log; [ "$PROVISION_SLOT" = 1 ] && read word < gate; exit 0'
    with _runner(tmp_path, line) as runner:
        runner.tell("attach", "1")
        runner.tell("done", "1")
        for slot in ("2", "3", "4"):
            runner.tell("attach", slot)
            runner.tell("done", slot)
        for begun in (7, 8):  # the others are through, and each of its two programs waits for a line
            wait_until(lambda begun=begun: len(_lines(tmp_path)) == begun, f"{begun} programs have begun")  # type: ignore[misc]
            with gate.open("w") as writer:
                writer.write("go\n")
    said = _lines(tmp_path)
    assert [line for line in said if line.endswith("1")] == ["attach 1", "done 1"]
    assert all(said.index(f"attach {slot}") < said.index(f"done {slot}") for slot in "1234")


def _lines(folder: Path) -> list[str]:
    log = folder / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_what_never_had_its_turn_when_the_station_ends_is_told(tmp_path: Path) -> None:
    failures: list[str] = []
    programs = (_program(tmp_path, "exec sleep 60"),)
    hooks = Hooks(attach=programs, seconds=1)
    with HookRunner(hooks, HomeKind.WARD, lambda failure: failures.append(_brief(failure))) as runner:
        for _ in range(9):
            runner.tell("attach", "1")
        runner.tell("attach", "2")
    assert len(failures) == 10
    assert failures.count("attach 2 killed 1") == 1
    assert 1 <= failures.count("attach 1 killed 1") <= 4
    assert {*failures} == {"attach 1 killed 1", "attach 2 killed 1", "attach 1 dropped"}


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("wrong", list(Wrong), ids=str)
def test_every_failure_is_a_sentence_that_names_program_event_and_slot(wrong: Wrong, language: Language) -> None:
    said = tell_hook(language, HookFailure(Path("/ward/light"), "attach", "4", wrong, "9"))
    assert [word for word in ("/ward/light", "attach", "4") if word not in said] == []


def test_a_program_that_is_not_there_is_a_fault_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    file = tmp_path / "bench.yaml"
    file.write_text("asset_prefix: A\nhooks:\n  done: [gone]\n  attach:\n    - plain\n")
    with pytest.raises(ConfigurationError) as caught:
        load_bench_settings(file)
    assert [(fault.line, fault.key, fault.hint) for fault in caught.value.faults] == [
        (5, "hooks.attach[0]", "chmod +x"),
        (3, "hooks.done[0]", ""),
    ]
