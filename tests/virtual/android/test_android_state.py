"""What survives a reboot, a restart of the bench, and a factory reset."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from provision.errors import TrainingError
from provision.virtual.android.commands.link import save_network
from provision.virtual.android.contract import SyncRefused
from provision.virtual.android.state import STATE_FILE
from tests.virtual.android.apk_maker import apk
from tests.virtual.android.bench import Bench, model_for

KEY = "QAAAAA=="


@pytest.fixture
def used(tmp_path: Path) -> Bench:
    """A tablet with everything on it that a reset has to take away."""
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.accept_key(KEY)
    bench.tablet.write_file("/data/local/tmp/a.apk", apk("chat"), 0o644)
    bench.run("pm install /data/local/tmp/a.apk")
    bench.run("settings put system screen_off_timeout 600000")
    bench.run("cmd wifi connect-network HOPITAL-FORMATION wpa2 formation-seulement")
    bench.run("cmd alarm set-timezone Europe/Paris")
    for line in ("add-account com.google", "add-user X", "restrict no_fun", "foreign-owner a.b/a.b.C", "battery 33"):
        bench.edit(line)
    bench.clock.advance(5)
    return bench


def android_id(bench: Bench) -> str:
    return bench.run("settings get secure android_id").out


def test_a_reset_loses_what_a_real_one_loses(used: Bench) -> None:
    before, boot = android_id(used), used.tablet.device.state.boot_id
    used.edit("factory-reset")
    data = used.tablet.device.data
    assert (data.accounts, data.users, data.networks, data.keys) == ([], {}, [], [])
    assert (data.restrictions, data.owner) == ([], None)
    assert data.timezone != "Europe/Paris"
    assert data.settings["system"]["screen_off_timeout"] == "60000"
    assert all(package.system for package in data.packages.values())
    assert data.files == {}
    assert android_id(used) != before
    assert used.tablet.device.state.boot_id != boot
    assert not used.tablet.knows_key(KEY)


def test_a_reset_keeps_the_unit_itself(used: Bench) -> None:
    identity = used.tablet.device.state.identity.model_copy()
    used.edit("break hang:dumpsys")
    used.edit("factory-reset")
    assert used.tablet.device.state.identity == identity
    assert used.tablet.device.state.battery_level == 33
    assert used.tablet.device.state.faults == ["hang:dumpsys"]
    assert used.run("getprop ro.serialno").out == "R52N00000001\n"


def test_adb_is_off_after_a_reset_until_a_hand_switches_it_on(used: Bench) -> None:
    used.edit("factory-reset")
    assert not used.tablet.adb_enabled
    assert used.tablet.wire_fault() == "refuse-connect"
    used.edit("enable-adb")
    assert used.tablet.adb_enabled
    assert used.tablet.wire_fault() is None


def test_a_reboot_keeps_data_and_changes_the_boot_id(used: Bench) -> None:
    boot = used.run("cat /proc/sys/kernel/random/boot_id").out
    seconds = used.tablet.reboot("")
    assert seconds == used.model.timing.reboot
    used.clock.advance(seconds)
    assert used.run("getprop sys.boot_completed").out == "\n"
    assert used.run("pm list packages -3").status == 20
    used.clock.advance(used.model.timing.boot)
    assert used.run("getprop sys.boot_completed").out == "1\n"
    assert used.run("pm list packages -3").out == "package:org.provision.fixture.chat\n"
    assert used.run("cat /proc/sys/kernel/random/boot_id").out != boot
    assert used.tablet.knows_key(KEY)


def test_a_saved_network_is_joined_again_after_a_reboot(used: Bench) -> None:
    used.tablet.reboot("")
    used.clock.advance(used.model.timing.reboot + used.model.timing.boot)
    assert "is not connected" in used.run("cmd wifi status").out
    used.clock.advance(used.model.timing.join)
    assert 'connected to "HOPITAL-FORMATION"' in used.run("cmd wifi status").out


def test_recovery_does_not_come_back_by_itself(used: Bench) -> None:
    assert used.tablet.reboot("recovery") == math.inf


def test_everything_is_there_after_a_restart_of_the_bench(used: Bench) -> None:
    before = used.tablet.device.state.model_dump()
    used.again()
    assert used.tablet.device.state.model_dump() == before
    assert used.tablet.read_file("/data/local/tmp/a.apk") == apk("chat")


def test_a_damaged_state_file_is_named(used: Bench) -> None:
    (used.folder / STATE_FILE).write_text("{")
    with pytest.raises(TrainingError, match=STATE_FILE):
        used.again()


def test_switching_debugging_off_cuts_the_link(used: Bench) -> None:
    assert used.run("settings put global adb_enabled 0").effect == "drop"
    assert not used.tablet.adb_enabled


def test_accounts_are_assumed_for_a_while_after_boot(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(34, {"accounts_cached": True}))
    bench.tablet.write_file("/data/local/tmp/a.apk", apk("owner"), 0o644)
    bench.run("pm install /data/local/tmp/a.apk")
    bench.clock.advance(bench.tablet.reboot("") + bench.model.timing.boot)
    line = "dpm set-device-owner org.provision.fixture.owner/.Admin"
    assert "already some accounts" in bench.run(line).err
    bench.clock.advance(bench.model.timing.boot)
    assert bench.run(line).out.startswith("Success")


def test_keys_pass_silently_only_once_accepted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    assert not bench.tablet.knows_key(KEY)
    assert bench.tablet.offer_key(KEY) == 0.0
    bench.tablet.accept_key(KEY)
    assert bench.tablet.knows_key(KEY)


def test_the_hand_may_tap_later(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30).model_copy(update={"tap_allow": "never"}))
    bench.tablet = type(bench.tablet)(tmp_path, bench.place.__class__("1", "1-1.1", "x", "s"), bench.model)
    assert bench.tablet.offer_key(KEY) is None
    assert bench.edit("allow") == "allowed"
    assert bench.tablet.knows_key(KEY)


def test_a_pushed_file_is_listed_and_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.write_file("/data/local/tmp/x.txt", b"hello", 0o644)
    assert bench.tablet.stat_file("/data/local/tmp/x.txt") == (0o100644, 5, 1767225600)
    assert [entry[0] for entry in bench.tablet.list_folder("/data/local/tmp") or []] == ["x.txt"]
    assert bench.tablet.read_file("/data/local/tmp/x.txt") == b"hello"
    assert bench.tablet.stat_file("/nowhere") is None
    assert bench.tablet.list_folder("/nowhere") is None
    assert bench.tablet.read_file("/nowhere") is None


def test_an_installed_package_can_be_pulled(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.write_file("/data/local/tmp/a.apk", apk("chat"), 0o644)
    bench.run("pm install /data/local/tmp/a.apk")
    path = bench.run("pm path org.provision.fixture.chat").out.strip().removeprefix("package:")
    assert bench.tablet.read_file(path) == apk("chat")


def test_two_names_of_the_card_are_one_place(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.tablet.write_file("/storage/emulated/0/a.txt", b"a", 0o644)
    assert bench.tablet.read_file("/sdcard/a.txt") == b"a"


@pytest.mark.parametrize(
    ("api", "payload", "features"),
    [(23, 4096, ()), (24, 262144, ("shell_v2", "cmd")), (26, 262144, ("shell_v2", "cmd", "stat_v2"))],
)
def test_the_banner_follows_the_release(tmp_path: Path, api: int, payload: int, features: tuple[str, ...]) -> None:
    banner = Bench(tmp_path, model_for(api)).tablet.banner
    assert (banner.max_payload, banner.version, banner.features) == (payload, 0x01000000, features)


def test_the_banner_of_11_has_the_newer_protocol(tmp_path: Path) -> None:
    banner = Bench(tmp_path, model_for(30)).tablet.banner
    assert (banner.max_payload, banner.version) == (1048576, 0x01000001)
    assert {"abb_exec", "ls_v2"} <= set(banner.features)
    assert (banner.product, banner.model, banner.device) == ("gta3xlwifixx", "SM-T510", "gta3xlwifi")


@pytest.mark.parametrize(("api", "in_order"), [(23, True), (30, True), (34, False)])
def test_packages_are_listed_in_order_before_14_only(tmp_path: Path, api: int, in_order: bool) -> None:  # noqa: FBT001 - a column of the table
    bench = Bench(tmp_path, model_for(api))
    listed = [line.removeprefix("package:") for line in bench.run("pm list packages").out.splitlines()]
    known = list(bench.tablet.device.data.packages)
    assert sorted(listed) == sorted(known)
    assert (listed == known) is in_order


def test_a_build_without_authorisation_takes_every_key(tmp_path: Path) -> None:
    model = model_for(23)
    open_model = model.model_copy(update={"props": {**model.props, "ro.adb.secure": "0"}})
    assert Bench(tmp_path, open_model).tablet.knows_key(KEY)


def test_a_push_without_room_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("break full-storage")
    with pytest.raises(SyncRefused, match="No space left on device"):
        bench.tablet.write_file("/data/local/tmp/a", b"x", 0o644)


def test_a_closed_kernel_file_cannot_be_pulled(tmp_path: Path) -> None:
    assert Bench(tmp_path, model_for(30)).tablet.read_file("/sys/class/net/wlan0/address") is None


def test_a_kernel_file_has_a_size(tmp_path: Path) -> None:
    assert Bench(tmp_path, model_for(30)).tablet.stat_file("/proc/sys/kernel/random/boot_id") == (
        0o100644,
        37,
        1767225600,
    )


def test_an_app_is_removed_by_hand(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.edit("remove-app com.android.vending")
    assert bench.run("pm list packages vending").out == ""
    bench.edit("set global adb_enabled null")
    assert bench.run("settings get global adb_enabled").out == "null\n"


def test_an_early_allow_counts_for_the_next_dialog(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    assert "next one" in bench.edit("allow")
    assert bench.tablet.offer_key(KEY) == 0.0


def test_networks_of_an_owner_are_locked_for_the_shell(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    save_network(bench.tablet.device, "HOPITAL-FORMATION", "wpa2", "formation-seulement", creator="owner")
    assert bench.run("settings put global wifi_device_owner_configs_lockdown 1").status == 0
    assert bench.run("cmd wifi forget-network 0").out == "Forget failed\n"
    assert bench.run("cmd wifi add-network HOPITAL-FORMATION wpa2 autre-secret").out == "Save failed\n"
    bench.run("settings put global wifi_device_owner_configs_lockdown 0")
    assert bench.run("cmd wifi forget-network 0").out == "Forget successful\n"


def test_the_link_ends_with_its_network(tmp_path: Path) -> None:
    bench = Bench(tmp_path, model_for(30))
    bench.run("cmd wifi connect-network HOPITAL-FORMATION wpa2 formation-seulement")
    bench.clock.advance(5)
    assert "is connected" in bench.run("cmd wifi status").out
    bench.run("cmd wifi forget-network 0")
    assert "is not connected" in bench.run("cmd wifi status").out
