"""Faults by name: what they do, that they compose, and that a wrong name is refused."""

from __future__ import annotations

import math
import re
import threading
from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.android.contract import Effect
from provision.virtual.android.faults import parse_fault
from provision.virtual.android.journal import mutations
from provision.virtual.android.state import Session
from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

CHAT = "org.provision.fixture.chat"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, model_for(30))


def test_a_hanging_word_never_answers_and_others_do(bench: Bench) -> None:
    bench.edit("break hang:dumpsys")
    assert bench.run("dumpsys battery").delay == math.inf
    assert bench.run("getprop ro.product.model").out == "SM-T510\n"


def test_hang_does_not_act_and_hang_after_does(bench: Bench) -> None:
    bench.edit("break hang:settings")
    assert bench.run("settings put global x 1").delay == math.inf
    bench.edit("mend")
    assert bench.run("settings get global x").out == "null\n"
    bench.edit("break hang-after:settings")
    assert bench.run("settings put global x 1").delay == math.inf
    bench.edit("mend")
    assert bench.run("settings get global x").out == "1\n"


def test_the_link_is_cut_at_the_third_call_only(bench: Bench) -> None:
    bench.edit("break drop:settings:3")
    effects = [bench.run("settings get global x").effect for _ in range(4)]
    assert effects == [Effect.NONE, Effect.NONE, Effect.DROP, Effect.NONE]


def test_a_strange_answer_is_given_once_by_a_call_that_acts(bench: Bench) -> None:
    bench.edit("break strange:settings+put:2")
    said = [bench.run(f"settings put global x {value}").out for value in (1, 2, 3)]
    assert [bool(text) for text in said] == [False, True, False]
    assert bench.run("settings get global x").out == "3\n"


def test_the_count_of_calls_outlives_the_bench(bench: Bench) -> None:
    bench.edit("break drop:settings:2")
    bench.run("settings get global x")
    bench.again()
    assert bench.run("settings get global x").effect is Effect.DROP


def test_a_call_that_is_cut_does_not_act(bench: Bench) -> None:
    bench.edit("break drop:settings")
    bench.run("settings put global x 1")
    assert bench.run("settings get global x").out == "null\n"


def test_a_reboot_comes_at_a_call(bench: Bench) -> None:
    bench.edit("break reboot:pm")
    assert bench.run("pm list packages").effect is Effect.REBOOT


def test_two_words_name_a_service(bench: Bench) -> None:
    bench.edit("break hang:cmd+wifi")
    assert bench.run("cmd wifi status").delay == math.inf
    assert bench.run("cmd package list users").status == 0


def test_faults_compose_and_mend_one_by_one(bench: Bench) -> None:
    bench.edit("break lie-settings hang:dumpsys")
    bench.edit("break slow-link")
    assert bench.edit("mend hang:dumpsys") == "faults: lie-settings, slow-link"
    assert bench.run("dumpsys battery").delay == 0
    assert bench.tablet.wire_fault() == "slow-link"
    assert bench.edit("mend") == "faults: none"


def test_a_heavier_wire_fault_hides_a_lighter_one(bench: Bench) -> None:
    bench.edit("break slow-link mute")
    assert bench.tablet.wire_fault() == "mute"


def test_a_stuck_boot_answers_nothing_of_android(bench: Bench) -> None:
    bench.edit("break boot-stuck")
    bench.clock.advance(1e6)
    assert bench.run("getprop sys.boot_completed").out == "\n"
    assert bench.run("dumpsys battery").out == ""
    assert bench.run("dpm set-device-owner a/.B").status == 1


def test_a_lying_install_is_found_by_reading_back(bench: Bench) -> None:
    bench.edit("break lie-install")
    size = len(apk("chat"))
    created = bench.run(f"pm install-create -S {size}").out
    number = created[created.index("[") + 1 : created.index("]")]
    bench.run(f"pm install-write -S {size} {number} base.apk -", apk("chat"))
    assert bench.run(f"pm install-commit {number}").out == "Success\n"
    assert bench.run(f"pm path {CHAT}").status == 1


