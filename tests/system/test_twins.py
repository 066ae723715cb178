"""28 tablets of one model with one serial number on one bench, some of them reset in between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.home.create import create_home
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import HomeKind
from provision.virtual.offline import edit_offline
from tests.system.bench_runs import Ended, assert_records_right, run_station

pytestmark = [pytest.mark.front, pytest.mark.later]

COUNT = 28
SERIAL = "0123456789ABCDEF"
PROPS = {
    "ro.build.characteristics": "tablet",
    "ro.build.version.release": "11",
    "ro.build.version.sdk": "30",
    "ro.product.brand": "Twin",
    "ro.product.cpu.abilist": "arm64-v8a,armeabi-v7a,armeabi",
    "ro.product.device": "twinpad",
    "ro.product.manufacturer": "Twin",
    "ro.product.model": "Twin Pad 10",
    "ro.sf.lcd_density": "160",
}
RESET = tuple(str(number) for number in range(1, COUNT + 1, 3))


def _names(ended: Ended) -> dict[str, str]:
    assert len(ended.tablets) == COUNT, ended.errors
    return {slot: str(tablet["asset_id"]) for slot, tablet in ended.tablets.items()}


def test_28_twins_keep_their_names_and_reset_ones_are_asked_about(tmp_path: Path) -> None:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, COUNT)
    settings = home / "bench.yaml"
    settings.write_text(settings.read_text("utf-8").replace("facts: 6 ", "facts: 60 "))  # 28 on a slow computer
    (home / "captures").mkdir()
    capture = {"type": "provision-capture", "version": 1, "serial": SERIAL, "props": PROPS}
    for number in range(COUNT):
        (home / f"captures/{number:02}.json").write_text(json.dumps(capture))
    first = run_station(home, COUNT)
    assert {tablet["outcome"] for tablet in first.tablets.values()} == {"done"}
    assert len(set(_names(first).values())) == COUNT

    for slot in RESET:
        edit_offline(home, slot, "factory-reset", ())
        edit_offline(home, slot, "enable-adb", ())
    second = run_station(home, COUNT)
    before, after = _names(first), _names(second)
    kept = {slot for slot in after if slot not in RESET}
    assert {slot: after[slot] for slot in kept} == {slot: before[slot] for slot in kept}
    assert {second.tablets[slot]["outcome"] for slot in kept} == {"done"}
    assert {(second.tablets[slot]["reason"], second.tablets[slot]["detail"]) for slot in RESET} == {
        ("label-unsure", "")
    }
    assert len(set(after.values())) == COUNT  # nobody got the name of a twin
    assert not {after[slot] for slot in RESET} & set(before.values())

    verdict = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    matches = {record.run.asset_id: record.run.observed["match"] for record in verdict.records}
    assert {matches[after[slot]] for slot in RESET} == {"unknown"}
    assert {matches[after[slot]] for slot in kept} == {"certain"}
    assert_records_right(home)
