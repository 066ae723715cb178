"""What a tablet writes down, and when."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from provision.virtual.android.contract import SyncRefused
from provision.virtual.android.journal import JOURNAL_FILE, Journal, masked, mutations
from provision.virtual.android.mutating import mutates
from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

READS = [
    "getprop", "getprop ro.product.model", "settings get global x", "settings --user 0 get global x",
    "settings list system", "pm list packages -3 --user 0", "pm path a.b", "cmd package list users",
    "cmd package has-feature x", "cmd wifi status", "cmd wifi help", "cmd wifi list-networks", "dumpsys battery",
    "dumpsys package a.b", "df /data", "ls /sdcard", "cat /proc/sys/kernel/random/boot_id", "id", "wm size",
    "dpm list-owners", "content query --uri content://a/b", "am get-current-user", "locksettings get-disabled",
    "cmd location is-location-enabled", "cmd -l", "pm", "cmd user list -v", "date +%s", "appops get a.b",
    "service check package", "cmd connectivity airplane-mode", "cmd media_session volume --stream 3 --get",
    "media volume --get", "dumpsys location", "dumpsys window policy", "dumpsys deviceidle",
]  # fmt: skip
WRITES = [
    "settings put global x 1", "settings delete global x", "settings --user 0 put global x 1", "pm install /a.apk",
    "pm install-create -S 1", "cmd package install -S 1", "pm uninstall a.b", "pm grant a.b c", "pm disable-user a.b",
    "cmd wifi connect-network a wpa2 12345678", "cmd wifi set-wifi-enabled enabled", "cmd wifi forget-network 0",
    "svc wifi enable", "am force-stop a.b", "am broadcast -a x", "cmd alarm set-timezone Europe/Paris",
    "cmd location set-location-enabled true", "dpm set-device-owner a/.B", "content call --uri content://a --method m",
    "dumpsys battery set level 5", "wm density 200", "rm /sdcard/x", "reboot", "reboot recovery", "pm frobnicate x",
    "locksettings set-disabled true", "mkdir /sdcard/x", "pm create-user X", "am switch-user 10", "am task lock 12",
    "cmd connectivity airplane-mode enable", "cmd testharness enable", "cmd statusbar send-disable-flag home",
    "appops set a.b CAMERA allow", "cmd media_session volume --stream 3 --set 4", "locksettings clear --old 1",
    "dumpsys deviceidle whitelist +a.b", "content insert --uri content://settings/global --bind name:s:a",
]  # fmt: skip


@pytest.mark.parametrize("line", READS)
def test_a_read_is_not_journalled(line: str) -> None:
    assert not mutates(line.split())


@pytest.mark.parametrize("line", WRITES)
def test_a_write_is_journalled(line: str) -> None:
    assert mutates(line.split())


def test_reads_leave_no_journal_behind(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    for line in READS:
        bench.run(line)
    assert mutations(tmp_path) == ()


def test_lines_are_numbered_and_name_the_verb(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.run("settings put system screen_off_timeout 600000")
    bench.run("cmd wifi set-wifi-enabled disabled")
    bench.tablet.write_file("/data/local/tmp/a.apk", b"12345", 0o644)
    found = mutations(tmp_path)
    assert [one.seq for one in found] == [1, 2, 3]
    assert [one.verb for one in found] == ["settings put", "cmd wifi set-wifi-enabled", "push"]
    assert found[2].argv == ("push", "/data/local/tmp/a.apk", "5")


def test_numbers_go_on_after_a_restart_of_the_bench(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.run("svc wifi disable")
    bench.again()
    bench.run("svc wifi enable")
    assert [one.seq for one in mutations(tmp_path)] == [1, 2]


def test_a_passphrase_never_reaches_the_disk(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.run("cmd wifi connect-network HOPITAL-FORMATION wpa2 formation-seulement -m")
    assert mutations(tmp_path)[0].argv[3:] == ("HOPITAL-FORMATION", "wpa2", "***", "-m")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"formation-seulement" not in written


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("cmd wifi add-network X wpa3 secret-phrase", "secret-phrase"),
        ("cmd wifi add-suggestion X wpa2 secret-phrase", "secret-phrase"),
        ("locksettings set-pin 4711", "4711"),
        ("locksettings clear --old 4711", "4711"),
    ],
)
def test_secrets_are_masked(line: str, hidden: str) -> None:
    assert hidden not in masked(line.split())
    assert "***" in masked(line.split())


def test_an_open_network_has_nothing_to_mask() -> None:
    words = ("cmd", "wifi", "connect-network", "Hotel", "open", "-m")
    assert masked(words) == words


def test_a_refused_write_is_journalled_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(34))
    bench.run("cmd wifi connect-network HOPITAL-FORMATION wpa2 formation-seulement")
    assert [one.verb for one in mutations(tmp_path)] == ["cmd wifi connect-network"]


def test_a_refused_push_is_journalled_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    with pytest.raises(SyncRefused, match="Permission denied"):
        bench.tablet.write_file("/system/app/x.apk", b"x", 0o644)
    assert len(mutations(tmp_path)) == 1


def test_a_hanging_write_is_journalled_before_it_hangs(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("break hang:settings")
    assert bench.run("settings put global x 1").delay == math.inf
    assert len(mutations(tmp_path)) == 1


def test_a_stream_is_journalled_before_it_is_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    seen: list[int] = []

    def read(size: int) -> bytes:
        seen.append(len(mutations(tmp_path)))
        return apk("chat")[:size] if len(seen) == 1 else b""

    bench.tablet.call(["cmd", "package", "install", "-S", str(len(apk("chat")))], read)
    assert seen[0] == 1


def test_edits_of_a_hand_are_no_calls(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("set global x 1")
    assert mutations(tmp_path) == ()


def test_a_half_line_of_a_killed_process_is_left_out(tmp_path: Path) -> None:
    Journal(tmp_path).append(["svc", "wifi", "enable"])
    with (tmp_path / JOURNAL_FILE).open("a") as file:
        file.write('{"seq": 2, "verb"')
    assert len(mutations(tmp_path)) == 1


def test_a_line_has_exactly_the_documented_members(tmp_path: Path) -> None:
    Journal(tmp_path).append(["svc", "wifi", "enable"])
    (line,) = (tmp_path / JOURNAL_FILE).read_text().splitlines()
    assert list(json.loads(line)) == ["seq", "verb", "argv", "at"]
