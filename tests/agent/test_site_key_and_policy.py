"""The site key on disk, the policy from the site, the hotline's answer."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from agent_bed import MATERIAL
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)
from factories import make_site

from provision.agent.maintenance import Scope, answer_challenge, read_scope
from provision.agent.policy import MAINTENANCE, PolicySubject, check_site_fits, leave_out_unknown, make_policy
from provision.agent.site_key import NAME, create_site_key, load_site_key
from provision.errors import ConfigurationError, HomeError
from provision.site.secret import Secret

ASSET = PolicySubject("A-0042", "Cardiologie 2")
GOOD = {"networks.0.passphrase": Secret(b"correct horse"), MAINTENANCE: Secret(b"x" * 20)}


def test_a_key_is_made_private_and_read_back(tmp_path: Path) -> None:
    made = create_site_key(tmp_path / "keys")
    assert (tmp_path / "keys" / NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    loaded = load_site_key(tmp_path / "keys")
    assert loaded.key_id == made.key_id == hashlib.sha256(made.public).hexdigest()
    assert len(made.public) == 91
    public = load_der_public_key(made.public)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(loaded.sign(b"x"), b"x", ec.ECDSA(SHA256()))


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = create_site_key(tmp_path)
    with pytest.raises(HomeError, match="never overwritten"):
        create_site_key(tmp_path)
    assert load_site_key(tmp_path).key_id == first.key_id


def test_the_private_key_shows_in_no_text(tmp_path: Path) -> None:
    assert "private" not in repr(create_site_key(tmp_path)).lower()


def test_a_missing_key_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match=str(tmp_path / NAME)):
        load_site_key(tmp_path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create_site_key(tmp_path)
    (tmp_path / NAME).chmod(0o640)
    with pytest.raises(HomeError, match="0600"):
        load_site_key(tmp_path)


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, passphrase: bytes = b"") -> bytes:
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(ed25519.Ed25519PrivateKey.generate()),
        pem(ec.generate_private_key(ec.SECP256R1()), b"locked"),
    ],
    ids=["empty", "broken", "another curve", "another kind", "encrypted"],
)
def test_another_kind_of_key_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    (tmp_path / NAME).chmod(0o600)
    with pytest.raises(HomeError, match="P-256"):
        load_site_key(tmp_path)


def faults(packages: list[str] | None = None, **changes: object) -> list[str]:
    site = make_site(**changes)
    with pytest.raises(ConfigurationError) as caught:
        check_site_fits(site, packages or [], Path("site.yaml"), {})
    return [fault.key for fault in caught.value.faults]


def test_a_site_the_agent_cannot_carry_out_is_refused_with_every_fault() -> None:
    kiosk = {"lock_task": True, "hotline": "1" * 61}
    wifi = {"ssid": "X", "security": "open"}
    packages = [f"org.example.a{number}" for number in range(25)]
    found = faults(packages, name="x" * 65, wifi=wifi, kiosk=kiosk)
    assert found == ["wifi.security", "name", "kiosk.hotline", "kiosk.lock_task"]


def test_a_fitting_site_passes() -> None:
    check_site_fits(
        make_site(), ["org.provision.agent", *(f"a.b{number}" for number in range(24))], Path("site.yaml"), {}
    )


def test_what_the_site_does_not_want_is_absent() -> None:
    body = make_policy(make_site(location={"on": False}), ASSET, ["a.b"], GOOD, lambda place, _secret: place)
    assert set(body) == {"asset", "language", "wifi", "maintenance"}


@pytest.mark.parametrize(
    ("calls", "ringer"),
    [
        ({"loud": True}, {"percent": 70}),
        ({"loud": True, "volume_percent": 40, "ceiling_percent": 80}, {"percent": 40, "most": 80}),
    ],
)
def test_the_ringer_has_a_floor_and_perhaps_a_ceiling(calls: dict[str, object], ringer: dict[str, int]) -> None:
    body = make_policy(make_site(calls=calls), ASSET, ["a.b"], GOOD, lambda place, _secret: place)
    assert body["ringer"] == ringer


ALL_MEMBERS = ["applications", "grants", "kiosk", "wifi"]


@pytest.mark.parametrize(("version", "kept"), [(3, ALL_MEMBERS), (2, ALL_MEMBERS), (1, ["kiosk", "wifi"])])
def test_a_policy_asks_for_nothing_that_an_agent_does_not_know(version: int, kept: list[str]) -> None:
    """Version 2 has no row for grants; they decide nothing, and the app set leaves them out for such an agent."""
    assert sorted(leave_out_unknown(dict.fromkeys(ALL_MEMBERS, 1), version)) == kept


@pytest.mark.parametrize(("version", "given"), [(4, False), (5, True)])
def test_days_until_erasing_reach_no_agent_that_would_not_know_whose_they_are(version: int, *, given: bool) -> None:
    """An agent before 0.6.0 has no rule to keep: what is wanted changes with its update, and the next run applies."""
    policy = {"outside": {"minutes": 60, "wipe": {"days": 14}}}
    assert leave_out_unknown(policy, version) == (policy if given else {})


def test_every_secret_goes_through_the_seal() -> None:
    sealed: dict[str, bytes] = {}

    def encrypt(place: str, secret: Secret) -> str:
        sealed[place] = secret.reveal()
        return "sealed"

    body = make_policy(make_site(), ASSET, [], GOOD, encrypt)
    assert sealed == {"wifi.passphrase": b"correct horse", "maintenance.secret": b"x" * 20}
    assert "correct horse" not in str(body)


RFC_4226 = [
    "84755224",
    "94287082",
    "37359152",
    "26969429",
    "40338314",
    "68254676",
    "18287922",
    "82162583",
    "73399871",
    "45520489",
]


@pytest.mark.parametrize("counter", range(10))
def test_the_hotline_answers_as_rfc_4226_does(counter: int) -> None:
    secret = Secret(b"12345678901234567890")
    assert answer_challenge(secret, f"{counter:08d}").reveal().decode() == RFC_4226[counter]


@pytest.mark.parametrize(
    "challenge", ["", "1234567", "023456789", "523456789", "1234567890", "1234567x", "１２３４５６７８"]
)
def test_a_challenge_of_another_form_is_refused(challenge: str) -> None:
    with pytest.raises(ValueError, match="8 digits"):
        answer_challenge(Secret(b"x" * 20), challenge)


def test_the_answer_of_a_scope_fits_that_scope_alone() -> None:
    """Contract 11: HOTP over the number of the scope and the digits, read as one number."""
    shown = ["00000001", "100000001", "200000001", "300000001", "400000001"]
    assert [read_scope(each) for each in shown] == list(Scope)
    answers = [answer_challenge(Secret(b"12345678901234567890"), each).reveal().decode() for each in shown]
    assert answers == [RFC_4226[1], "60388069", "78510978", "48118382", "04168125"]


def test_the_digits_are_a_secret() -> None:
    assert MATERIAL["challenge"] not in repr(answer_challenge(Secret(b"x" * 20), MATERIAL["challenge"]))
