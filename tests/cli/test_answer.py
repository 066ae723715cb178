"""The hotline's command: the digits of RFC 4226, clear refusals, a line for each use, and no lock."""

from __future__ import annotations

import hmac
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from state_file import FILE, change_state

from provision.agent.key_chain import KeyChain, write_key_chain
from provision.agent.offline_key import create_offline_key
from provision.agent.rekey import replace_site_key
from provision.agent.site_key import NAME, load_site_key
from provision.cli.answer import answer
from provision.cli.audit import audit
from provision.errors import HomeError
from provision.home.create import Details, create_home
from provision.home.folder import load_home, lock_home
from provision.site.secret import Secret
from provision.state.agent_secrets import Issued
from provision.state.opening import open_bench_state
from provision.state.sql.agent_secret_store import keep_issued
from provision.terms import HomeKind
from provision.texts.language import Language
from tests.case_files import read_cases

CASES: list[dict[str, Any]] = read_cases(Path(__file__).parents[1] / "cases/cli_answer.yaml")
SECRET = b"12345678901234567890"  # RFC 4226, appendix D


def make_home(folder: Path, language: str = "en") -> Path:
    """A home that gave out codes to two tablets, and can no longer read what it gave a third."""
    home = folder / "home"
    create_home(home, HomeKind.TRAINING, 1, Details(Language(language)))
    with open_bench_state(home) as state:
        state.open_registry("A").restore([("A-0060", "R52N60")])
        for name in ("A-0042", "A-0034", "A-0050"):
            state.database.write(partial(keep_issued, asset=name, issued=Issued(Secret(SECRET))))
    change_state(home, "UPDATE agent_secret SET policy = CAST(x'ff' AS TEXT) WHERE asset_id = 'A-0050'")
    return home


def call(home: Path, *words: str, typed: str | None = None, language: str = "en") -> Result:
    """Run the command as a person does, errors left as they are."""
    runner = CliRunner(env={"LANG": f"{language}.UTF-8", "LC_ALL": "", "LANGUAGE": ""})
    return runner.invoke(answer, ["--home", str(home), *words], input=typed)


def read_uses(home: Path) -> list[dict[str, str]]:
    """What `provision audit` prints."""
    done = CliRunner().invoke(audit, ["--home", str(home)])
    assert done.exit_code == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def derive(home: Path, asset: str, shown: str) -> str:
    """What the tablet of any bench of the site takes: HKDF (RFC 5869) of the site key, then RFC 4226."""
    key = load_pem_private_key((home / "keys/site-key.pem").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    scalar = key.private_numbers().private_value.to_bytes(32, "big")
    extracted = hmac.digest(bytes(32), scalar, "sha256")
    secret = hmac.digest(extracted, f"provision maintenance secret v1\n{asset}\1".encode(), "sha256")
    mac = hmac.digest(secret, int(shown).to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    digits = f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 10**8:08}"
    return f"{digits[:4]} {digits[4:]}\n"


def test_a_secret_of_before_a_rekey_is_told_as_what_it_is(tmp_path: Path) -> None:
    """Another bench may have run the tablet since; a damaged key keeps nobody from the answer."""
    home = make_home(tmp_path)
    keys = home / "keys"
    offline = create_offline_key(tmp_path / "offline.pem", Secret(b"twelve bytes at least"))
    chain = KeyChain(offline.public, load_site_key(keys).key_id)
    write_key_chain(keys, chain)
    words = "no other bench gave that tablet the new site key"
    assert words not in call(home, "A-0042", "00000001").stderr
    replace_site_key(keys, chain, offline)
    told = call(home, "A-0042", "00000001")
    assert (told.stdout, words in told.stderr) == ("9428 7082\n", True)
    (keys / NAME).write_bytes(b"")
    assert call(home, "A-0042", "00000001").stdout == "9428 7082\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["what"]))
def test_a_call_is_answered_or_refused_clearly(tmp_path: Path, case: dict[str, Any]) -> None:
    language = case.get("language", "en")
    home = make_home(tmp_path, language)
    done = call(home, *case["words"], typed=case.get("input"), language=language)
    assert [words for words in case.get("said", ()) if words not in done.stderr] == []
    assert done.stdout == (
        derive(home, case["derived"], case["words"][1]) if "derived" in case else case.get("out", "")
    )
    if "error" in case:
        assert type(done.exception).__name__ == case["error"]
        assert [words for words in case["told"] if words not in str(done.exception)] == []
        assert "\x1b" not in str(done.exception)
    else:
        assert done.exit_code == case.get("status", 0)
    uses = [use["event"] for use in read_uses(home)]
    assert len(uses) == ("out" in case or "derived" in case)
    assert "audit" not in case or uses == [case["audit"]]


def test_each_use_leaves_a_line_without_any_code(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    call(home, "A-0042", "00000001")
    call(home, "A-0034", "00000001")
    uses = read_uses(home)
    assert [(use["event"], use["asset"]) for use in uses] == [("answer", "A-0042"), ("answer", "A-0034")]
    assert set(uses[0]) == {"event", "asset", "at", "user"}
    one = CliRunner().invoke(audit, ["--home", str(home), "a-0034"])
    assert [json.loads(line) for line in one.stdout.splitlines()] == uses[1:]
    kept = (home / FILE).read_bytes()
    assert [code for code in (b"00000001", b"94287082", b"9428 7082") if code in kept] == []


def test_without_its_line_nothing_is_told(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    change_state(home, "DROP TABLE audit_event")
    done = call(home, "A-0042", "00000001")
    assert isinstance(done.exception, HomeError)
    assert done.stdout == ""


def test_a_call_is_answered_beside_a_station_and_with_a_broken_site(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with lock_home(load_home(home)):
        (home / "site.yaml").write_text("nothing: right\n")
        (home / "bench.yaml").write_text("nothing: right\n")
        assert call(home, "A-0042", "00000001").stdout == "9428 7082\n"


def test_a_folder_that_is_no_home_is_told(tmp_path: Path) -> None:
    done = call(tmp_path / "nowhere", "A-0042", "00000001")
    assert isinstance(done.exception, HomeError)
    assert "no bench home here" in str(done.exception)


def test_a_home_that_gave_out_nothing_yet_knows_no_tablet(tmp_path: Path) -> None:
    create_home(tmp_path / "new", HomeKind.TRAINING, 1, Details(Language.EN))
    assert "no tablet A-0001" in str(call(tmp_path / "new", "A-0001", "00000001").exception)
