"""What is said of the rest of the computer, of a home, and how it is shown."""

from __future__ import annotations

import json
import resource
import shlex
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provision.bench.udev_rule import write_rule
from provision.cli.doctor import describe, doctor, say_finding
from provision.doctor.computer import Computer, examine_computer
from provision.doctor.finding import Finding, Level
from provision.doctor.home import KEPT_DAYS, examine_home, examine_second_place
from provision.doctor.rule_file import name_command, write_rule_file
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.station.kept_checkpoint import name_kept_file
from provision.terms import HomeKind
from provision.texts.language import Language

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def make_computer(folder: Path) -> Computer:
    """A computer on which all is right."""
    rules, udev, usbfs, proc = (folder / name for name in ("rules", "control", "usbfs", "proc"))
    for each in (rules, proc):
        each.mkdir()
    (rules / "51-tablets.rules").write_text(write_rule("04e8"))
    udev.touch()
    usbfs.write_text("1000\n")
    return Computer((rules,), udev, proc, usbfs, lambda: NOW, ("echo", "yes"))


def find(computer: Computer, key: str, slots: int = 28) -> Finding | None:
    return next((finding for finding in examine_computer(computer, slots) if finding.key == key), None)


def test_nothing_is_found_where_all_is_right(tmp_path: Path) -> None:
    findings = examine_computer(make_computer(tmp_path), 28)
    assert {finding.level for finding in findings} == {Level.RIGHT}
    assert {finding.key for finding in findings} == {"udev", "rule", "adb", "descriptors", "usbfs", "clock"}


def test_udev_that_does_not_run_is_a_fault(tmp_path: Path) -> None:
    computer = make_computer(tmp_path)
    computer.udev.unlink()
    told = find(computer, "udev.missing")
    assert told == Finding("udev.missing", Level.FAULT, {}, "systemctl start systemd-udevd", needs_root=True)


RULES = {
    "51-tablets.rules": ("whatever somebody wrote there", True),
    "51-android.rules": ('SUBSYSTEM=="usb", ENV{ID_USB_INTERFACES}=="*:ff4201:*", TAG+="uaccess"', True),
    "70-debian.rules": ('ENV{adb_user}="yes", ATTR{bInterfaceClass}=="ff", ATTRS{x}=="FF4201"', True),
    "60-commented.rules": ('# ENV{ID_USB_INTERFACES}=="*:ff4201:*"', False),
    "60-printers.rules": ('SUBSYSTEM=="usb", ATTR{idVendor}=="03f0"', False),
    "51-android.txt": ('ENV{ID_USB_INTERFACES}=="*:ff4201:*"', False),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_counts_where_it_names_adb(name: str, tmp_path: Path) -> None:
    text, counts = RULES[name]
    computer = make_computer(tmp_path)
    rules = tmp_path / "other"
    rules.mkdir()
    (rules / name).write_text(text)
    told = find(replace(computer, rules=(tmp_path / "missing", rules)), "rule.missing")
    assert (told is None) == counts


SERVERS = {
    "of-a-user": (b"adb\0-L\0tcp:5037\0fork-server\0server\0--reply-fd\x004\0", b"HOME=/home/x\0", True),
    "of-a-program": (b"/opt/sdk/platform-tools/adb\0nodaemon\0server\0", b"PATH=/bin\0", True),
    "of-a-bench": (
        b"/x/adb\0-L\0tcp:localhost:4001\0nodaemon\0server\0",
        b"PATH=/bin\0HOME=/a b/ward/keys/adb\0",
        False,
    ),
    "a-client": (b"adb\0devices\0", b"", False),
    "another-program": (b"/usr/bin/nadb\0server\0", b"", False),
    "an-editor": (b"vim\0/usr/bin/adb\0server.txt\0", b"", False),
}


@pytest.mark.parametrize("name", SERVERS)
def test_another_adb_server_is_named_by_its_process(name: str, tmp_path: Path) -> None:
    words, environment, told = SERVERS[name]
    computer = make_computer(tmp_path)
    process = computer.proc / "4711"
    process.mkdir()
    (process / "cmdline").write_bytes(words)
    (process / "environ").write_bytes(environment)
    (computer.proc / "self").mkdir()
    (computer.proc / "12").mkdir()  # ended meanwhile
    found = find(computer, "adb.other")
    assert (found.values["pid"] if found else None) == ("4711" if told else None)


def test_an_adb_server_whose_environment_nobody_may_read_is_named_too(tmp_path: Path) -> None:
    """It is another user's, as one that `sudo adb` started."""
    computer = make_computer(tmp_path)
    process = computer.proc / "4711"
    (process / "environ").mkdir(parents=True)  # as unreadable as a closed file, to root as well
    (process / "cmdline").write_bytes(SERVERS["of-a-user"][0])
    found = find(computer, "adb.other")
    assert found is not None
    assert (found.command, found.needs_root) == ("kill 4711", False)
    (process / "environ").rmdir()  # ended meanwhile
    assert find(computer, "adb.other") is None


@pytest.mark.parametrize(
    ("given", "slots", "key"), [("16", 28, "usbfs"), ("16", 33, "usbfs.small"), ("0", 120, "usbfs")]
)
def test_memory_of_the_kernel_is_held_against_the_slots(given: str, slots: int, key: str, tmp_path: Path) -> None:
    computer = make_computer(tmp_path)
    computer.usbfs.write_text(given)
    assert find(computer, key, slots) is not None


def test_files_and_sockets_are_held_against_the_slots(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    computer = make_computer(tmp_path)
    assert find(computer, "descriptors") is not None
    few = find(computer, "descriptors.few", 10_000_000)
    assert (few is None) == (limits[1] == resource.RLIM_INFINITY)
    assert few is None or few.command == "ulimit -Hn 40000064"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("echo", "yes"), "clock"),
        (("echo", "no"), "clock.alone"),
        (("false",), "clock.unknown"),
        (("/none",), "clock.unknown"),
    ],
)
def test_the_clock_is_what_the_computer_says_of_it(words: tuple[str, ...], key: str, tmp_path: Path) -> None:
    assert find(replace(make_computer(tmp_path), clock=words), key) is not None


