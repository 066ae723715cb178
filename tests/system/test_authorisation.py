"""A bench that comes back after a week still has its right to a locked tablet; a tablet given back forgets it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import Assurance, Control
from tests.system.bench_runs import by_hand, run, state_of

pytestmark = pytest.mark.front
ROW = "adb_allowed_connection_time"


def data_of(home: Path) -> dict[str, Any]:
    return dict(state_of(home, "1")["data"])


def test_a_locked_tablet_forgets_no_bench_until_it_is_given_back(finished_home: Path) -> None:
    home, virtual = finished_home, ("--virtual", "1", "--slot", "1")
    records = verify_folder(home / "records", load_keys(home / "keys").fingerprint).records
    (record,) = [one for one in records if one.run.slot == "1"]
    (control,) = [one for one in record.run.controls if one.control is Control.ADB_AUTHORISATION]
    assert (control.wanted, control.observed, control.assurance) == ("never lapses", "never lapses", Assurance.SET)
    assert control.evidence == (f"{ROW}=0",)

    by_hand(home, "1", "days", "8")
    assert len(data_of(home)["keys"]) == 1
    assert run(home, "release", *virtual).status == 0
    assert ROW not in data_of(home)["settings"]["global"]
    by_hand(home, "1", "days", "8")
    assert data_of(home)["keys"] == []
