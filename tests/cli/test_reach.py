"""Who may start and end processes of a home: its holder; a guest uses what runs."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from provision.bench.adb import AdbHost
from provision.bench.processes import find_process
from provision.bench.server import NOTE, PrivateServer
from provision.cli.options import Access
from provision.cli.reach import TRAINING_ENVIRONMENT, TRAINING_SLOTS, open_home, reach, visit
from provision.errors import ConfigurationError, HomeError
from provision.home.bench_settings import TOOLKIT
from provision.home.create import Details, create_home
from provision.home.folder import Home, lock_home
from provision.terms import HomeKind
from provision.virtual.control import BenchClient
from tests.conftest import bundled_adb

SLOTS = 4


def access_to(home: Path, virtual: int | None = None, seed: int = 1) -> Access:
    """The options of a command on a home."""
    return Access(home, virtual, seed, None, None, None)


@pytest.fixture
def training(tmp_path: Path) -> Home:
    """A training home."""
    create_home(tmp_path / "training", HomeKind.TRAINING, SLOTS, Details())
    return open_home(access_to(tmp_path / "training", 1))


@pytest.fixture
def ward(tmp_path: Path) -> Home:
    """A ward home; what is started in it here sees no USB."""
    place = tmp_path / "ward"
    create_home(place, HomeKind.WARD, SLOTS, Details(name="CHU Exemple", ssid="HOPITAL"))
    site = place / "site.yaml"
    site.write_text(site.read_text().replace("hotline: ", 'hotline: "4242" '))
    return open_home(access_to(place))


@pytest.mark.parametrize(
    ("count", "seed"), [(3, 9), *(pytest.param(*each, marks=pytest.mark.later) for each in ((1, 1), (100, 1)))]
)
def test_a_guest_uses_the_running_bench_whatever_it_asked_for(training: Home, count: int, seed: int) -> None:
    with lock_home(training), reach(access_to(training.path, 1), training) as held:
        bench = BenchClient.open(training.path)
        with visit(access_to(training.path, count, seed), training) as guest:
            assert guest.ensure() == held.ensure()
            assert guest.training is not None
            assert guest.training.client == bench
        assert BenchClient.open(training.path) == bench
        assert bench.status()["count"] == 1
        assert held.list_rows() is not None


def test_a_guest_leaves_the_running_adb_server(ward: Home) -> None:
    server = PrivateServer(bundled_adb(), ward.path, TRAINING_ENVIRONMENT)
    with lock_home(ward):
        address = server.ensure()
        try:
            with visit(access_to(ward.path), ward) as guest:
                assert guest.ensure() == address
                assert guest.list_rows() == ()
            assert AdbHost(address).version() == 41
        finally:
            server.stop()


def test_a_guest_of_a_home_where_nothing_answers_is_told_so(training: Home) -> None:
    with (
        lock_home(training),
        pytest.raises(HomeError, match=rf"process {os.getpid()}.*no adb server or training bench of this home answers"),
        visit(access_to(training.path, 1), training),
    ):
        pass
    assert not (training.path / NOTE).exists()


def test_without_a_holder_a_visit_starts_and_ends_what_it_needs(training: Home) -> None:
    with visit(access_to(training.path, 1), training) as own:
        assert own.training is not None
        bench = find_process(own.training.client.pid)
        server = find_process(json.loads((training.path / NOTE).read_text())["pid"])
        with pytest.raises(HomeError, match="in use by another station"), lock_home(training):
            pass
    assert bench is not None
    assert server is not None
    assert not bench.is_alive()
    assert not server.is_alive()


def test_the_holder_ends_a_bench_of_another_size_that_was_left_behind(training: Home) -> None:
    server = PrivateServer(bundled_adb(), training.path, TRAINING_ENVIRONMENT)
    with lock_home(training), reach(access_to(training.path, 1), training):
        left = find_process(BenchClient.open(training.path).pid)
        assert left is not None
        with reach(access_to(training.path, 2), training) as reached:
            assert reached.training is not None
            assert reached.training.client.status()["count"] == 2
            assert not left.is_alive()
    server.stop()


def test_a_bench_that_died_meanwhile_is_no_fault_on_leaving(training: Home) -> None:
    with lock_home(training), reach(access_to(training.path, 1), training):
        os.kill(BenchClient.open(training.path).pid, signal.SIGKILL)
    assert not (training.path / NOTE).exists()


def test_a_bench_larger_than_its_home_is_not_started(training: Home) -> None:
    with (
        pytest.raises(HomeError, match=f"names {SLOTS} slots, not enough for --virtual 5"),
        visit(access_to(training.path, 5), training),
    ):
        pass


@pytest.mark.parametrize(("count", "slots"), [(2, TRAINING_SLOTS), (30, 30)])
def test_any_command_with_virtual_tablets_makes_its_training_home(tmp_path: Path, count: int, slots: int) -> None:
    made = open_home(access_to(tmp_path / "new", count))
    assert (made.kind, len(made.slots)) == (HomeKind.TRAINING, slots)
    key = (made.keys / "key.json").read_bytes()
    assert (open_home(access_to(tmp_path / "new", count)).keys / "key.json").read_bytes() == key


def test_a_ward_home_is_never_made_on_the_way(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="no bench home here"):
        open_home(access_to(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_home_that_lost_a_file_is_not_taken_for_a_new_one(training: Home) -> None:
    (training.path / "site.yaml").unlink()
    with pytest.raises(ConfigurationError, match=r"site\.yaml"):
        open_home(access_to(training.path, 1))


def test_the_usual_training_home_is_the_same_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Access(None, 1, 1, None, None, None).folder
    monkeypatch.chdir(tmp_path)
    assert Access(None, 1, 1, None, None, None).folder == usual == TOOLKIT / "training"
    assert Access(None, None, 1, None, None, None).folder.absolute() == tmp_path / "ward"
