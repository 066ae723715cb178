"""The tablet's own key: asked for, proved, judged, and told to a record."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from agent_bed import MATERIAL
from agent_tablet import AgentTablet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificates

from provision.agent.contract import AGENT
from provision.agent.own_key import NoKey, OwnKey, read_own_key
from provision.attestation.chain import Worth
from provision.errors import AnswerError
from provision.runs.own_key import find_change, judge_own_key, tell_own_key
from provision.state.agent_secrets import KnownKey
from provision.state.opening import open_bench_state
from provision.terms import Reason
from tests.case_files import CASES

NOW = datetime(2026, 11, 30, tzinfo=UTC)
CHALLENGE_THERE = "6417f92c-daef-4cc1-8828-5bb39338ffd5"
"""In the published chain."""
TABLET, CHALLENGE = MATERIAL["tablet"], "0123456789abcdef" * 4


def locked(folder: Path, api: int) -> AgentTablet:
    """A tablet under a policy."""
    tablet = AgentTablet(folder, api).enrol()
    tablet.client.apply("A-0042", tablet.policy, lambda _digest: None)
    return tablet


def proved(tablet: AgentTablet, *, make: bool) -> OwnKey:
    key = tablet.client.prove(make=make)
    assert isinstance(key, OwnKey)
    return key


@pytest.mark.parametrize("api", [23, 24, 34])
def test_a_key_is_made_once_and_proved_each_time(api: int, tmp_path: Path) -> None:
    tablet = locked(tmp_path, api)
    look = tablet.client.prove(make=False)
    assert isinstance(look, NoKey)
    assert look.error is None, "a look makes none"
    first = proved(tablet, make=True)
    again = proved(tablet, make=True)
    assert (first.made, again.made, first.public) == (True, False, again.public)
    assert again.challenge != first.challenge
    worth = Worth.NONE if api < 24 else Worth.UNKNOWN_ROOT
    assert [judge_own_key(one, NOW).worth for one in (first, again)] == [worth] * 2
    tablet.client.apply("A-0042", tablet.policy, lambda _digest: None)
    assert proved(tablet, make=True).public == first.public, "kept over policies"
    tablet.client.release()
    assert not any("keystore" in name for name in tablet.bench.tablet.device.data.app_data.get(AGENT, {}))


def test_a_tablet_that_attests_nothing_has_a_key_all_the_same(tmp_path: Path) -> None:
    tablet = locked(tmp_path, 28)
    tablet.bench.tablet.device.state.faults = ["owner-refuses:generateKeyPair+attested"]
    key = proved(tablet, make=True)
    assert (key.made, key.error, judge_own_key(key, NOW).worth) == (True, "not attested: KeyStoreException", Worth.NONE)


def test_releases_and_agents_without_keys_say_so(tmp_path: Path) -> None:
    old, older = locked(tmp_path / "22", 22), locked(tmp_path / "30", 30)
    none = old.client.prove(make=True)
    assert isinstance(none, NoKey)
    assert none.error == "not on this release"
    package = older.bench.tablet.device.data.packages[AGENT]
    package.version_code, package.version_name = 5, "0.5.0"
    older.bench.tablet.device.processes.pop(AGENT)
    assert older.client.prove(make=True) is None


def said(key: ec.EllipticCurvePrivateKey, challenge: str = CHALLENGE, **changes: object) -> dict[str, object]:
    """What an agent answers that holds a key."""
    signature = key.sign(f"provision-key-v1\n{TABLET}\n{challenge}".encode(), ec.ECDSA(SHA256()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    shown = {"public": public, "signature": signature}
    member = {name: base64.b64encode(value).decode() for name, value in shown.items()}
    member |= {"chain": ["AAAA"], "hardware": True} | changes
    return {"key": member, "made": False, "error": None}


def test_only_who_holds_the_key_proves_it() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    assert isinstance(read_own_key(said(key), TABLET, CHALLENGE, "x"), OwnKey)
    own = said(ec.generate_private_key(ec.SECP256R1()))["key"]
    assert isinstance(own, dict)
    for wrong in (
        said(key, challenge=CHALLENGE[::-1]),
        said(key, public=own["public"]),
        said(key, signature=own["signature"]),
        said(other),
        said(key, signature="AAAA"),
        said(key, chain=[]),
        said(key, chain=["A=A"]),
        said(key, chain=["AAAA"] * 11),
        said(key, hardware=None),
        said(key) | {"more": 1},
    ):
        with pytest.raises(AnswerError):
            read_own_key(wrong, TABLET, CHALLENGE, "x")
    with pytest.raises(AnswerError):
        read_own_key(said(key), TABLET[::-1], CHALLENGE, "x")


def test_a_record_is_told_no_more_than_was_proved(tmp_path: Path) -> None:
    tablet = locked(tmp_path, 30)
    key = proved(tablet, make=True)
    told = tell_own_key(key, None, NOW)
    assert told == (
        f"tablet key: {key.key_id}",
        "tablet key before this run: none known to this bench",
        f"tablet key, public part: {base64.b64encode(key.public).decode()}",
        "tablet key lives in: hardware, by the tablet's own word",
        "attestation: unknown-root",
    )
    assert tell_own_key(None, None, NOW) == ()
    assert tell_own_key(NoKey(TABLET, None), None, NOW) == ("tablet key: none made yet",)
    assert tell_own_key(NoKey(TABLET, "not on this release"), None, NOW) == (
        "tablet key: unsupported: not on this release",
    )


def test_another_key_of_the_same_installation_is_a_finding() -> None:
    key = read_own_key(said(ec.generate_private_key(ec.SECP256R1())), TABLET, CHALLENGE, "x")
    assert isinstance(key, OwnKey)
    cases = {
        "the same": KnownKey(TABLET, key.key_id),
        f"{'0' * 64}, of the same installation": KnownKey(TABLET, "0" * 64),
        f"{'0' * 64}, of another installation": KnownKey(TABLET[::-1], "0" * 64),
    }
    found = {words: find_change(key, known) for words, known in cases.items()}
    assert [one is not None for one in found.values()] == [False, True, False]
    assert [one.reason for one in found.values() if one] == [Reason.TABLET_KEY_CHANGED]
    for words, known in cases.items():
        assert f"tablet key before this run: {words}" in tell_own_key(key, known, NOW)
    assert find_change(NoKey(TABLET, "KeyStoreException"), cases["the same"]) is None
    assert find_change(key, None) is None
    lost = find_change(NoKey(TABLET, None), cases["the same"])
    assert lost is not None
    assert lost.reason is Reason.TABLET_KEY_CHANGED


@pytest.mark.parametrize(
    ("made", "known", "says"),
    [
        (True, None, "of this run"),
        (False, "same", "not of this run; the key was known to this bench before"),
        (False, None, "not of this run; the key was unknown to this bench before"),
        (False, "other", "not of this run; the key was unknown to this bench before"),
    ],
)
def test_of_a_challenge_that_nobody_compared_only_its_key_is_told(
    made: bool,  # noqa: FBT001 # a case
    known: str | None,
    says: str,
) -> None:
    pem = (CASES / "attestation/tegu-36.pem").read_bytes()
    chain = load_pem_x509_certificates(pem)
    public = chain[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ders = tuple(one.public_bytes(Encoding.DER) for one in chain)
    key = OwnKey(TABLET, public, ders, True, made, CHALLENGE_THERE, None)  # noqa: FBT003 # in hardware
    before = None if known is None else KnownKey(TABLET, key.key_id if known == "same" else "0" * 64)
    assert f"attestation challenge: {says}" in tell_own_key(key, before, NOW)


def test_a_bench_keeps_the_key_it_saw_last(tmp_path: Path) -> None:
    with open_bench_state(tmp_path) as state:
        secrets = state.agent_secrets
        assert secrets.find_own_key("A-0001") is None
        for key in (KnownKey(TABLET, "0" * 64), KnownKey(TABLET, "1" * 64)):
            secrets.note_own_key("A-0001", key)
            assert (secrets.find_own_key("A-0001"), secrets.find_own_key("A-0002")) == (key, None)