def test_a_clock_that_fell_back_is_a_fault_whatever_it_follows(tmp_path: Path) -> None:
    computer = replace(make_computer(tmp_path), now=lambda: datetime(1970, 1, 2, tzinfo=UTC))
    found = find(computer, "clock.wrong")
    assert found is not None
    assert (found.level, found.command) == (Level.FAULT, "timedatectl set-ntp true")


def make_home(folder: Path, second_place: Path | None = None) -> Path:
    home = folder / "home"
    create_home(home, HomeKind.TRAINING, 3, Details(name="CHU"))
    if second_place is not None:
        with (home / "bench.yaml").open("a", encoding="utf-8") as file:
            file.write(f"second_place: {second_place}\n")
    return home


def test_a_right_home_is_told_with_its_slots(tmp_path: Path) -> None:
    findings, slots = examine_home(make_home(tmp_path), NOW)
    assert slots == 3
    told = [(each.key, each.level) for each in findings]
    assert told == [("home", "right"), ("home.one-place", "warning"), ("home.no-backup", "warning")]


def test_a_home_with_faults_names_the_command_that_tells_them(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "site.yaml").write_text("nothing: right\n")
    ((wrong,), slots) = examine_home(home, NOW)
    assert (wrong.key, wrong.level, slots) == ("home.wrong", Level.FAULT, 3)
    assert wrong.command == f"provision check --home {home}"


@pytest.mark.parametrize("name", ["keys/site-key.pem", "secrets/wifi"])
def test_a_secret_that_others_can_read_is_a_fault(name: str, tmp_path: Path) -> None:
    home = make_home(tmp_path)
    file = home / name
    file.parent.chmod(0o755)
    file.chmod(0o644)
    told = [each.command for each in examine_home(home, NOW)[0] if each.key == "home.open"]
    assert told == [f"chmod 600 {file}"]
    file.parent.chmod(0o700)
    assert [each for each in examine_home(home, NOW)[0] if each.key == "home.open"] == []


@pytest.mark.parametrize(
    ("days", "level"), [(-1, Level.RIGHT), (KEPT_DAYS, Level.RIGHT), (KEPT_DAYS + 1, Level.WARNING)]
)
def test_the_age_of_the_checkpoint_elsewhere_is_told(days: int, level: Level, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home = load_home(make_home(tmp_path, elsewhere))
    assert examine_second_place(home, NOW).key == "home.place-empty"
    file = name_kept_file(elsewhere, load_keys(home.keys))
    file.touch()
    now = datetime.fromtimestamp(file.stat().st_mtime, UTC) + timedelta(days=days, seconds=1)
    told = examine_second_place(home, now)
    assert (told.key, told.level, told.values["count"]) == ("home.kept", level, max(0, days))


def call(*words: str) -> Result:
    return CliRunner().invoke(doctor, words)


@pytest.mark.parametrize("slots", ["slots: [", "slots: 3"])
def test_slots_that_cannot_be_read_are_counted_by_nobody(slots: str, tmp_path: Path) -> None:
    home = make_home(tmp_path)
    (home / "slots.yaml").write_text(slots)
    assert examine_home(home, NOW)[1] == 0


@pytest.mark.parametrize(("count", "said"), [(1, "1 fault in"), (2, "2 faults in")])
def test_one_fault_is_told_as_one(count: int, said: str) -> None:
    told = Finding("home.wrong", Level.FAULT, {"folder": "/h", "count": count})
    assert said in say_finding(told, Language.EN)
    assert said in str(describe(told, Language.EN)["text"])


def test_each_finding_is_a_line_for_programs(tmp_path: Path) -> None:
    done = call("--home", str(make_home(tmp_path)), "--json", "--language", "fr")
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert {"adb", "disk", "home"} <= {line["finding"] for line in lines}
    assert done.exit_code == int(any(line["level"] == "fault" for line in lines))


def test_a_person_reads_level_sentence_and_command(tmp_path: Path) -> None:
    done = call("--home", str(tmp_path / "none"), "--language", "en")
    assert f"warning   {tmp_path}/none: no bench home there." in done.output
    assert "right     adb " in done.output


def test_the_rule_is_written_whole_and_udev_is_told(tmp_path: Path) -> None:
    file = tmp_path / "rules.d" / "51-tablets.rules"
    assert write_rule_file(file, [("true",), ("true",)]) is None
    assert file.read_text() == write_rule(None) + "\n"


@pytest.mark.parametrize(("words", "why"), [(("sh", "-c", "echo busy >&2; exit 1"), "busy"), (("/none",), "/none")])
def test_a_udev_that_was_not_told_is_no_success(words: tuple[str, ...], why: str, tmp_path: Path) -> None:
    assert why in (write_rule_file(tmp_path / "51-tablets.rules", [words, ("true",)]) or "")


def test_who_is_not_root_is_told_a_command_that_writes_the_same(tmp_path: Path) -> None:
    file = tmp_path / "51-tablets.rules"
    words = shlex.split(name_command(file))
    assert words[:3] == ["sudo", "sh", "-c"]
    write = words[3].split(" && ")[0]
    subprocess.run(["sh", "-c", write], check=True)
    assert file.read_text() == write_rule(None) + "\n"
