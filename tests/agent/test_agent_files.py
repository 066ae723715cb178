"""What a bench keeps of its agents: the APK it trusts, the secrets it issued, the site key it shares."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_app

from provision.agent.apk import DEVELOPMENT_SIGNER, Pin, load_agent, read_capabilities
from provision.agent.contract import AGENT
from provision.agent.issued import IssuedBook
from provision.agent.rows import BY_PART, CONTROLS, ROWS, VERSION, list_unknown
from provision.agent.site_key import create_site_key, import_site_key, load_site_key
from provision.errors import ConfigurationError, HomeError
from provision.home.bench_settings import TOOLKIT, AgentRef, read_digest
from provision.proofs.attempts import Tried
from provision.terms import Control, HomeKind, ProofVerdict

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
    assert read_capabilities(make_app(AGENT, path=TOOLKIT / path, version_code=code)) == version


def test_an_agent_is_too_old_for_a_control_whose_deciding_part_came_later() -> None:
    came_later = replace(BY_PART["running"], part="brake", since=VERSION + 1)
    decides = replace(came_later, decides=True)
    assert list_unknown(CONTROLS, VERSION, (*ROWS, came_later)) == frozenset()
    assert list_unknown(CONTROLS, VERSION, (*ROWS, decides)) == {Control.KIOSK_LOCK_TASK}
    assert list_unknown(CONTROLS, VERSION + 1, (*ROWS, decides)) == frozenset()
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


def test_a_secret_is_on_disk_in_a_private_file_and_stays_the_same(tmp_path: Path) -> None:
    book = IssuedBook(tmp_path / "agents")
    assert book.find("A-0001") is None
    secret = book.issue("A-0001").secret.reveal()
    assert stat.S_IMODE((tmp_path / "agents/A-0001.json").stat().st_mode) == 0o600
    book.note_policy("A-0001", "p", "w")
    book.note_drill("A-0001")
    found = IssuedBook(tmp_path / "agents").find("A-0001")
    assert found is not None
    assert (found.secret.reveal(), found.policy, found.wanted, found.drilled) == (secret, "p", "w", "p")
    book.note_policy("A-0001", "q", "w")
    assert book.issue("A-0001").drilled == ""
    assert book.issue("A-0002").secret.reveal() != secret


def test_positive_controls_outlive_a_policy_and_what_came_of_attempts_does_not(tmp_path: Path) -> None:
    book = IssuedBook(tmp_path / "agents")
    book.note_unlocked("A-0001", {"kiosk.home": 0.5})
    book.note_policy("A-0001", "p", "w")
    book.note_tried("A-0001", {"kiosk.home": Tried(ProofVerdict.HELD, "x")})
    found = IssuedBook(tmp_path / "agents").issue("A-0001")
    assert (found.unlocked, found.tried) == ({"kiosk.home": 0.5}, {"kiosk.home": Tried(ProofVerdict.HELD, "x")})
    book.note_policy("A-0001", "q", "w")
    again = book.issue("A-0001")
    assert (again.unlocked, again.tried) == ({"kiosk.home": 0.5}, {})


def test_a_file_of_before_the_proofs_is_read(tmp_path: Path) -> None:
    book = IssuedBook(tmp_path)
    book.issue("A-0001")
    file = tmp_path / "A-0001.json"
    document = json.loads(file.read_text())
    del document["tried"], document["unlocked"]
    file.write_text(json.dumps(document))
    assert (book.issue("A-0001").tried, book.issue("A-0001").unlocked) == ({}, {})


ISSUED = f'{{"version": 1, "secret": "{"QUFB" * 7}", "policy": "", "wanted": "", "drilled": "", '


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"version": 2}',
        '{"version": 1, "secret": 1, "policy": 2}',
        ISSUED + '"unlocked": []}',
        ISSUED + '"unlocked": {"a": "b"}}',
        ISSUED + '"tried": {"a": ["held"]}}',
        ISSUED + '"tried": {"a": ["fine", "x"]}}',
        ISSUED + '"unlocked": {"a": NaN}}',
        ISSUED + '"unlocked": {"a": -1}}',
        ISSUED + f'"unlocked": {{"a": {"9" * 400}}}}}',
        ISSUED.replace("QUFB", "", 1) + '"tried": {}}',
        ISSUED.replace("QUFB", "QUFB" * 4) + '"tried": {}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_never_replaced(text: str, tmp_path: Path) -> None:
    file = tmp_path / "A-0001.json"
    file.write_text(text)
    with pytest.raises(HomeError, match=r"A-0001.*; put its backup back, or move it away") as caught:
        IssuedBook(tmp_path).issue("A-0001")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert file.read_text() == text


@pytest.mark.parametrize(("text", "told"), [("{", "no JSON in line 1"), ("{}", "no member 'version'"), ("[]", "form")])
def test_a_damaged_file_is_told_by_what_is_wrong_with_it(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "A-0001.json").write_text(text)
    with pytest.raises(HomeError, match=told):
        IssuedBook(tmp_path).find("A-0001")


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
