"""The agent road from plug to record: what is reached, what is never believed, and what nobody may read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import Assurance, Control, HomeKind, Outcome, Reason
from tests.system.bench_runs import (
    Ended,
    by_hand,
    count_writes,
    environment,
    journal,
    run_program,
    run_station,
    state_of,
)

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/appset"))  # its makers of APKs

pytestmark = pytest.mark.front

KIOSK = {"kiosk.settings", "kiosk.home"}
ON_11 = {*KIOSK, "wifi.forget"}
HELD = {"1": ON_11, "2": ON_11, "3": KIOSK, "4": {*KIOSK, "wifi.off"}}
BY_NOBODY = {"kiosk.lock_screen": "no-lock", "kiosk.status_bar": "no-print"}
FROZEN = {"location.off": "judged-otherwise"}
GAPS_ON_11 = {**BY_NOBODY, **FROZEN, "wifi.off": "no-lock", "wifi.add": "shell-free"}
GAPS = {
    "1": GAPS_ON_11,
    "2": GAPS_ON_11,
    "3": {
        **BY_NOBODY,
        "location.off": "no-lock",
        "wifi.off": "no-lock",
        "wifi.forget": "no-verb",
        "wifi.add": "no-verb",
    },
    "4": {**BY_NOBODY, **FROZEN, "wifi.forget": "no-control", "wifi.add": "no-verb"},
}
"""Attempts that hold, and those not made with their reason, on Android 11, 11, 6 and 14."""


def test_releases_6_11_and_14_end_done_with_the_assurance_of_the_table(finished_home: Path, first_end: Ended) -> None:
    home = finished_home
    assert {tablet["outcome"] for tablet in first_end.tablets.values()} == {"done"}
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


@pytest.mark.later
def test_a_lying_agent_and_a_makers_gate_never_end_done(finished_home: Path) -> None:
    home = finished_home
    for slot, verb, *words in (
        ("1", "set", "secure", "location_mode", "0"),
        ("1", "break", "agent-lies"),
        ("2", "remove-app", "org.provision.fixture.chat"),
        ("2", "break", "miui-install"),
    ):
        by_hand(home, slot, verb, *words)
    ended = run_station(home, 2)
    ends = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}
    assert ends == {
        "1": (Outcome.FAILED, Reason.READ_BACK_DIFFERS),
        "2": (Outcome.REFUSED, Reason.OEM_GATE),
    }


@pytest.mark.later
def test_a_changed_site_is_given_to_a_finished_tablet_again_and_a_lock_that_gives_way_is_seen(
    finished_home: Path,
) -> None:
    home = finished_home
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace('hotline: "0000"', 'hotline: "4242"'), "utf-8")
    leaks = {"1": "lockdown-leaks", "3": "lock-task-leaks", "4": "lock-task-leaks"}
    for slot, fault in leaks.items():
        by_hand(home, slot, "break", fault)
    again = run_station(home, 4)
    ends = {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in again.tablets.items()}
    assert ends.pop("2") == (Outcome.DONE, None)
    assert set(ends.values()) == {(Outcome.FAILED, Reason.PROOF_FAILED)}
    assert again.tablets["2"]["changes"] == ["agent.owner/policy", "agent.owner/drill", "agent.owner/proof"]
    assert again.tablets["2"]["proofs"]["wifi.forget"] == "held", "its positive control is remembered"
    broken = {
        slot: [name for name, word in again.tablets[slot]["proofs"].items() if word == "broken"] for slot in leaks
    }
    assert broken == {"1": ["wifi.forget"], "3": ["kiosk.settings"], "4": ["kiosk.settings"]}
    assert state_of(home, "1")["data"]["networks"], "what gave way is put back"
    assert {state_of(home, slot)["data"]["front"] for slot in leaks} == {None}
    for slot in leaks:
        by_hand(home, slot, "mend")
    mended = run_station(home, 4)
    assert {tablet["outcome"] for tablet in mended.tablets.values()} == {"done"}
    assert mended.tablets["3"]["changes"] == ["agent.owner/proof"]
    assert set(mended.tablets["3"]["proofs"].values()) == {"held", "not-tried"}


MADE = "org.example.made"
VALUE = "https://visio.hopital.example"


CAMERA = "android.permission.CAMERA"


def write_set(home: Path, configuration: dict[str, object], *, grants: tuple[str, ...] = ()) -> None:
    """An app set of one app that reads managed configuration and asks for the camera."""
    from made_apks import app_entry, entry, make_apk  # noqa: PLC0415 # only with the folder above in the path

    made = home / "made.apk"
    file = entry(
        made, made.read_bytes() if made.exists() else make_apk(min_sdk=21, restrictions=True, permissions=(CAMERA,))
    )
    wishes = {"configuration": configuration, "grants": list(grants)}
    app = app_entry(**file, min_sdk=21, **{key: one for key, one in wishes.items() if one})
    (home / "apps.yaml").write_text(yaml.safe_dump({"apps": [app]}), "utf-8")


def ends_of(home: Path) -> dict[str, tuple[str, str | None]]:
    ended = run_station(home, 2)
    assert ended.status == 0, ended.errors
    return {slot: (tablet["outcome"], tablet["reason"]) for slot, tablet in ended.tablets.items()}


def create_configured(home: Path, configuration: dict[str, object]) -> str:
    """A home whose site requires delivery; its `site.yaml` without that demand."""
    create_home(home, HomeKind.TRAINING, 2, Details())
    bench, site = home / "bench.yaml", home / "site.yaml"
    bench.write_text(bench.read_text("utf-8") + "\napp_set: apps.yaml\n", "utf-8")
    asked = site.read_text("utf-8")
    site.write_text(f"{asked}  apps.configured: set\n", "utf-8")
    write_set(home, configuration)
    return asked


@pytest.mark.later
def test_managed_configuration_is_delivered_and_a_change_of_it_goes_alone(tmp_path: Path) -> None:
    home, done = tmp_path / "training", dict.fromkeys("12", (Outcome.DONE, None))
    asked = create_configured(home, {"server": VALUE, "name": "Tablet {asset_id}", "muted": True, "rooms": ["1", "2"]})
    assert ends_of(home) == done
    for record in verify_folder(home / "records", load_keys(home / "keys").fingerprint).records:
        held = next(one for one in record.run.controls if one.control is Control.APPS_CONFIGURED)
        assert (held.wanted, held.assurance) == (f"delivered to {MADE}", Assurance.SET)
        assert any(line.startswith(f"delivered: {MADE} sha256=") for line in held.evidence)
        kept = state_of(home, record.run.slot)["data"]["configurations"]
        name = f"Tablet {record.run.asset_id}"
        assert kept == {MADE: {"server": VALUE, "name": name, "muted": True, "rooms": ["1", "2"]}}
    before = count_writes(home, ["1", "2"])
    assert ends_of(home) == done
    assert count_writes(home, ["1", "2"]) == before, "a finished tablet sees no write"

    write_set(home, {"server": VALUE, "name": "{asset_id}"})
    status, said = run_program(environment(home), "apps", "update", "--home", str(home))
    assert (status, said.count(f"configuration changed: the policy will be given again ({MADE})")) == (0, 2), said
    again = run_station(home, 2)
    changes = {tuple(tablet["changes"]) for tablet in again.tablets.values()}
    assert changes == {("agent.owner/policy", "agent.owner/drill", "agent.owner/proof")}
    names = {state_of(home, slot)["data"]["configurations"][MADE]["name"] for slot in "12"}
    assert names == {"A-0001", "A-0002"}

    write_set(home, {})
    (home / "site.yaml").write_text(asked, "utf-8")
    assert ends_of(home) == done
    assert [state_of(home, slot)["data"]["configurations"] for slot in "12"] == [{}, {}]
    written = [file for folder in ("records", "logs", "state") for file in (home / folder).rglob("*") if file.is_file()]
    assert [file for file in written if VALUE.encode() in file.read_bytes()] == [], "digests, and no value"


@pytest.mark.later
def test_permissions_of_the_app_set_are_fixed_by_the_owner_and_stay_when_the_app_is_emptied(tmp_path: Path) -> None:
    home, done = tmp_path / "training", dict.fromkeys("12", (Outcome.DONE, None))
    create_home(home, HomeKind.TRAINING, 2, Details())
    bench = home / "bench.yaml"
    bench.write_text(bench.read_text("utf-8") + "\napp_set: apps.yaml\n", "utf-8")
    write_set(home, {}, grants=(CAMERA,))
    assert ends_of(home) == done
    for record in verify_folder(home / "records", load_keys(home / "keys").fingerprint).records:
        held = next(one for one in record.run.controls if one.control is Control.APPS_CONFIGURED)
        assert (held.wanted, held.assurance) == (f"permissions fixed for {MADE}", Assurance.SET)
        assert f"fixed: {MADE} {CAMERA}" in held.evidence
        assert state_of(home, record.run.slot)["data"]["packages"][MADE]["fixed"] == [CAMERA]
    before = count_writes(home, ["1", "2"])
    assert ends_of(home) == done
    assert count_writes(home, ["1", "2"]) == before, "a finished tablet sees no write"

    write_set(home, {})
    assert ends_of(home) == done
    assert [state_of(home, slot)["data"]["packages"][MADE]["fixed"] for slot in "12"] == [[], []]


@pytest.mark.later
def test_configuration_that_android_drops_in_silence_never_ends_done(tmp_path: Path) -> None:
    home = tmp_path / "training"
    asked = create_configured(home, {"server": VALUE})
    assert run_station(home, 1).status == 0
    write_set(home, {"server": "another"})
    for fault in ("owner-drops:setApplicationRestrictions", "owner-refuses:setApplicationRestrictions"):
        by_hand(home, "1", "break", fault)
        ended = run_station(home, 1)
        assert (ended.tablets["1"]["outcome"], ended.tablets["1"]["reason"]) == ("failed", "read-back-differs")
        by_hand(home, "1", "mend")
    assert run_station(home, 1).tablets["1"]["outcome"] == "done"
    assert state_of(home, "1")["data"]["configurations"] == {MADE: {"server": "another"}}

    write_set(home, {})
    (home / "site.yaml").write_text(asked, "utf-8")
    by_hand(home, "1", "break", "owner-drops:setApplicationRestrictions")
    ended = run_station(home, 1)
    assert ended.tablets["1"]["outcome"] == "done-with-warnings", "what is withdrawn is still there"
    by_hand(home, "1", "mend")
    assert run_station(home, 1).tablets["1"]["outcome"] == "done"
    assert state_of(home, "1")["data"]["configurations"] == {}
