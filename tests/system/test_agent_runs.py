"""The agent road from plug to record: what is reached, what is never believed, and what nobody may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import Assurance, Control, Outcome, Reason
from tests.system.bench_runs import count_writes, journal, run, run_station

pytestmark = pytest.mark.front


def test_releases_6_11_and_14_end_done_with_the_assurance_of_the_table(tmp_path: Path) -> None:
    home = tmp_path / "training"
    first = run_station(home, 4)
    assert first.status == 0, first.errors
    assert {tablet["outcome"] for tablet in first.tablets.values()} == {"done"}
    runs = verify_folder(home / "records", load_keys(home / "keys").fingerprint).records
    for record in runs:
        held = {control.control: control.assurance for control in record.run.controls}
        others = Assurance.ENFORCED if record.run.slot == "4" else Assurance.SET
        location = Assurance.SET if record.run.slot == "3" else Assurance.ENFORCED
        assert held[Control.KIOSK_LOCK_TASK] is held[Control.WIFI_HOSPITAL] is Assurance.ENFORCED
        assert (held[Control.WIFI_OTHER_NETWORKS], held[Control.LOCATION_ON]) == (others, location)
        assert "agent.owner/drill" in record.run.changes
        assert {proof.result for proof in record.run.proofs} == {"not-tried"}
    orders = [entry.verb for entry in journal(home, "1") if entry.verb.startswith("agent ")]
    assert orders == ["agent apply", "agent drill", "agent drill", "agent drill"]
    before = count_writes(home, ["1", "2", "3", "4"])
    assert run_station(home, 4).status == 0
    assert count_writes(home, ["1", "2", "3", "4"]) == before, "a finished tablet sees no write"


def test_a_lying_agent_and_a_makers_gate_never_end_done(tmp_path: Path) -> None:
    home = tmp_path / "training"
    assert run_station(home, 2).status == 0
    for words in (
        ("edit", "1", "set", "secure", "location_mode", "0"),
        ("break", "1", "agent-lies"),
        ("edit", "2", "remove-app", "org.provision.fixture.chat"),
        ("break", "2", "miui-install"),
    ):
        assert run(home, "bench", *words).status == 0
    ended = run_station(home, 2)
    assert ended.status == 0, "the bench knows both ends"
    ends = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    assert ends == {
        "1": (Outcome.FAILED, Reason.READ_BACK_DIFFERS),
        "2": (Outcome.REFUSED, Reason.OEM_GATE),
    }


def test_a_changed_site_is_given_to_a_finished_tablet_again(tmp_path: Path) -> None:
    home = tmp_path / "training"
    assert run_station(home, 1).status == 0
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace('hotline: "0000"', 'hotline: "4242"'), "utf-8")
    again = run_station(home, 1)
    assert again.tablets["1"]["outcome"] == "done"
    assert again.tablets["1"]["changes"] == ["agent.owner/policy", "agent.owner/drill"]
