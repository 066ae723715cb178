"""What a batch would stumble over is said before it, with file, line and key."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from state_file import change_state

from provision.cli.check import check
from provision.errors import ConfigurationError, HomeError
from provision.home.create import Details, create_home
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.state.opening import open_bench_state
from provision.terms import HomeKind
from tests.case_files import first_quick
from tests.made_certificates import PASSWORD, make_all, make_bundle
from tests.records.record_bed import make_result, record


def make_home(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """A training home; changes: file, old text, new text."""
    home = folder / "home"
    create_home(home, HomeKind.TRAINING, 1, Details(name="CHU"))
    for name, old, new in changes:
        text = (home / name).read_text("utf-8")
        assert old in text
        (home / name).write_text(text.replace(old, new), "utf-8")
    return home


def line_of(file: Path, start: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(start))


def call(home: Path) -> Result:
    return CliRunner().invoke(check, ["--home", str(home)])


def issue(home: Path, asset: str, secret: bytes) -> Path:
    folder = home / "state" / "agents"
    folder.mkdir(exist_ok=True)
    words = {"version": 1, "secret": base64.b64encode(secret).decode(), "policy": "", "wanted": "", "drilled": ""}
    (folder / f"{asset}.json").write_text(json.dumps(words))
    return folder / f"{asset}.json"


def test_a_right_home_names_its_agent_and_site_key(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    issue(home, "A-0001", b"x" * 32)
    done = call(home)
    assert done.exit_code == 0
    assert "agent 0.6.0" in done.output
    assert "no offline key" in done.output


ACCOUNT = """  networks:
    - {ssid: COMPTES, security: eap, method: %s, identity: x, ca: ca.pem, domain: radius.hopital.example, %s}
