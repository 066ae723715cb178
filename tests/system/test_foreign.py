"""A person's phone, and a device that does not say what it is, among the tablets of a bench."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from provision.captures.read import read_capture
from provision.captures.take import clean_capture
from provision.home.bench_settings import TOOLKIT
from provision.home.create import create_home
from provision.terms import HomeKind
from tests.system.bench_runs import Ended, assert_records_right, count_writes, environment, run_program, run_station
from tests.system.conftest import FirstRun

pytestmark = pytest.mark.front

PHONE, UNKNOWN = "1", "2"
VENDOR = """status: draft
match: [{prop: maker, equals: [Quadrex]}]
remove: [{package: com.quadrex.games, safety: safe, why: games, source: made up for this test}]
switches:
  - id: updates
    disable: com.quadrex.news
    min_api: 24
    why: {en: w, fr: w}
    breaks: {en: b, fr: b}
    mark: P
    source: made up for this test
  - id: charging
    setting: {table: global, key: protect_battery, value: 1}
    why: {en: w, fr: w}
    breaks: {en: b, fr: b}
    mark: P
    source: made up for this test
"""
SWITCHED = ["maker.switches/com.quadrex.news", "maker.switches/global/protect_battery"]


def run_foreign(home: Path) -> Ended:
    """The first run of a home whose places are a phone and an unknown device, with hooks that write a list."""
    create_home(home, HomeKind.TRAINING, 2)
    (home / "captures").mkdir()
    phone = (TOOLKIT / "tests/captures/archos-access-40-phone.json").read_text("utf-8")
    screen = '"screen": {"width": 480, "height": 800, "density": 240}'
    (home / "captures/1.json").write_text(phone.replace('"screen": null', screen))
    device = clean_capture(read_capture(TOOLKIT / "tests/cases/captures/whitebox.getprop")).to_json()
    (home / "captures/2.json").write_text(
        device.replace('"packages": []', '"packages": ["com.quadrex.games", "com.quadrex.news"]')
    )
    profiles = Path(shutil.copytree(TOOLKIT / "device_profiles", home.parent / "device_profiles"))
    (profiles / "quadrex").mkdir()
    (profiles / "quadrex/vendor.yaml").write_text(VENDOR)
    hook = home / "list"
    hook.write_text('#!/bin/sh\necho "$PROVISION_EVENT $PROVISION_SLOT $PROVISION_OUTCOME" >> hooks.log\n')
    hook.chmod(0o755)
    with (home / "bench.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"device_profiles: {profiles}\nhooks: {{attach: [list], refused: [list], done: [list]}}\n")
    return run_station(home, 2)


@pytest.fixture(scope="module")
def first(run_once: Callable[[str, Callable[[Path], Ended]], FirstRun]) -> FirstRun:
    """The first run of both."""
    return run_once("foreign", run_foreign)


def test_a_phone_and_an_unknown_device_are_refused_and_never_written_to(first: FirstRun) -> None:
    tablets = first.ended.tablets
    ends = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in tablets.items()}
    assert ends == {PHONE: ("refused", "not-a-tablet"), UNKNOWN: ("refused", "model-unknown")}, first.ended.errors
    assert count_writes(first.home, (PHONE, UNKNOWN)) == {PHONE: 0, UNKNOWN: 0}
    assert [tablets[slot]["asset_id"] for slot in (PHONE, UNKNOWN)] == ["unidentified", "A-0001"]
    assert_records_right(first.home)


def test_hooks_heard_of_both(first: FirstRun) -> None:
    assert first.ended.status == 1
    said = (first.home / "hooks.log").read_text().splitlines()
    assert sorted(said) == ["attach 1 ", "attach 2 ", "refused 1 refused", "refused 2 refused"]


def confirm_both(home: Path) -> Ended:
    """Somebody calls both a tablet; how the next run ends."""
    words = ("--home", str(home), "--virtual", "2", "--language", "en", "--yes")
    status, said = run_program(environment(home), "accept", PHONE, *words)
    assert (status, "stays closed" in said) == (1, True), said
    status, said = run_program(environment(home), "accept", UNKNOWN, *words)
    assert (status, "from now on" in said) == (0, True), said
    again = run_station(home, 2)
    assert {slot: tablet["outcome"] for slot, tablet in again.tablets.items()} == {PHONE: "refused", UNKNOWN: "done"}
    assert count_writes(home, (PHONE,)) == {PHONE: 0}
    return again


def test_a_confirmation_opens_the_unknown_device_and_never_the_phone(first: FirstRun, tmp_path: Path) -> None:
    confirm_both(first.copy(tmp_path))


@pytest.mark.later
def test_a_device_that_was_opened_gets_what_drafts_say_only_when_they_are_accepted(
    first: FirstRun, tmp_path: Path
) -> None:
    home = first.copy(tmp_path)
    again = confirm_both(home)
    drafts_only = {"apps.removed/com.quadrex.games", *SWITCHED}
    assert not drafts_only & set(again.tablets[UNKNOWN]["changes"])
    warnings = [event["text"] for event in again.events if event["event"] == "warning"]
    assert [text for text in warnings if "quadrex is a draft" in text]
    drafts = run_station(home, 2, "--accept-draft")
    assert set(drafts.tablets[UNKNOWN]["changes"]) == drafts_only
    assert drafts.tablets[UNKNOWN]["outcome"] == "done"
    assert_records_right(home)
    named = ("--home", str(home), "--virtual", "2", "--language", "en", "--slot", UNKNOWN)
    status, said = run_program(environment(home), "plan", *named)
    assert (status, "waits for --accept-draft" in said, "maker.switches" in said) == (0, True, False), said
    status, said = run_program(environment(home), "plan", *named, "--accept-draft")
    assert (status, "waits for --accept-draft" in said, "maker.switches" in said) == (0, False, True), said
