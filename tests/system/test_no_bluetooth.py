"""A tablet without Bluetooth at a site that closes it: a whole run, and what its record says was tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provision.home.create import Details, create_home
from provision.terms import HomeKind
from provision.texts.language import Language
from provision.virtual.android.model import load_model
from provision.virtual.offline import prepare_offline
from tests.model_captures import capture_of
from tests.system.bench_runs import read_records, run_station

pytestmark = [pytest.mark.front, pytest.mark.later]


def test_a_tablet_without_bluetooth_is_done_and_told_as_not_proven(tmp_path: Path) -> None:
    home, model = tmp_path / "training", load_model("samsung-sm-t510")
    create_home(home, HomeKind.TRAINING, 1, Details(language=Language.EN))
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("  bluetooth: false", "  bluetooth: true"), "utf-8")
    features = tuple(name for name in model.features if name != "android.hardware.bluetooth")
    taken = replace(capture_of(model), features=features)
    (home / "captures").mkdir()
    (home / "captures/bare.json").write_text(taken.to_json(), "utf-8")
    prepare_offline(home, 1, 1)
    ended = run_station(home, 1)
    assert str(ended.tablets["1"]["outcome"]).startswith("done"), (ended.tablets, ended.errors)
    (record,) = read_records(home)
    verdicts = {proof.name: str(proof.verdict) for proof in record.run.proofs}
    assert verdicts["bluetooth.on"] == "warned"