"""


@pytest.mark.parametrize(
    ("method", "members", "days"),
    [
        ("peap", "password: {file: word}", 300),
        ("tls", "certificate: {file: key.p12}, certificate_password: {file: word}", 30),
        ("tls", "certificate: {file: key.p12}, certificate_password: {prompt: true}", 300),
    ],
)
def test_the_day_is_told_on_which_tablets_stop_joining(method: str, members: str, days: int, tmp_path: Path) -> None:
    today = datetime.now(UTC)
    made = make_all({"root": {"authority": True, "days": [-1, 300]}, "tablet": {"issuer": "root"}}, today)
    home = make_home(tmp_path)
    site = (home / "site.yaml").read_text("utf-8")
    before, _, rest = site.partition("wifi:\n")
    written = (
        before + "wifi:\n" + ACCOUNT % (method, members) + "  other_networks:" + rest.partition("  other_networks:")[2]
    )
    (home / "site.yaml").write_text(written, "utf-8")
    for name, content in {
        "ca.pem": made["root"].pem, "key.p12": make_bundle(made["tablet"], made["tablet"]), "word": PASSWORD,
    }.items():  # fmt: skip
        (home / name).write_bytes(content)
        (home / name).chmod(0o600)
    done = call(home)
    assert done.exit_code == 0, done.exception
    day = (today + timedelta(days=days)).strftime("%Y-%m-%d")
    assert f"certificates of COMPTES: the first of them ends on {day}" in done.output


NO_AGENT = ("bench.yaml", "agent: {development: true}", "# agent")
LOST_AGENT = ("bench.yaml", "{development: true}", f'{{file: no.apk, sha256: "{"0" * 64}", signer: "{"1" * 64}"}}')
LONG = ("site.yaml", 'hotline: "0000"', f'hotline: "{"1" * 61}"')
SEALED = ("site.yaml", "debugging: open", "debugging: closed")
DELIVERED = ("site.yaml", "  apps.present: set", "  apps.present: set\n  apps.configured: set")


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ((LONG,), [("site.yaml", "kiosk.hotline", "hotline:")]),
        ((LOST_AGENT,), [("bench.yaml", "agent.file", "agent:")]),
        ((DELIVERED,), [("site.yaml", "require.apps.configured", "require:")]),
        ((LOST_AGENT, LONG), [("bench.yaml", "agent.file", "agent:"), ("site.yaml", "kiosk.hotline", "hotline:")]),
    ],
)
def test_what_the_agent_cannot_carry_out_is_named_with_its_line(
    tmp_path: Path, changes: tuple[tuple[str, str, str], ...], faults: list[tuple[str, str, str]]
) -> None:
    home = make_home(tmp_path, *changes)
    error = call(home).exception
    assert isinstance(error, ConfigurationError)
    assert [(fault.file.name, fault.key, fault.line) for fault in error.faults] == [
        (name, key, line_of(home / name, start)) for name, key, start in faults
    ]


def test_a_seal_without_an_agent_is_refused(tmp_path: Path) -> None:
    error = call(make_home(tmp_path, NO_AGENT, SEALED)).exception
    assert isinstance(error, ConfigurationError)
    assert [(fault.file.name, fault.key) for fault in error.faults] == [("bench.yaml", "agent")]
    assert "seal: {debugging: closed}" in str(error)


def test_damaged_notes_about_tablets_are_all_named_and_not_told(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    issue(home, "A-0001", b"x" * 32)
    files = issue(home, "A-0002", b"too short a one"), issue(home, "A-0003", b"x" * 32)
    files[1].write_text("{")
    error = call(home).exception
    assert isinstance(error, HomeError)
    assert [line.partition(": ")[0] for line in str(error).splitlines()] == [str(file) for file in files]
    assert "too short" not in str(error)
    assert sorted(file.name for file in (home / "state").iterdir()) == ["agents"], "nothing was taken over"


SITE = ("site.yaml", "security: wpa2", "security: wep")
SLOTS = ("slots.yaml", "label:", "lable:")
APPS = ("bench.yaml", "# app_set: apks/apps.yaml", "app_set: apps.yaml")
PROFILES = ("bench.yaml", "# device_profiles: device_profiles", "device_profiles: profiles")


@pytest.mark.parametrize("broken_home", [True, False], ids=["its own files too", "only what they name"])
def test_one_look_finds_the_faults_of_every_file(tmp_path: Path, *, broken_home: bool) -> None:
    home = make_home(tmp_path, APPS, PROFILES, *((SITE, SLOTS) if broken_home else (LONG,)))
    (home / "apps.yaml").write_text("apps: many\n")
    (home / "profiles").mkdir()
    (home / "profiles/common.yaml").write_text("status: old\n")
    (home / "captures").mkdir()
    (home / "captures/bad.json").write_text("[1]")
    error = call(home).exception
    assert isinstance(error, ConfigurationError)
    named = [(fault.file.name, fault.key) for fault in error.faults]
    own = [("site.yaml", "wifi.security"), ("slots.yaml", "slots[0].lable"), ("slots.yaml", "slots[0].label")]
    rest = [("apps.yaml", "apps"), ("common.yaml", "status"), ("bad.json", "")]
    assert sorted(named) == sorted([*(own if broken_home else [("site.yaml", "kiosk.hotline")]), *rest])
    assert all(fault.expected and fault.got for fault in error.faults)


def test_damage_of_the_home_stands_above_the_faults_of_its_files(tmp_path: Path) -> None:
    home = make_home(tmp_path, SITE)
    (home / "keys/key.json").write_text("{}")
    error = call(home).exception
    assert isinstance(error, HomeError)
    first, *others = str(error).splitlines()
    assert "keys/key.json" in first
    assert any("site.yaml" in line and "wifi.security" in line for line in others)
    assert len(set(others)) == len(others)


def test_a_folder_without_a_home_is_said_to_be_none_and_nothing_else(tmp_path: Path) -> None:
    error = call(tmp_path / "nowhere").exception
    assert isinstance(error, HomeError)
    assert str(error).count("\n") == 0


DAMAGES = {
    "no such table: asset": "DROP TABLE asset",
    "a row that refers to none": "INSERT INTO tried_attempt VALUES ('A-0009', 'x', 'held', '')",
    "a row of another form": "INSERT INTO tried_attempt SELECT asset_id, 'x', 'fine', '' FROM agent_secret",
    "CHECK constraint failed": "INSERT INTO agent_secret VALUES ('A-0002', x'00', '', '', '')",
}


@pytest.mark.parametrize(("told", "damage"), first_quick(DAMAGES.items()))
def test_a_damaged_database_is_named(tmp_path: Path, told: str, damage: str) -> None:
    home = make_home(tmp_path)
    issue(home, "A-0001", b"x" * 32)
    assert call(home).exit_code == 0
    change_state(home, "PRAGMA ignore_check_constraints = ON", damage)
    wrong = call(home).exception
    assert isinstance(wrong, HomeError)
    assert "state.sqlite: damaged (" in str(wrong)
    assert told in str(wrong)


def test_a_database_that_is_lost_beside_records_is_told(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    record(RecordStore(home / "records", load_keys(home / "keys"), home / "state"), make_result(1, HomeKind.TRAINING))
    wrong = call(home).exception
    assert isinstance(wrong, HomeError)
    assert "state.sqlite: knows no tablet, while" in str(wrong)
    with open_bench_state(home) as state:
        state.open_registry("A").check_in("S", None)
    assert call(home).exit_code == 0


@pytest.mark.parametrize("broken", ["site.yaml", "bench.yaml"])
def test_a_home_named_by_a_relative_path_tells_each_fault_once(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, SITE if broken == "site.yaml" else ("bench.yaml", "facts: 6", "facts: six"))
    monkeypatch.chdir(home.parent)
    error = call(Path(home.name)).exception
    assert isinstance(error, ConfigurationError)
    assert [fault.file for fault in error.faults] == [home / broken]


def test_a_ward_whose_site_is_wrong_hears_of_its_demonstration_apps_too(tmp_path: Path) -> None:
    home = tmp_path / "ward"
    create_home(home, HomeKind.WARD, 1, Details(name="CHU", ssid="HOPITAL"))
    for hotline, also in (("", [("site.yaml", "kiosk.hotline")]), ('"42"', [])):
        text = (home / "site.yaml").read_text("utf-8")
        (home / "site.yaml").write_text(text.replace("hotline: ", f"hotline: {hotline}", 1), "utf-8")
        error = call(home).exception
        assert isinstance(error, ConfigurationError)
        named = [(fault.file.name, fault.key) for fault in error.faults]
        rest = [("bench.yaml", "app_set"), ("bench.yaml", "agent"), ("wifi", "")]
        assert sorted(named) == sorted([*also, *rest])
