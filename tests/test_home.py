"""Bench homes: made whole or not at all, one station at a time, each kind for its own commands."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from provision.agent.site_key import load_site_key
from provision.errors import ConfigurationError, HomeError, RecordError
from provision.files import give_all_to_owner
from provision.home.create import TRAINING_PASSPHRASE, TRAINING_SSID, Details, create_home
from provision.home.folder import Home, load_home, lock_home, require_kind
from provision.site.model import load_site
from provision.site.network_secrets import read_network_secrets
from provision.terms import Assurance, Control, HomeKind
from provision.texts.language import Language

WARD = Details(name="Hôpital d'essai", ssid="HOPITAL", language=Language.FR)


@pytest.fixture
def training(tmp_path: Path) -> Home:
    create_home(tmp_path / "training", HomeKind.TRAINING, 9)
    return load_home(tmp_path / "training")


@pytest.mark.parametrize("language", Language)
def test_a_training_home_is_ready_at_once(language: Language, tmp_path: Path) -> None:
    create_home(tmp_path / "a/b", HomeKind.TRAINING, 9, Details(language=language))
    home = load_home(tmp_path / "a/b")
    assert home.kind is HomeKind.TRAINING
    assert home.site.ssids == (TRAINING_SSID,)
    wanted = dict.fromkeys((Control.APPS_PRESENT, Control.WIFI_HOSPITAL, Control.LOCATION_ON), Assurance.SET)
    assert home.site.require == wanted | {Control.KIOSK_LOCK_TASK: Assurance.ENFORCED}
    assert home.site.kiosk.lock_task
    assert home.bench.agent is not None
    assert home.bench.agent.development
    assert load_site_key(home.keys).key_id
    assert home.bench.deadlines.facts == 6
    assert home.bench.language is language
    assert [(slot.label, slot.port) for slot in home.slots][6:] == [("7", "1-1.7"), ("8", "1-2.1"), ("9", "1-2.2")]
    assert all(folder.is_dir() for folder in (home.records, home.state, home.logs, home.keys, home.training))


def test_the_training_passphrase_lies_in_a_private_file(training: Home) -> None:
    secret = read_network_secrets(training.site.wifi, training.path).get("networks.0.passphrase")
    assert secret is not None
    assert secret.reveal() == TRAINING_PASSPHRASE.encode()
    assert stat.S_IMODE((training.path / "secrets/wifi").stat().st_mode) == 0o600


def test_defaults_of_the_bench_lead_to_files_that_exist(training: Home) -> None:
    assert training.bench.app_set.is_file()
    assert training.bench.device_profiles.is_dir()


@pytest.mark.parametrize("language", Language)
def test_a_new_ward_home_asks_for_exactly_what_only_the_ward_knows(language: Language, tmp_path: Path) -> None:
    create_home(tmp_path / "ward", HomeKind.WARD, details=Details(language=language))
    with pytest.raises(ConfigurationError) as caught:
        load_home(tmp_path / "ward")
    assert [fault.key for fault in caught.value.faults] == ["name", "wifi.ssid", "kiosk.hotline"]


@pytest.mark.parametrize("language", Language)
def test_settings_that_stand_there_as_comments_count_when_the_sign_before_them_is_taken_away(
    language: Language, tmp_path: Path
) -> None:
    create_home(tmp_path / "ward", HomeKind.WARD, 1, Details(language=language, name="CHU", ssid="SOINS"))
    file = tmp_path / "ward/site.yaml"
    text = re.sub(r"(?m)^(  hotline:) +#", r'\1 "0000"  #', file.read_text("utf-8"))
    text, count = re.subn(r"(?m)^  # ([a-z_]+: )", r"  \1", text)
    file.write_text(text, "utf-8")
    assert count >= 6
    assert load_site(file).calls.ceiling_percent == 90


def test_a_ward_home_has_no_passphrase_and_no_training_folder(tmp_path: Path) -> None:
    home = _ward(tmp_path)
    assert home.kind is HomeKind.WARD
    assert home.slots == ()
    assert not home.training.exists()
    with pytest.raises(ConfigurationError, match="write the secret into this file"):
        read_network_secrets(home.site.wifi, home.path)


def _ward(folder: Path) -> Home:
    create_home(folder / "ward", HomeKind.WARD, details=WARD)
    site = folder / "ward/site.yaml"
    site.write_text(site.read_text("utf-8").replace("hotline:", 'hotline: "12"'), "utf-8")
    return load_home(folder / "ward")


def test_a_name_with_quotes_and_colons_comes_back_as_it_was(tmp_path: Path) -> None:
    name = 'L\'hôpital: "A" # <b> {{ x }}'
    create_home(tmp_path / "h", HomeKind.TRAINING, details=Details(name=name))
    assert load_home(tmp_path / "h").site.name == name


@pytest.mark.parametrize("language", Language)
def test_the_file_lists_every_control(language: Language, tmp_path: Path) -> None:
    create_home(tmp_path / "h", HomeKind.TRAINING, details=Details(language=language))
    text = (tmp_path / "h/site.yaml").read_text("utf-8")
    assert all(control in text for control in Control)


def test_two_homes_never_share_a_ledger_name(tmp_path: Path) -> None:
    for name in ("a", "b"):
        create_home(tmp_path / name, HomeKind.TRAINING)
    descriptors = {(tmp_path / name / "keys/key.json").read_bytes() for name in ("a", "b")}
    assert len(descriptors) == 2


@pytest.mark.parametrize("what", ["folder with a file", "file", "link"])
def test_what_is_there_is_never_touched(what: str, tmp_path: Path) -> None:
    path = tmp_path / "home"
    if what == "file":
        path.write_text("mine")
    elif what == "link":
        (tmp_path / "elsewhere").mkdir()
        path.symlink_to("elsewhere")
    else:
        path.mkdir()
        (path / "mine").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(HomeError, match="not an empty folder"):
        create_home(path, HomeKind.TRAINING)
    assert sorted(tmp_path.rglob("*")) == before


def test_two_benches_of_a_site_do_not_number_alike(training: Home, tmp_path: Path) -> None:
    key = training.keys / "site-key.pem"
    with pytest.raises(HomeError, match=r"numbers its tablets with A already; .* --prefix B"):
        create_home(tmp_path / "second", HomeKind.WARD, details=Details(site_key=key))
    create_home(tmp_path / "second", HomeKind.WARD, details=Details(site_key=key, prefix="B"))
    alone = tmp_path / "alone/key.pem"
    alone.parent.mkdir()
    shutil.copy(key, alone)
    create_home(tmp_path / "third", HomeKind.WARD, details=Details(site_key=alone))
    assert load_site_key(tmp_path / "third/keys").key_id == load_site_key(training.keys).key_id


def test_the_folder_somebody_stands_in_is_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "ward/below").mkdir(parents=True)
    with contextlib.chdir(tmp_path / "ward/below"):
        for name in (".", ""):
            with pytest.raises(HomeError, match="this is the current folder"):
                create_home(Path(name), HomeKind.WARD)
    assert list(tmp_path.rglob("*")) == [tmp_path / "ward", tmp_path / "ward/below"]


def test_a_name_that_no_key_can_be_read_from_is_told_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"/ward#5/keys/record-key.pem: expected a path without `#`"):
        create_home(tmp_path / "ward#5", HomeKind.WARD)


def test_an_empty_folder_becomes_the_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    create_home(tmp_path / "home", HomeKind.TRAINING)
    assert load_home(tmp_path / "home").kind is HomeKind.TRAINING


@pytest.mark.parametrize(
    ("details", "error"),
    [(Details(prefix="a1"), HomeError), (Details(prefix="A: x"), HomeError), (Details(origin="a b"), RecordError)],
)
def test_a_home_that_cannot_be_finished_leaves_nothing(
    details: Details, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        create_home(tmp_path / "home", HomeKind.TRAINING, details=details)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_of_the_parent_is_a_home_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="cannot be made"):
        create_home(tmp_path / "file/home", HomeKind.TRAINING)


def test_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="provision init"):
        load_home(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_the_faults_of_all_files_come_at_once(training: Home) -> None:
    for name in ("site.yaml", "slots.yaml", "bench.yaml"):
        with (training.path / name).open("a") as file:
            file.write("\nsurprise: 1\n")
    with pytest.raises(ConfigurationError) as caught:
        load_home(training.path)
    assert [fault.file.name for fault in caught.value.faults] == ["site.yaml", "slots.yaml", "bench.yaml"]


@pytest.mark.parametrize(
    ("text", "key", "got"),
    [
        ("slots: [{label: a, port: 1-1}, {label: a, port: 1-2}]", "slots[1].label", "'a' again (first on line 1)"),
        ("slots: [{label: a, port: 1-1}, {label: b, port: 1-1}]", "slots[1].port", "'1-1' again (first on line 1)"),
        ("slots: [{label: 1, port: 1-1}]", "slots[0].label", "1"),
        ("slots: [{label: a, port: usb:1-1}]", "slots[0].port", "'usb:1-1'"),
        ("slots: [{label: ' a', port: 1-1}]", "slots[0].label", "' a'"),
        ('slots: [{label: "\\e[2J", port: 1-1}]', "slots[0].label", "'\\x1b[2J'"),
        ("slots: 8", "slots", "a number"),
    ],
)
def test_a_wrong_slot_names_its_place(text: str, key: str, got: str, training: Home) -> None:
    (training.path / "slots.yaml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_home(training.path)
    assert [(fault.line, fault.key, fault.got) for fault in caught.value.faults] == [(1, key, got)]


def test_paths_of_the_bench_start_from_the_home(training: Home) -> None:
    with (training.path / "bench.yaml").open("a") as file:
        file.write("app_set: own/apps.yaml\ndevice_profiles: /absolute\n")
    bench = load_home(training.path).bench
    assert (bench.app_set, bench.device_profiles) == (training.path / "own/apps.yaml", Path("/absolute"))


def test_a_training_command_on_a_ward_home_and_the_reverse_are_refused(training: Home, tmp_path: Path) -> None:
    require_kind(training, HomeKind.TRAINING, "bench plug")
    with pytest.raises(HomeError, match="a training home, and `once` works on ward homes only"):
        require_kind(training, HomeKind.WARD, "once")
    with pytest.raises(HomeError, match="a ward home, and `bench plug` works on training homes only"):
        require_kind(_ward(tmp_path), HomeKind.TRAINING, "bench plug")


def test_a_second_station_is_refused_with_the_process_of_the_first(training: Home) -> None:
    with lock_home(training), pytest.raises(HomeError, match=f"process {os.getpid()};"), lock_home(training):
        pass
    with lock_home(training):
        pass


def test_a_killed_station_leaves_no_lock(training: Home) -> None:
    code = (
        "import sys; from pathlib import Path; from provision.home.folder import load_home, lock_home\n"
        "with lock_home(load_home(Path(sys.argv[1]))): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        (sys.executable, "-c", code, training.path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(HomeError, match=f"process {other.pid};"), lock_home(training):
            pass
        other.kill()
        other.wait()
    with lock_home(training):
        pass


def test_what_root_made_in_somebodys_home_is_theirs(training: Home, tmp_path: Path) -> None:
    owner = (4711, 4712) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(training.path, *owner)
    outside = tmp_path / "outside"
    outside.write_text("somebody else's")
    give_all_to_owner(training.path, time.time() + 60)
    assert training.keys.stat().st_uid == os.geteuid(), "what root made before is left as it is"
    with lock_home(training):
        (training.logs / "runs").mkdir()
        (training.logs / "runs/one.jsonl").write_text("{}")
        (training.logs / "link").symlink_to(outside)
        (training.logs / "other name").hardlink_to(outside)
    made = [training.state / "station.lock", training.logs / "runs", training.logs / "runs/one.jsonl"]
    assert {(each.stat().st_uid, each.stat().st_gid) for each in made} == {owner}
    assert outside.stat().st_uid == os.geteuid()
