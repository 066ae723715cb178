"""What a bench keeps of its agents: the APK it trusts, the site key it shares."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from provision.agent.apk import DEVELOPMENT_SIGNER, Pin, load_agent, read_apk_capabilities
from provision.agent.contract import AGENT
from provision.agent.rows import AGENT_CONTROLS, BY_PART, NETWORKS, NEVER, ROWS, VERSION, list_unknown
from provision.agent.site_key import create_site_key, import_site_key, load_site_key
from provision.appset.signing.faults import ApkError
from provision.errors import ConfigurationError, HomeError
from provision.home.bench_settings import TOOLKIT, AgentRef, read_digest
from provision.terms import Control, HomeKind

PIN = AgentRef(development=True).pin(Path())
SETTINGS = Path("bench.yaml")


def test_a_training_home_takes_the_development_agent() -> None:
    app = load_agent(PIN, SETTINGS, HomeKind.TRAINING)
    assert (app.package, app.signer, app.min_sdk) == (AGENT, DEVELOPMENT_SIGNER, 21)


@pytest.mark.parametrize(
    ("path", "code", "version"),
    [(PIN.file, 4, VERSION), (Path("apks/fixtures/chat.apk"), 2, 2), (Path("apks/fixtures/chat.apk"), 9, 3)],
)
def test_an_apk_tells_the_version_of_the_capability_table_it_was_built_with(
    path: Path, code: int, version: int
) -> None:
    assert read_apk_capabilities(TOOLKIT / path, code).version == version


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (None, {}),
        ({"version": 3}, {}),
        (
            {"version": 9, "networks": [{"security": "open", "set_from": 21}, {"security": "tls"}]},
            {"open": 21, "tls": NEVER},
        ),
    ],
)
def test_an_apk_tells_which_networks_it_sets(table: object, kinds: dict[str, int], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "agent.apk", "w") as archive:
        if table is not None:
            archive.writestr("assets/capabilities.json", json.dumps(table))
    assert read_apk_capabilities(tmp_path / "agent.apk", 4).networks == kinds


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"version": "4"}',
        b'{"version": 4, "version": 5}',
        b'{"version": 4, "networks": {}}',
        b'{"version": 4, "networks": ["open"]}',
        b'{"version": 4, "networks": [{"set_from": 21}]}',
        b'{"version": 4, "networks": [{"security": "open", "set_from": "21"}]}',
        b"[" * 100000,
    ],
)
def test_a_capability_table_in_no_known_form_is_no_intact_apk(table: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "agent.apk", "w") as archive:
        archive.writestr("assets/capabilities.json", table)
    with pytest.raises(ApkError, match=r"capabilities\.json"):
        read_apk_capabilities(tmp_path / "agent.apk", 4)


def test_the_toolkits_agent_sets_the_networks_of_this_stations_table() -> None:
    assert read_apk_capabilities(PIN.file, 4).networks == NETWORKS


def test_an_agent_is_too_old_for_a_control_whose_deciding_part_came_later() -> None:
    came_later = replace(BY_PART["running"], part="brake", since=VERSION + 1)
    decides = replace(came_later, decides=True)
    assert list_unknown(AGENT_CONTROLS, VERSION, (*ROWS, came_later)) == frozenset()
    assert list_unknown(AGENT_CONTROLS, VERSION, (*ROWS, decides)) == {Control.KIOSK_LOCK_TASK}
    assert list_unknown(AGENT_CONTROLS, VERSION + 1, (*ROWS, decides)) == frozenset()
    assert list_unknown({Control.LOCATION_ON}, VERSION, (*ROWS, decides)) == frozenset(), "nobody asks for it"


@pytest.mark.parametrize(
    ("pin", "key"),
    [
        (PIN, "agent.signer"),
        (Pin(PIN.file, "0" * 64, "1" * 64), "agent.sha256"),
        (Pin(PIN.file, PIN.sha256, "1" * 64), "agent.signer"),
        (Pin(Path("missing.apk"), PIN.sha256, "1" * 64), "agent.file"),
    ],
)
def test_a_ward_home_refuses_what_is_not_its_own(pin: Pin, key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_agent(pin, SETTINGS, HomeKind.WARD)
    assert key in {fault.key for fault in caught.value.faults}


@pytest.mark.parametrize("place", ["pipe", "/dev/zero", "folder"])
def test_an_agent_that_is_no_file_is_refused_and_not_waited_for(place: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "agent.apk").symlink_to(place)
    with pytest.raises(ConfigurationError, match=r"agent\.file: expected a readable APK"):
        load_agent(Pin(tmp_path / "agent.apk", PIN.sha256, "1" * 64), SETTINGS, HomeKind.WARD)


@pytest.mark.parametrize("text", [None, "", "junk", "\udcff", "0 1 2", "0  other.apk"])
def test_a_damaged_list_of_digests_pins_nothing_and_names_itself(text: str | None, tmp_path: Path) -> None:
    apk = tmp_path / "agent.apk"
    apk.write_bytes(b"x")
    if text is not None:
        (tmp_path / "agent.apk.sha256").write_text(text, "utf-8", "surrogateescape")
    assert not read_digest(apk)
    with pytest.raises(ConfigurationError, match=r"agent\.apk\.sha256"):
        load_agent(Pin(apk, read_digest(apk), DEVELOPMENT_SIGNER), SETTINGS, HomeKind.TRAINING)


def test_a_second_bench_of_a_site_takes_its_key_over(tmp_path: Path) -> None:
    first = create_site_key(tmp_path / "a")
    import_site_key(tmp_path / "b", tmp_path / "a/site-key.pem")
    assert load_site_key(tmp_path / "b").key_id == first.key_id
    with pytest.raises(HomeError):
        import_site_key(tmp_path / "b", tmp_path / "a/site-key.pem")
