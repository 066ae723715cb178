"""Several networks from plug to record: joined to whichever is there, refused where the list cannot be given."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.home.create import TRAINING_SSID, Details, create_home
from provision.terms import HomeKind
from tests.system.bench_runs import count_writes, run_station

pytestmark = [pytest.mark.front, pytest.mark.later]

NETWORKS = """wifi:
  networks:
    - {ssid: SERVICE, security: wpa3, passphrase: {file: secrets/wifi}, hidden: true}
    - {ssid: %s, security: wpa2, passphrase: {file: secrets/wifi}}
  other_networks: remove

location:"""


def test_releases_from_11_on_end_done_and_6_is_refused_before_its_first_change(tmp_path: Path) -> None:
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 4, Details(name="CHU Exemple"))
    site = (home / "site.yaml").read_text("utf-8")
    before, _, rest = site.partition("wifi:\n")
    (home / "site.yaml").write_text(before + NETWORKS % TRAINING_SSID + rest.partition("location:")[2], "utf-8")
    ended = run_station(home, 4)
    assert ended.status == 0, ended.errors
    told = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    refused = ("refused", "network-unsupported")
    assert told == {"1": ("done", None), "2": ("done", None), "3": refused, "4": ("done", None)}
    assert count_writes(home, ["3"]) == {"3": 0}
