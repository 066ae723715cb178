"""Bytes that were proved before: what is remembered, and what makes it worthless."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_app, make_appset, make_facts, make_installed, make_props, make_site
from scripted import AnsweringTransport
from state_file import change_state, read_state

from provision.controls.apps_present import decide
from provision.controls.desired import DesiredState
from provision.facts.apps import Witness
from provision.facts.collect import Facts
from provision.facts.setup import Setup
from provision.runs.plan_runner import Changes, PlanRunner
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.state.sql.bench_state import BenchState
from provision.state.verified_installs import InstallMemory, VerifiedInstall, VerifiedInstalls, name_installed
from tests.case_files import read_cases

HERE = Path(__file__).parents[1]
CASES = read_cases(HERE / "cases/proved.yaml")
TABLET = read_cases(HERE / "cases/apply/tablet.yaml")
PACKAGE = "org.example.chat"
BASE, SPLIT = "/data/app/~~a==/org.example.chat-b==/base.apk", "/data/app/~~a==/split_config.fr.apk"
DUMP = f"dumpsys package {PACKAGE}"
UPDATED = "    lastUpdateTime=2026-03-20 10:00:00\n"
APP = make_app(sha256=hashlib.sha256(b"abc").hexdigest())
LIMITS = Limits(facts=1, step=1, package=1, boot=0)


def read_case(case: dict[str, Any]) -> Facts:
    """Facts of a tablet with one app, as a case changes it."""
    usual = {
        "path": BASE,
        "split_paths": {"config.fr": SPLIT},
        "updated": "2026-03-20 10:00:00",
        "signatures": "version:2, signatures:[1a], past signatures:[]",
    }
    app = make_installed(make_app(), **{**usual, **case.get("app", {})})
    setup = Setup(complete=True, android_id=case.get("android_id", "9774d56d682e549c"))
    props = make_props(ro__build__version__sdk=str(case.get("api", 30)))
    return make_facts(apps={PACKAGE: app}, setup=setup, props=props)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_installation_is_named_by_what_android_changes_with_it(case: dict[str, Any]) -> None:
    before = name_installed(read_case({"api": case.get("api", 30)}), PACKAGE)
    after = name_installed(read_case(case), PACKAGE)
    said = "nameless" if after is None else "same" if after == before else "other"
    assert (before is not None, said) == (True, case["is"])


def make_tablet(**changes: str) -> AnsweringTransport:
    """A finished tablet whose dump tells when the app was installed; `changes` replace words of the dump."""
    dump = TABLET["answers"][DUMP].replace("    User 0", f"{UPDATED}    User 0")
    for old, new in changes.items():
        dump = dump.replace(old, new)
    return AnsweringTransport(TABLET["answers"] | {DUMP: dump}, {BASE: b"abc"})


def run(tablet: AnsweringTransport, proved: VerifiedInstalls | None) -> tuple[str, ...]:
    """A whole run on a tablet; the evidence of its apps."""
    want = DesiredState(make_site(), make_appset(APP), is_tablet=True)
    work = PlanRunner(tablet, want, LIMITS, ShellExecutor(tablet, LIMITS, lambda: None), proved=proved)
    reading = work.apply(work.read(), Changes(), lambda *_: None)
    assert reading.plan.unmet == ()
    return decide(reading.facts, want).evidence


def test_a_second_run_pulls_nothing_and_says_which_run_did(bench_state: BenchState) -> None:
    book = bench_state.verified_installs
    first, second, third = make_tablet(), make_tablet(), make_tablet()
    read_now = run(first, book.open("A-0001", "run1"))
    assert [first.pulls, "proved-in" in read_now[0], "witness=pulled" in read_now[0]] == [[BASE], False, True]
    remembered = (read_now[0].replace("witness=pulled", "witness=pulled proved-in=run1"),)
    assert remembered != read_now
    assert run(second, book.open("A-0001", "run2")) == remembered
    assert run(third, book.open("A-0001", "run3")) == remembered
    assert (second.pulls, third.pulls, second.lines) == ([], [], [])


@pytest.mark.parametrize("asset", ["A-0001", "A-0002"])
def test_a_new_installation_another_tablet_and_a_look_are_pulled(bench_state: BenchState, asset: str) -> None:
    book = bench_state.verified_installs
    run(make_tablet(), book.open("A-0001", "run1"))
    later = make_tablet(**{"10:00:00": "10:00:01"} if asset == "A-0001" else {})
    run(later, book.open(asset, "run2"))
    looked = make_tablet()
    run(looked, None)
    assert (later.pulls, looked.pulls) == ([BASE], [BASE])


def test_within_one_run_the_witness_is_told_at_every_reading(bench_state: BenchState) -> None:
    facts = read_case({"app": {"split_paths": {}}})
    proved = bench_state.verified_installs.open("A-0001", "run1")
    proved.note(replace(facts, apps={PACKAGE: replace(facts.apps[PACKAGE], witness=Witness.SHELL)}), (make_app(),))
    assert proved.recall(facts).apps[PACKAGE].witness is Witness.SHELL
    later = bench_state.verified_installs.open("A-0001", "run2").recall(facts).apps[PACKAGE]
    assert (later.witness, later.proved_in) == (Witness.SHELL, "run1")


@pytest.mark.parametrize("witness", [*Witness, None])
def test_where_every_tablet_sends_its_bytes_only_a_pull_is_recalled(
    witness: Witness | None, bench_state: BenchState, tmp_path: Path
) -> None:
    """A digest that an earlier run believed, and a row of a time when nobody kept who read it, cost one pull."""
    book = bench_state.verified_installs
    run(make_tablet(), book.open("A-0001", "run1"))
    change_state(tmp_path, "UPDATE verified_install SET witness = ?", given=[witness])
    is_pull = witness is Witness.PULLED
    told, later, last = make_tablet(), make_tablet(), make_tablet()
    assert [run(told, book.open("A-0001", "run2")), told.pulls][1] == []
    (said,) = run(later, book.open("A-0001", "run3", pulled_only=True))
    assert (later.pulls, "witness=pulled" in said) == ([] if is_pull else [BASE], True)
    (again,) = run(last, book.open("A-0001", "run4", pulled_only=True))
    assert (last.pulls, f"proved-in={'run1' if is_pull else 'run3'}" in again) == ([], True)


def test_after_a_reset_the_same_words_prove_nothing(bench_state: BenchState) -> None:
    book = bench_state.verified_installs
    run(make_tablet(), book.open("A-0001", "run1"))
    tablet = make_tablet()
    tablet.answers["settings get secure android_id"] = "0123456789abcdef\n"
    run(tablet, book.open("A-0001", "run2"))
    assert tablet.pulls == [BASE]


def test_a_tablet_that_prints_no_time_is_pulled_in_every_run(bench_state: BenchState, tmp_path: Path) -> None:
    book = bench_state.verified_installs
    for number in (1, 2):
        tablet = make_tablet(lastUpdateTime="updated")
        run(tablet, book.open("A-0001", f"run{number}"))
        assert tablet.pulls == [BASE]
    assert read_state(tmp_path, "SELECT * FROM verified_install") == []


def test_bytes_that_are_not_the_pinned_ones_are_not_remembered(bench_state: BenchState, tmp_path: Path) -> None:
    proved = bench_state.verified_installs.open("A-0001", "run1")
    facts = read_case({"app": {"split_paths": {}}})
    proved.note(facts, (replace(make_app(), sha256="0" * 64),))
    assert read_state(tmp_path, "SELECT * FROM verified_install") == []


def test_an_app_that_is_being_installed_is_forgotten(bench_state: BenchState) -> None:
    book = bench_state.verified_installs
    facts = read_case({"app": {"split_paths": {}}})
    book.open("A-0001", "run1").note(facts, (make_app(),))
    proved = book.open("A-0001", "run2")
    assert proved.recall(facts).apps[PACKAGE].proved_in == "run1"
    proved.forget(PACKAGE)
    unread = replace(facts, apps={PACKAGE: replace(facts.apps[PACKAGE], sha256=None)})
    assert proved.recall(unread).apps[PACKAGE].sha256 is None


def test_no_identifier_of_an_installation_is_kept_in_clear(bench_state: BenchState, tmp_path: Path) -> None:
    run(make_tablet(), bench_state.verified_installs.open("A-0001", "run1"))
    kept = b"".join(file.read_bytes() for file in (tmp_path / "state").iterdir())
    assert (PACKAGE.encode() in kept, b"9774d56d682e549c" in kept) == (True, False)


def test_a_memory_that_cannot_be_written_fails_no_run(bench_state: BenchState, tmp_path: Path) -> None:
    proved = bench_state.verified_installs.open("A-0001", "run1")
    change_state(tmp_path, "DROP TABLE begun_install")
    tablet = make_tablet()
    run(tablet, proved)
    assert tablet.pulls == [BASE]


def test_apps_of_a_bench_are_known_on_any_tablet_by_their_installation(bench_state: BenchState) -> None:
    """Also where thousands of tablets have them: packages are listed without a look at each row."""
    store = bench_state.verified_installs
    known = {name: VerifiedInstall(name[-1] * 64, "0" * 64, {}, "run", ours=name != "c") for name in ("a", "b", "c")}
    for number in range(3):
        store.save(
            f"A-{number:04d}",
            InstallMemory({name: replace(one, key=f"{number}{one.key}") for name, one in known.items()}),
        )
    assert store.find_orphaned().names(["b"]) == ("a",)
    assert store.find_orphaned("A-0001").names(()) == ("a", "b")
    assert store.find_orphaned("A-0009").names(()) == ()
