"""The verifier's own Ed25519 against RFC 8032 and against `cryptography`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provision.records.verify_record import ORDER, P, _decode_point, verify_signature
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/records/ed25519.yaml")


def judged_by_cryptography(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def flipped(data: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(data))


@pytest.mark.parametrize("vector", CASES["vectors"], ids=lambda vector: vector["name"])
def test_the_vectors_of_rfc_8032_verify_and_no_neighbour_of_them(vector: dict) -> None:
    public, message, signature = (bytes.fromhex(vector[name]) for name in ("public", "message", "signature"))
    assert verify_signature(public, message, signature)
    assert not verify_signature(public, message + b"\0", signature)
    assert not any(verify_signature(public, message, flipped(signature, bit)) for bit in range(0, 512, 37))
    assert not any(verify_signature(flipped(public, bit), message, signature) for bit in range(0, 256, 37))


@pytest.mark.parametrize("seed", range(25))
def test_it_agrees_with_cryptography_on_good_and_on_malformed_signatures(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable cases, no secret
    private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    public, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
    signature = private.sign(message)
    assert verify_signature(public, message, signature)
    tries = [
        (public, message, flipped(signature, chance.randrange(512))),
        (flipped(public, chance.randrange(256)), message, signature),
        (public, message, signature[:63]),
        (public, message, signature + b"\0"),
        (public[:31], message, signature),
        (public, message, signature[32:] + signature[:32]),
        (public, message, chance.randbytes(64)),
        (chance.randbytes(32), message, signature),
        (public, message, b""),
    ]
    for attempt in tries:
        assert verify_signature(*attempt) is judged_by_cryptography(*attempt) is False


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"once")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not verify_signature(public, b"once", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("point", CASES["bad_points"])
def test_points_of_small_order_or_in_another_spelling_are_refused_as_key_and_as_nonce(point: str) -> None:
    """With a key of small order, one constant signature fits many messages."""
    bad, private = bytes.fromhex(point), Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    identity = bytes([1]) + bytes(31)
    forged = identity + bytes(32)
    assert not any(verify_signature(bad, bytes([number]), forged) for number in range(8))
    assert not any(verify_signature(bad, bytes([number]), bad + bytes(32)) for number in range(8))
    assert not verify_signature(public, b"m", bad + private.sign(b"m")[32:])


def test_a_point_has_one_encoding() -> None:
    """Of y and y + p, the same number below 2**255, only the first is canonical."""
    twice = [number for number in range(19) if _decode_point(number.to_bytes(32, "little"))]
    assert twice, "no case"
    assert [number for number in twice if _decode_point((P + number).to_bytes(32, "little"))] == []


def test_the_forgery_that_small_order_allows_is_real() -> None:
    """Positive control of the test above: `cryptography` accepts what we refuse."""
    identity = bytes([1]) + bytes(31)
    assert judged_by_cryptography(identity, b"anything", identity + bytes(32))