@pytest.mark.parametrize("text", ["nonsense", "hang", "hang:", "drop:pm:0", "drop:pm:x", "lie-install:pm", ""])
def test_a_wrong_fault_lists_the_right_ones(text: str) -> None:
    with pytest.raises(TrainingError, match=re.escape("lie-install")):
        parse_fault(text)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("frobnicate", "factory-reset"),
        ("battery 101", "from 0 to 100"),
        ("battery full", "whole number"),
        ("battery", "battery PERCENT"),
        ("set other key 1", "system, secure, global"),
        ("remove-app no.such.app", "installed by hand or station"),
        ("mend hang:pm", "none"),
        ("break nonsense", "boot-stuck"),
        ("add-file /sdcard/x many", "size in bytes"),
        ("save-network MAISON nonsense", "wpa2"),
        ("save-network MAISON wpa2 short", "does not fit wpa2"),
        ("clock noon", "seconds since 1970"),
        ("clock ²", "seconds since 1970"),
    ],
)
def test_a_wrong_edit_says_what_is_right(bench: Bench, line: str, hint: str) -> None:
    with pytest.raises(TrainingError, match=re.escape(hint)):
        bench.edit(line)


def test_a_refused_edit_changes_nothing(bench: Bench) -> None:
    before = bench.tablet.device.state.model_dump()
    with pytest.raises(TrainingError):
        bench.edit("break lie-install nonsense")
    assert bench.tablet.device.state.model_dump() == before


@pytest.mark.parametrize("api", [23, 30, 34])
def test_a_session_installs_as_the_release_does(tmp_path: Path, api: int) -> None:
    bench = Bench(tmp_path, model_for(api))
    size = len(apk("chat"))
    created = bench.run(f"pm install-create -r -S {size}").out
    number = created[created.index("[") + 1 : created.index("]")]
    written = bench.run(f"pm install-write -S {size} {number} base.apk -", apk("chat"))
    assert written.out == f"Success: streamed {size} bytes\n"
    assert bench.run(f"pm install-commit {number}").out == "Success\n"
    assert bench.run("pm list packages -3").out == f"package:{CHAT}\n"
    assert bench.run(f"pm install-commit {number}").status != 0


@pytest.mark.parametrize(("api", "told"), [(23, 100), (30, 5000), (34, 5000)])
def test_a_short_upload_is_told_apart_by_the_commit(tmp_path: Path, api: int, told: int) -> None:
    """Reference, packages document 11.6: old releases tell the number received, new ones the number asked."""
    bench = Bench(tmp_path, model_for(api))
    created = bench.run("pm install-create -S 5000").out
    number = created[created.index("[") + 1 : created.index("]")]
    written = bench.run(f"pm install-write -S 5000 {number} base.apk -", apk("chat")[:100])
    assert written.out == f"Success: streamed {told} bytes\n"
    committed = bench.run(f"pm install-commit {number}")
    assert "Failure [INSTALL_PARSE_FAILED_NOT_APK" in committed.out + committed.err


def test_a_session_without_a_base_is_refused(bench: Bench) -> None:
    created = bench.run("pm install-create -S 5000").out
    number = created[created.index("[") + 1 : created.index("]")]
    assert "Full install must include a base package" in bench.run(f"pm install-commit {number}").out


def test_an_abandoned_session_is_gone(bench: Bench) -> None:
    created = bench.run("pm install-create -S 5000").out
    number = created[created.index("[") + 1 : created.index("]")]
    assert bench.run(f"pm install-abandon {number}").out == "Success\n"
    assert bench.run(f"pm install-abandon {number}").status == 255


def test_a_session_can_be_written_from_a_file(tmp_path: Path) -> None:
    for api in (23, 30):
        bench = Bench(tmp_path / str(api), model_for(api))
        bench.tablet.write_file("/data/local/tmp/a.apk", apk("chat"), 0o644)
        created = bench.run("pm install-create").out
        number = created[created.index("[") + 1 : created.index("]")]
        written = bench.run(f"pm install-write {number} base.apk /data/local/tmp/a.apk")
        assert written.out == f"Success: streamed {len(apk('chat'))} bytes\n"
        missing = bench.run(f"pm install-write {number} more.apk /data/local/tmp/none.apk")
        assert missing.status != 0
        assert bench.run(f"pm install-write {number} more.apk -").err == "Error: must specify an APK size\n"
        assert bench.run(f"pm install-commit {number}").out == "Success\n"


