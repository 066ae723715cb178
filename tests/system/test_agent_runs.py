"""The agent road from plug to record: what is reached, what is never believed, and what nobody may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import Assurance, Control, Outcome, Reason
from tests.system.bench_runs import count_writes, journal, run, run_station, state_of

pytestmark = pytest.mark.front

KIOSK = {"kiosk.settings", "kiosk.home"}
ON_11 = {*KIOSK, "location.off", "wifi.forget"}
HELD = {"1": ON_11, "2": ON_11, "3": KIOSK, "4": {*KIOSK, "location.off", "wifi.off"}}
GAPS_ON_11 = {"wifi.off": "no-lock", "wifi.add": "shell-free"}
GAPS = {
    "1": GAPS_ON_11,
    "2": GAPS_ON_11,
    "3": {"location.off": "no-lock", "wifi.off": "no-lock", "wifi.forget": "no-verb", "wifi.add": "no-verb"},
    "4": {"wifi.forget": "no-control", "wifi.add": "no-verb"},
}
"""Attempts that hold, and those not made with their reason, on Android 11, 11, 6 and 14."""


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
        proofs = {proof.name: (proof.result, proof.detail.partition(":")[0]) for proof in record.run.proofs}
        assert {name for name, (verdict, _) in proofs.items() if verdict == "held"} == HELD[record.run.slot]
        gaps = {name: why for name, (verdict, why) in proofs.items() if verdict == "not-tried"}
        assert gaps == GAPS[record.run.slot]
        assert len(proofs) == len(HELD[record.run.slot]) + len(GAPS[record.run.slot])
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


def test_a_changed_site_is_given_to_a_finished_tablet_again_and_a_lock_that_gives_way_is_seen(tmp_path: Path) -> None:
    home = tmp_path / "training"
    assert run_station(home, 4).status == 0
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace('hotline: "0000"', 'hotline: "4242"'), "utf-8")
    leaks = {"1": "restrictions-leak", "3": "lock-task-leaks", "4": "lock-task-leaks"}
    for slot, fault in leaks.items():
        assert run(home, "bench", "break", slot, fault).status == 0
    again = run_station(home, 4)
    assert again.status == 0, "the bench knows these ends"
    ends = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in again.tablets.items()}
    assert ends.pop("2") == (Outcome.DONE, None)
    assert set(ends.values()) == {(Outcome.FAILED, Reason.PROOF_FAILED)}
    assert again.tablets["2"]["changes"] == ["agent.owner/policy", "agent.owner/drill", "agent.owner/proof"]
    assert again.tablets["2"]["proofs"]["wifi.forget"] == "held", "its positive control is remembered"
    broken = {
        slot: [name for name, word in again.tablets[slot]["proofs"].items() if word == "broken"] for slot in leaks
    }
    assert broken == {"1": ["location.off"], "3": ["kiosk.settings"], "4": ["kiosk.settings"]}
    assert state_of(home, "1")["data"]["settings"]["secure"]["location_mode"] == "3", "what gave way is put back"
    assert {state_of(home, slot)["data"]["front"] for slot in leaks} == {None}
    for slot in leaks:
        assert run(home, "bench", "mend", slot).status == 0
    mended = run_station(home, 4)
    assert {tablet["outcome"] for tablet in mended.tablets.values()} == {"done"}
    assert mended.tablets["3"]["changes"] == ["agent.owner/proof"]
    assert set(mended.tablets["3"]["proofs"].values()) == {"held", "not-tried"}
