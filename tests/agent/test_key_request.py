"""Keys of networks that tablets make: asked for, kept, lost, and never certified without a proof."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from agent_bed import site_key
from agent_tablet import AgentTablet
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateSigningRequestBuilder

from provision.agent.key_request import KeyRequest, NoKeyRequest, read_key_request
from provision.errors import AnswerError
from provision.site.certificates import name_tablet

UNIT = "ab" * 32


def asked(tablet: AgentTablet, ssid: str = "COMPTES") -> KeyRequest:
    answer = tablet.client.request_certificate(ssid, "A-0042")
    assert isinstance(answer, KeyRequest)
    return answer


def test_a_key_is_made_once_for_each_network_and_gone_with_a_release(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 33).enrol()
    first, again, other = asked(tablet), asked(tablet), asked(tablet, "SERVICE")
    assert (first.made, again.made, other.made) == (True, False, True)
    assert first.request.public_key() == again.request.public_key() != other.request.public_key()
    assert first.request.subject == name_tablet("A-0042", site_key().key_id)
    tablet.client.apply("A-0042", tablet.policy, lambda _digest: None)
    assert not tablet.bench.tablet.device.data.keychain, "a policy without these networks"
    third = asked(tablet)
    assert (third.made, third.request.public_key() == first.request.public_key()) == (True, False)
    tablet.client.release()
    assert not tablet.bench.tablet.device.data.keychain


def test_a_release_without_such_keys_says_so(tmp_path: Path) -> None:
    tablet = AgentTablet(tmp_path, 30).enrol()
    answer = tablet.client.request_certificate("COMPTES", "A-0042")
    assert answer == NoKeyRequest("not on this release")
    assert answer.is_final
    assert not NoKeyRequest("KeyStoreException").is_final, "a restart may help"


def write(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "A-0042", tail: bytes = b"") -> str:
    request = CertificateSigningRequestBuilder(name_tablet(name, UNIT)).sign(key, SHA256())
    der = request.public_bytes(Encoding.DER)
    return base64.b64encode(der[: len(der) - len(tail)] + tail).decode()


SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 # what is to be refused
P256 = ec.generate_private_key(ec.SECP256R1())
WRONG = {
    "another signature": (lambda: write(P256, tail=b"\0\0"), "signed by the key that it names|certificate request"),
    "another tablet's name": (lambda: write(P256, "A-0043"), "the subject that was asked for"),
    "a short key": (lambda: write(SHORT), "a key on P-256 or RSA of 2048"),
    "another curve": (lambda: write(ec.generate_private_key(ec.SECP384R1())), "a key on P-256 or RSA of 2048"),
    "no request": (lambda: base64.b64encode(b"0\0").decode(), "certificate request"),
}


@pytest.mark.parametrize("case", WRONG)
def test_nothing_is_certified_that_is_not_proved(case: str) -> None:
    make, told = WRONG[case]
    with pytest.raises(AnswerError, match=told):
        read_key_request({"request": make(), "made": True, "error": None}, "A-0042", UNIT, "content call")
    right = read_key_request({"request": write(P256), "made": True, "error": None}, "A-0042", UNIT, "content call")
    assert isinstance(right, KeyRequest)