def test_a_write_without_room_fails(bench: Bench) -> None:
    created = bench.run("pm install-create -S 10").out
    number = created[created.index("[") + 1 : created.index("]")]
    bench.edit("break full-storage")
    size = len(apk("chat"))
    written = bench.run(f"pm install-write -S {size} {number} base.apk -", apk("chat"))
    assert written.err.startswith("Error: failed to write; ")


def test_at_most_1024_sessions_are_open(bench: Bench) -> None:
    for number in range(1024):
        bench.tablet.device.data.sessions[str(number)] = Session()
    assert "Too many active sessions for UID 2000" in bench.run("pm install-create -S 10").err


def test_many_threads_leave_one_whole_state(bench: Bench) -> None:
    def work(number: int) -> None:
        for turn in range(10):
            bench.run(f"settings put global key-{number} {turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    bench.again()
    assert [bench.run(f"settings get global key-{number}").out for number in range(8)] == ["9\n"] * 8
    found = mutations(bench.folder)
    assert [one.seq for one in found] == list(range(1, 81))


def test_a_stalled_upload_does_not_stop_other_calls(bench: Bench) -> None:
    reading, release = threading.Event(), threading.Event()

    def read(_size: int) -> bytes:
        reading.set()
        assert release.wait(30)
        return b""

    upload = threading.Thread(target=bench.tablet.call, args=(["cmd", "package", "install", "-S", "9"], read))
    upload.start()
    assert reading.wait(30)
    assert bench.run("getprop ro.product.model").out == "SM-T510\n"
    release.set()
    upload.join(30)
    assert not upload.is_alive()


def test_hang_during_acts_and_says_half(bench: Bench) -> None:
    bench.edit("break hang-during:getprop")
    reply = bench.run("getprop ro.product.model")
    assert (reply.said, reply.delay) == ("SM-T", math.inf)


def test_an_update_switches_debugging_off_at_the_nth_call(bench: Bench) -> None:
    bench.edit("break adb-off:getprop:2")
    assert bench.run("getprop ro.product.model").out == "SM-T510\n"
    assert bench.tablet.adb_enabled
    assert bench.run("getprop ro.product.model").effect is Effect.DROP
    assert not bench.tablet.adb_enabled


def test_a_tablet_whose_battery_died_stays_out_until_it_is_charged(bench: Bench) -> None:
    bench.edit("break battery-dies:getprop")
    assert bench.run("getprop ro.product.model").effect is Effect.REBOOT
    assert bench.tablet.reboot("") == math.inf
    bench.edit("battery 80")
    assert bench.tablet.reboot("") < math.inf


def test_a_busy_package_manager_answers_late_and_right(bench: Bench) -> None:
    bench.edit("break pm-busy")
    assert bench.run("pm path android").delay == 0
    assert bench.run("pm install-create").delay == 3.0


def test_a_denied_dialog_is_never_tapped(bench: Bench) -> None:
    bench.edit("break taps-deny")
    assert bench.tablet.offer_key("key") is None
    bench.edit("mend")
    assert bench.tablet.offer_key("key") is not None


@pytest.mark.parametrize(
    ("api", "days", "edits", "left"),
    [
        (30, 7, (), 1),
        (30, 8, (), 0),
        (28, 8, (), 1),
        (29, 7, (), 1),
        (29, 8, (), 0),
        (30, 800, ("set global adb_allowed_connection_time 0",), 1),
    ],
)
def test_a_key_dies_of_seven_days_without_a_connection_from_10_on(
    tmp_path: Path, api: int, days: int, edits: tuple[str, ...], left: int
) -> None:
    bench = Bench(tmp_path, model_for(api))
    bench.tablet.accept_key("key")
    for line in (*edits, f"days {days}"):
        bench.edit(line)
    assert len(bench.tablet.device.data.keys) == left
