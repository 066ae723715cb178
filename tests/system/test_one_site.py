"""One site over its renaming, a second bench and a reset: no tablet becomes foreign, no number is given twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from provision.agent.site_key import load_site_key
from provision.home.create import Details, create_home
from provision.identity.label_code import write_label_code
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.site.model import load_site
from provision.state.opening import open_bench_state
from provision.terms import HomeKind
from tests.searching import find_leaks
from tests.system.bench_runs import (
    Ended,
    assert_records_right,
    by_hand,
    count_writes,
    read_records,
    run,
    run_station,
    start,
    state_of,
)
from tests.system.conftest import FINISHED

pytestmark = [pytest.mark.front, pytest.mark.later]


def name_all(ended: Ended) -> dict[str, tuple[str, str]]:
    """Number and outcome of each tablet."""
    return {slot: (str(tablet["asset_id"]), str(tablet["outcome"])) for slot, tablet in ended.tablets.items()}


def match_of(home: Path, slot: str) -> tuple[str, str]:
    """How the last record of a slot says that its tablet was recognised."""
    found = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    last = [record for record in found.records if record.run.slot == slot][-1].run.observed
    return last["match"], last["matchedBy"]


def say(home: Path, *words: str) -> str:
    """What a command prints, or says went wrong."""
    out, errors = start(home, *words).communicate(timeout=60)
    return (out or errors).strip()


def rename(home: Path, name: str) -> None:
    """Another name for the site."""
    site = home / "site.yaml"
    lines = site.read_text("utf-8").splitlines(keepends=True)
    site.write_text("".join(f'name: "{name}"\n' if line.startswith("name:") else line for line in lines))


def test_a_site_keeps_its_tablets(finished_home: Path, first_end: Ended, tmp_path: Path) -> None:
    numbers = {slot: (number, "done") for slot, (number, _) in name_all(first_end).items()}

    rename(finished_home, "Another name")
    assert name_all(run_station(finished_home, FINISHED)) == numbers

    second = tmp_path / "second"
    key = finished_home / "keys/site-key.pem"
    create_home(second, HomeKind.TRAINING, FINISHED, Details(name="A third name", prefix="B", site_key=key))
    shutil.copytree(finished_home / "bench", second / "bench", dirs_exist_ok=True)
    assert name_all(run_station(second, FINISHED)) == numbers
    assert match_of(second, "1") == ("certain", "agent")
    before = count_writes(second, list(numbers))
    assert name_all(run_station(second, FINISHED)) == numbers
    assert count_writes(second, list(numbers)) == before

    for home, slot in ((finished_home, "1"), (second, "2")):  # the hotline of either bench answers for the label
        digits = by_hand(second, slot, "maintenance").split()[-1]
        code = say(home, "answer", numbers[slot][0], digits).splitlines()[-1].replace(" ", "")
        by_hand(second, slot, "maintenance", code)
        assert state_of(second, slot)["data"]["lock_task"]["mode"] == "none"


def read_policy(home: Path, slot: str) -> dict[str, object]:
    """What the agent of a tablet shows of itself: number, place, hotline and colour."""
    policy = json.loads(state_of(home, slot)["data"]["app_data"]["org.provision.agent"]["policy"])
    return dict(policy["asset"])


def change_site(home: Path, *changes: tuple[str, str]) -> None:
    """Other words in site.yaml."""
    site = home / "site.yaml"
    text = site.read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    site.write_text(text, "utf-8")


def test_another_name_hotline_and_ward_reach_the_screens_of_tablets_that_stay_ours(
    finished_home: Path, first_end: Ended
) -> None:
    home, numbers = finished_home, {slot: (number, "done") for slot, (number, _) in name_all(first_end).items()}
    before = {record.path.name for record in read_records(home)}
    rename(home, "CHU Nouveau")
    change_site(home, ('hotline: "0000"', 'hotline: "5151"'))
    with (home / "site.yaml").open("a", encoding="utf-8") as site:
        site.write('\nwards:\n  cardio-2: {name: Cardiologie 2, hotline: "4242", colour: green}\n')
    assert run(home, "assign", numbers["1"][0], "cardio-2").status == 0
    again = run_station(home, FINISHED)
    assert name_all(again) == numbers
    policy_alone = ("agent.owner/policy", "agent.owner/drill", "agent.owner/proof")
    assert {tuple(tablet["changes"]) for tablet in again.tablets.values()} == {policy_alone}
    plain = {"ward": "CHU Nouveau", "hotline": "5151", "colour": "#00629B"}
    assert read_policy(home, "2") == plain | {"id": numbers["2"][0]}
    assert read_policy(home, "1") == {
        "id": numbers["1"][0],
        "ward": "CHU Nouveau, Cardiologie 2",
        "hotline": "4242",
        "colour": "#2E6B1F",
    }
    change_site(home, ("name: Cardiologie 2", "name: Cardiologie A"))
    assert name_all(run_station(home, FINISHED)) == numbers
    assert read_policy(home, "1")["ward"] == "CHU Nouveau, Cardiologie A"
    writes = count_writes(home, list(numbers))
    assert name_all(run_station(home, FINISHED)) == numbers
    assert count_writes(home, list(numbers)) == writes
    assert before < {record.path.name for record in read_records(home)}
    assert_records_right(home)
    digits = by_hand(home, "1", "maintenance").split()[-1]
    by_hand(home, "1", "maintenance", say(home, "answer", numbers["1"][0], digits).splitlines()[-1].replace(" ", ""))
    assert state_of(home, "1")["data"]["lock_task"]["mode"] == "none"


def test_a_hospital_of_the_same_name_is_another_one(finished_home: Path, tmp_path: Path) -> None:
    """The name says nothing: its key does. Nothing is written to a tablet of the other one, and no number is read."""
    home = tmp_path / "other"
    create_home(home, HomeKind.TRAINING, FINISHED, Details(prefix="B"))
    shutil.copytree(finished_home / "bench", home / "bench", dirs_exist_ok=True)
    names = [load_site(each / "site.yaml").name for each in (finished_home, home)]
    assert names[0] == names[1]
    slots = [str(number) for number in range(1, FINISHED + 1)]
    before = count_writes(home, slots)
    ended = run_station(home, FINISHED)
    assert {(each["outcome"], each["reason"]) for each in ended.tablets.values()} == {("refused", "other-site")}
    assert count_writes(home, slots) == before
    assert {each["asset_id"].partition("-")[0] for each in ended.tablets.values()} == {"B"}


def test_a_reset_tablet_is_asked_about_until_its_label_was_read(finished_home: Path, first_end: Ended) -> None:
    home, number = finished_home, first_end.tablets["1"]["asset_id"]
    for verb in ("factory-reset", "enable-adb"):
        by_hand(home, "1", verb)
    for _ in range(2):
        asked = run_station(home, 1).tablets["1"]
        assert (asked["asset_id"], asked["outcome"], asked["reason"]) == (number, "done-with-warnings", "label-unsure")
    assert match_of(home, "1") == ("candidate", "serial")
    assert number in say(home, "confirm", "--list")
    assert "this bench never gave" in say(home, "confirm", "1", "A-0999")
    assert "its label is confirmed" in say(home, "confirm", "1", number)
    assert name_all(run_station(home, 1))["1"] == (number, "done")
    assert match_of(home, "1") == ("certain", "label")
    assert run(home, "confirm", "1", "--undo").status == 0
    assert name_all(run_station(home, 1))["1"] == (number, "done-with-warnings")
    assert_records_right(home)


@pytest.mark.later
def test_agent_data_without_the_tablets_key_is_a_warning_until_a_reset(finished_home: Path, first_end: Ended) -> None:
    """As they are when somebody copied them onto another tablet: number and site key are told, the key is not there."""
    home, number = finished_home, first_end.tablets["1"]["asset_id"]
    told = read_evidence(home, number)
    assert told["tablet key before this run"] == "none known to this bench"
    assert name_all(run_station(home, 1))["1"] == (number, "done")
    again = read_evidence(home, number)
    assert (again["tablet key"], again["tablet key before this run"]) == (told["tablet key"], "the same")
    by_hand(home, "1", "lose-key")
    for _ in range(2):
        ended = run_station(home, 1).tablets["1"]
        assert (ended["outcome"], ended["reason"]) == ("done-with-warnings", "tablet-key-changed")


def read_evidence(home: Path, number: str) -> dict[str, str]:
    """What the newest record of a tablet tells of keys."""
    records = [
        one
        for one in verify_folder(home / "records", load_keys(home / "keys").fingerprint).records
        if one.run.asset_id == number
    ]
    found = [one.evidence for one in max(records, key=lambda one: one.run.started).run.controls]
    lines = [line.partition(": ") for evidence in found for line in evidence if line.startswith("tablet key")]
    return {name: value for name, _, value in lines}


def test_a_stolen_site_key_is_replaced_tablet_by_tablet(finished_home: Path, first_end: Ended, tmp_path: Path) -> None:
    home, numbers = finished_home, {slot: (number, "done") for slot, (number, _) in name_all(first_end).items()}
    key = load_site_key(home / "keys")
    former, printed = key.derive_secret(numbers["1"][0]).reveal(), write_label_code(key.key_id, numbers["1"][0], "CHU")
    (tmp_path / "passphrase").write_text("a passphrase that nobody guesses\n")

    def give(*words: str) -> None:
        """A command that reads the passphrase from its standard input."""
        with (tmp_path / "passphrase").open() as typed:
            started = start(home, "site", *words, "--passphrase-fd", "0", keyboard=typed.fileno())
            _, errors = started.communicate(timeout=60)
        assert started.returncode == 0, errors

    give("offline-key", str(tmp_path / "offline.pem"))
    assert name_all(run_station(home, FINISHED)) == numbers  # tablets learn the offline key
    give("rekey", "--offline-key", str(tmp_path / "offline.pem"), "--yes")
    virtual = ("--virtual", str(FINISHED), "--slot", "1")
    assert "site key" in say(home, "show", *virtual)
    assert "agent rekey" in say(home, "plan", *virtual)
    assert name_all(run_station(home, FINISHED)) == numbers
    before = count_writes(home, list(numbers))
    assert name_all(run_station(home, FINISHED)) == numbers
    assert count_writes(home, list(numbers)) == before
    assert "its label is confirmed" in say(home, "confirm", "1", printed), "a label printed before is the site's own"
    with open_bench_state(home) as state:
        issued = state.agent_secrets.find(numbers["1"][0])
    assert issued is not None
    assert issued.secret.reveal() != former
    offline = load_pem_private_key((tmp_path / "offline.pem").read_bytes(), b"a passphrase that nobody guesses")
    assert isinstance(offline, EllipticCurvePrivateKey)
    secrets = {
        "passphrase": b"a passphrase that nobody guesses",
        "offline key": offline.private_numbers().private_value.to_bytes(32, "big"),
    }
    assert find_leaks(secrets, [(str(each), each.read_bytes()) for each in home.rglob("*") if each.is_file()]) == []
    digits = by_hand(home, "1", "maintenance").split()[-1]
    by_hand(home, "1", "maintenance", say(home, "answer", numbers["1"][0], digits).splitlines()[-1].replace(" ", ""))
    assert state_of(home, "1")["data"]["lock_task"]["mode"] == "none"
    assert_records_right(home)
