"""The training bench as a process: its note, its hands, its reasons to end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.control import NOTE, BenchClient
from provision.virtual.offline import edit_offline, read_journal_offline
from tests.conftest import AdbServer, free_port
from tests.virtual.smart_client import ask
from tests.waiting import wait_until

pytestmark = pytest.mark.front

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def start(home: Path, adb_server: AdbServer) -> Iterator[Start]:
    """Starts a bench process and waits for its note; ends it when the test has not."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*words: str, count: int = 2) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "provision.virtual.process", "--home", str(home), "--count", str(count)]
        process = subprocess.Popen([*command, "--adb-server", f"127.0.0.1:{adb_server.port}", *words])
        started.append(process)
        wait_until(lambda: (home / NOTE).exists() or process.poll() is not None, "the bench is ready")
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def listed(client: BenchClient) -> int:
    """Tablets that are ready for commands."""
    return ask(client.front[1], "host:devices").count(b"\tdevice\n")


def test_twenty_four_tablets_become_ready_and_the_note_is_private(start: Start, home: Path) -> None:
    """How soon is a figure: tests/performance/test_training_bench.py."""
    start(count=24)
    client = BenchClient.open(home)
    allowed = [slot for slot in client.status()["slots"] if slot["adb"] != "waiting"]
    wait_until(lambda: listed(client) >= min(20, len(allowed)), "most are ready")
    assert (home / NOTE).stat().st_mode & 0o777 == 0o600


def test_hands_act_through_the_control_port(start: Start, home: Path) -> None:
    process = start()
    client = BenchClient.open(home)
    wait_until(lambda: listed(client) == 2, "both ready")
    events = client.follow_ports()
    assert [next(events)["event"] for _ in range(3)] == ["add", "add", "synced"]
    assert client.act("unplug", "2") == "slot 2: unplugged"
    assert next(events) == {
        "event": "remove",
        "port": "1-1.2",
        "interfaces": ":060101:ff4201:",
        "vendor_id": "17ef",
        "product_id": "7c45",
    }
    assert listed(client) == 1
    assert client.act("plug", "2") == "slot 2: plugged"
    assert next(events)["event"] == "add"
    assert "full-storage" in client.act("break", "1", "full-storage")
    assert client.act("mend", "1", "full-storage") == "faults: none"
    assert client.act("deny", "1") == "slot 1: no dialog is shown"
    assert client.act("mode", "1", "mtp") == "slot 1: mtp"
    assert client.act("permissions", "1", "off") == "slot 1: permissions off"
    status = client.status()
    assert (status["count"], status["seed"]) == (2, 1)
    assert status["slots"][0]["adb"] == "absent"
    assert client.journal("1") == []
    client.stop()
    assert process.wait(10) == 0
    rest = [(event["event"], event["interfaces"]) for event in events]
    assert rest == [("remove", ":060101:ff4201:"), ("add", ":060101:")]
    with pytest.raises(TrainingError, match="is gone"):
        client.status()
    with pytest.raises(TrainingError, match="no training bench runs"):
        BenchClient.open(home)


WRONG_MOVEMENTS = {
    ("plug", "99"): "no slot '99'; there are: 1, 2",
    ("plug",): "plug: expected a slot",
    ("fly", "1"): "no verb 'fly'; there are: plug, ",
    ("mode", "1", "fax"): "mode: expected adb or mtp, got fax",
    ("permissions", "1"): "permissions: expected on or off, got nothing",
    ("edit", "1"): "edit: expected a verb",
    ("edit", "1", "paint"): "no edit 'paint'",
    ("break", "1", "rust"): "no fault 'rust'",
    ("predict", "{"): "expected what a site requires",
}


def test_a_wrong_movement_is_named(start: Start, home: Path) -> None:
    """All of one bench, which goes on after each."""
    start()
    for words, says in WRONG_MOVEMENTS.items():
        with pytest.raises(TrainingError) as refusal:
            BenchClient.open(home).act(*words)
        assert str(refusal.value).startswith(says), words


def test_a_stranger_without_the_token_is_refused(start: Start, home: Path) -> None:
    start()
    client = BenchClient.open(home)
    stranger = BenchClient(client.pid, client.host, client.port, client.front, "guess")
    with pytest.raises(TrainingError, match="wrong token") as refusal:
        stranger.status()
    assert client.token not in str(refusal.value)


def test_the_bench_ends_on_a_signal_and_takes_its_note_away(start: Start, home: Path) -> None:
    process = start()
    assert os.getsid(process.pid) == process.pid
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not (home / NOTE).exists()


def test_the_bench_ends_when_its_home_vanishes(start: Start, home: Path) -> None:
    process = start()
    client = BenchClient.open(home)
    wait_until(lambda: listed(client) == 2, "both ready: no key is being stored")
    shutil.rmtree(home)
    assert process.wait(10) == 0


def test_the_bench_ends_when_nobody_uses_it(start: Start) -> None:
    assert start("--idle-seconds", "0.2").wait(10) == 0


def test_a_bench_without_a_server_waits_for_one(home: Path, start: Start) -> None:
    start("--adb-server", f"127.0.0.1:{free_port()}")
    client = BenchClient.open(home)
    assert {slot["adb"] for slot in client.status()["slots"]} == {"waiting"}
    assert ask(client.front[1], "host:devices") == b""


def test_a_bench_that_cannot_start_says_why(home: Path) -> None:
    words = [sys.executable, "-m", "provision.virtual.process", "--adb-server", "127.0.0.1:1", "--home"]
    missing = subprocess.run([*words, str(home / "no")], capture_output=True, timeout=30, check=False)
    assert (missing.returncode, missing.stderr) == (2, f"training bench: {home / 'no'}: no such home\n".encode())
    none = subprocess.run([*words, str(home), "--count", "0"], capture_output=True, timeout=30, check=False)
    assert (none.returncode, b"at least 1 tablet" in none.stderr) == (2, True)


def test_tablets_can_be_edited_while_no_bench_runs(start: Start, home: Path) -> None:
    with pytest.raises(TrainingError, match="no training bench ever ran"):
        read_journal_offline(home, "1")
    process = start()
    client = BenchClient.open(home)
    wait_until(lambda: listed(client) == 2, "both ready")
    answer = ask(client.front[1], "host:transport:usb:1-1.1", "shell:settings put global a 1; settings get global a")
    assert answer == b"OKAY1\n"
    process.terminate()
    process.wait(10)
    assert [json.loads(json.dumps(row))["verb"] for row in read_journal_offline(home, "1")] == ["settings put"]
    assert "global a = 2" in edit_offline(home, "1", "set", ("global", "a", "2"))
    with pytest.raises(TrainingError, match="no slot '9'"):
        edit_offline(home, "9", "mend", ())


@pytest.mark.parametrize("note", ["", "{}", '{"pid": 1, "front": "a", "control": "b", "token": "c"}'])
def test_a_note_that_is_none_is_named(home: Path, note: str) -> None:
    (home / NOTE).parent.mkdir()
    (home / NOTE).write_text(note)
    with pytest.raises(TrainingError, match=r"bench\.json: not the note"):
        BenchClient.open(home)
