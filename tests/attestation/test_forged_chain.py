"""Chains with wrong bytes under right signatures: what a tablet, which signs its own chain, may have written."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from made_chain import TODAY, Party, describe, issue, know

from provision.attestation.chain import Attestation, Worth, judge_chain

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")

ROOT = issue("root")
MIDDLE = issue("middle", ROOT)
LEAF = issue("leaf", MIDDLE, describe())
PLACES = 3
"""Certificates of the chain."""
MUTATIONS = 300


def forge(party: Party, signer: Party, body: bytes) -> bytes:
    """A certificate of other contents, rightly signed."""
    algorithm = x509.Certificate.load(party.der)["signature_algorithm"].dump()
    signature = b"\x00" + signer.key.sign(body, ec.ECDSA(SHA256()))
    return wrap(0x30, body + algorithm + wrap(0x03, signature))


def wrap(tag: int, contents: bytes) -> bytes:
    size = len(contents)
    length = bytes([size]) if size < 128 else bytes([0x82, *size.to_bytes(2)])
    return bytes([tag]) + length + contents


def judge(chain: Sequence[bytes]) -> Attestation:
    return judge_chain(chain, LEAF.public, TODAY, know(ROOT))


def forge_one(place: int, body: bytes) -> list[bytes]:
    """The chain with one certificate of other contents, which its issuer signed."""
    parties = (LEAF, MIDDLE, ROOT)
    chain = [party.der for party in parties]
    chain[place] = forge(parties[place], parties[min(place + 1, PLACES - 1)], body)
    return chain


def body_of(place: int) -> bytes:
    return (LEAF, MIDDLE, ROOT)[place].certificate.tbs_certificate_bytes


@pytest.mark.parametrize("bad", [b"\xff\xfeddle", b"mid\x80le"])
def test_a_name_that_is_no_text_is_a_question_mark(bad: bytes) -> None:
    middle, leaf = body_of(1).replace(b"middle", bad), body_of(0).replace(b"middle", bad)
    forged = forge(MIDDLE, ROOT, middle)
    found = judge([forge(LEAF, ROOT, leaf), forged, ROOT.der])
    assert (found.worth, found.fault) == (Worth.BROKEN, "CN=leaf is not signed by ?")
    named = [forge(LEAF, MIDDLE, leaf), forged, ROOT.der]
    late = judge_chain(named, LEAF.public, TODAY.replace(year=2030), know(ROOT))
    assert (late.worth, late.lapsed) == (Worth.VERIFIED, ("? ended 2027-02-28",))


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        (1, b"\x17\x0d26", b"\x17\x0d99"),
        (1, b"\x17\x0d260901000000Z", b"\x17\x0d261332256199Z"),
        (1, b"\x02\x01\x07", b"\x02\x01\x87"),
        (0, b"\x02\x01\x07", b"\x02\x01\x00"),
    ],
    ids=["a year far away", "a day that is none", "a negative serial", "serial zero"],
)
def test_dates_and_numbers_that_are_none_break_no_run(place: int, old: bytes, new: bytes) -> None:
    body = body_of(place)
    assert old in body
    assert judge(forge_one(place, body.replace(old, new))).worth in Worth


def mutate(dice: random.Random) -> Iterator[list[bytes]]:
    """One to three bytes of one certificate, another one each time."""
    for number in range(MUTATIONS):
        body = bytearray(body_of(number % PLACES))
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(body))
            body[at] = dice.choice((body[at] ^ 1 << dice.randrange(8), 0, 0xFF, 0x80))
        yield forge_one(number % PLACES, bytes(body))


def test_no_signed_bytes_break_the_judge() -> None:
    for chain in mutate(random.Random(1)):  # noqa: S311 # the same each time
        assert judge(chain).worth in Worth
