"""Bytes that were proved before: what is remembered, and what makes it worthless."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from factories import make_app, make_appset, make_facts, make_installed, make_props, make_site
from scripted import AnsweringTransport

from provision.controls.apps_present import decide
from provision.facts.collect import Facts
from provision.facts.setup import Setup
from provision.runs.plan import Want
from provision.runs.plan_runner import Changes, PlanRunner
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.state.proved import ProvedApps, ProvedBook, name_installed

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "cases/proved.yaml").read_text("utf-8"))
TABLET = yaml.safe_load((HERE / "cases/apply/tablet.yaml").read_text("utf-8"))
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


def run(tablet: AnsweringTransport, proved: ProvedApps | None) -> tuple[str, ...]:
    """A whole run on a tablet; the evidence of its apps."""
    want = Want(make_site(), make_appset(APP), is_tablet=True)
    work = PlanRunner(tablet, want, LIMITS, ShellExecutor(tablet, LIMITS, lambda: None), proved=proved)
    reading = work.apply(work.read(), Changes(), lambda *_: None)
    assert reading.plan.unmet == ()
    return decide(reading.facts, want.appset).evidence


def test_a_second_run_pulls_nothing_and_says_which_run_did(tmp_path: Path) -> None:
    book = ProvedBook(tmp_path / "proved")
    first, second, third = make_tablet(), make_tablet(), make_tablet()
    read_now = run(first, book.open("A-0001", "run1"))
    assert [first.pulls, "proved-in" in read_now[0]] == [[BASE], False]
    assert run(second, book.open("A-0001", "run2")) == (f"{read_now[0]} proved-in=run1",)
    assert run(third, book.open("A-0001", "run3")) == (f"{read_now[0]} proved-in=run1",)
    assert (second.pulls, third.pulls, second.lines) == ([], [], [])


@pytest.mark.parametrize("asset", ["A-0001", "A-0002"])
def test_a_new_installation_another_tablet_and_a_look_are_pulled(tmp_path: Path, asset: str) -> None:
    book = ProvedBook(tmp_path)
    run(make_tablet(), book.open("A-0001", "run1"))
    later = make_tablet(**{"10:00:00": "10:00:01"} if asset == "A-0001" else {})
    run(later, book.open(asset, "run2"))
    looked = make_tablet()
    run(looked, None)
    assert (later.pulls, looked.pulls) == ([BASE], [BASE])


def test_after_a_reset_the_same_words_prove_nothing(tmp_path: Path) -> None:
    book = ProvedBook(tmp_path)
    run(make_tablet(), book.open("A-0001", "run1"))
    tablet = make_tablet()
    tablet.answers["settings get secure android_id"] = "0123456789abcdef\n"
    run(tablet, book.open("A-0001", "run2"))
    assert tablet.pulls == [BASE]


def test_a_tablet_that_prints_no_time_is_pulled_in_every_run(tmp_path: Path) -> None:
    book = ProvedBook(tmp_path)
    for number in (1, 2):
        tablet = make_tablet(lastUpdateTime="updated")
        run(tablet, book.open("A-0001", f"run{number}"))
        assert tablet.pulls == [BASE]
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_not_the_pinned_ones_are_not_remembered(tmp_path: Path) -> None:
    proved = ProvedBook(tmp_path).open("A-0001", "run1")
    facts = read_case({"app": {"split_paths": {}}})
    proved.note(facts, (replace(make_app(), sha256="0" * 64),))
    assert list(tmp_path.iterdir()) == []


def test_an_app_that_is_being_installed_is_forgotten(tmp_path: Path) -> None:
    book = ProvedBook(tmp_path)
    facts = read_case({"app": {"split_paths": {}}})
    book.open("A-0001", "run1").note(facts, (make_app(),))
    proved = book.open("A-0001", "run2")
    assert proved.recall(facts).apps[PACKAGE].proved_in == "run1"
    proved.forget(PACKAGE)
    unread = replace(facts, apps={PACKAGE: replace(facts.apps[PACKAGE], sha256=None)})
    assert proved.recall(unread).apps[PACKAGE].sha256 is None


def test_the_file_is_private(tmp_path: Path) -> None:
    run(make_tablet(), ProvedBook(tmp_path / "proved").open("A-0001", "run1"))
    file = tmp_path / "proved" / "A-0001.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "9774d56d682e549c" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda _: "[]",
        lambda _: "null",
        lambda _: "[" * 100_000,
        lambda text: text[:-9],
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace('"apps": {', '"apps": {"x": 1, '),
        lambda text: text.replace(APP.sha256, APP.sha256[1:]),
        lambda text: text.replace(APP.sha256, APP.sha256.upper()),
        lambda text: text.replace(f'"{APP.sha256}"', "7"),
        lambda text: text.replace("run1", "run 1"),
        lambda text: text.replace('"splits": {}', '"splits": []'),
        lambda text: text.replace('"apps": {', '"apps": {"x": {"key": 1, "sha256": 1, "splits": 1, "run": 1}, '),
        lambda text: text.replace('"splits": {}', '"splits": {"x": 1}'),
        lambda text: text.replace('"run"', '"ran"'),
        lambda text: text + "\udcff",
    ],
)
def test_a_damaged_file_costs_a_pull_and_is_made_anew(tmp_path: Path, damage: Any) -> None:  # noqa: ANN401 # a lambda
    book, file = ProvedBook(tmp_path), tmp_path / "A-0001.json"
    run(make_tablet(), book.open("A-0001", "run1"))
    whole = file.read_text("utf-8")
    assert json.loads(whole)["version"] == 1
    file.write_bytes(damage(whole).encode("utf-8", "surrogateescape"))
    tablet = make_tablet()
    run(tablet, book.open("A-0001", "run2"))
    assert tablet.pulls == [BASE]
    assert file.read_text("utf-8") == whole.replace("run1", "run2")


def test_a_memory_that_cannot_be_written_fails_no_run(tmp_path: Path) -> None:
    (tmp_path / "proved").write_text("a file where the folder should be")
    run(make_tablet(), ProvedBook(tmp_path / "proved").open("A-0001", "run1"))
