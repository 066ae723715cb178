"""Schemes v2, v3 and v3.1: signers in the signing block, each over digests of the whole contents."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.appset.signing.algorithms import (
    ALGORITHMS,
    ContentDigest,
    check_signature,
    encode_key,
    load_key,
)
from provision.appset.signing.certificate import read_certificate
from provision.appset.signing.faults import ContradictedSignature, SignatureFault
from provision.appset.signing.lineage import verify_lineage
from provision.appset.signing.pieces import Pieces

NEWEST_SDK = 0x7FFFFFFF
_STRIPPING, _LINEAGE, _ROTATION_MIN_SDK = 0xBEEFF00D, 0x3BA06F8C, 0x559F8B02
MAX_SIGNERS = 10  # Android 14 takes no more


class Scheme(StrEnum):
    """A signature scheme, by its name in Android's documents."""

    V1 = "v1"
    V2 = "v2"
    V3 = "v3"
    V31 = "v3.1"


BLOCK_IDS: Mapping[Scheme, int] = {Scheme.V2: 0x7109871A, Scheme.V3: 0xF05368C0, Scheme.V31: 0x1B93AD61}
_LIMITED = (Scheme.V3, Scheme.V31)

Digester = Callable[[ContentDigest], bytes]


@dataclass(frozen=True)
class Signer:
    """One verified signer.

    Attributes:
        certificate: SHA-256 of the certificate (DER), lower-case hexadecimal.
        min_sdk, max_sdk: releases it signs for; v1 and v2 have no limits.
        lineage: certificates it rotated from, oldest first, itself last; empty without rotation.
        promises: newer schemes that it says the file also has (stripping protection).
        rotates_from: first release whose signer stands in the v3.1 block; None says nothing.
        checksum: of the certificate as Android prints it (`Arrays.hashCode`, hexadecimal); empty for v1.
    """

    certificate: str
    min_sdk: int = 0
    max_sdk: int = NEWEST_SDK
    lineage: tuple[str, ...] = ()
    promises: frozenset[int] = frozenset()
    rotates_from: int | None = None
    checksum: str = ""


def verify_block(scheme: Scheme, value: bytes, digester: Digester) -> tuple[Signer, ...]:
    """Every signer of one scheme.

    Raises:
        SignatureFault: its form is not the scheme's, a digest differs from the contents, a signature does not hold,
            or a key or certificate cannot be read.
    """
    signers = tuple(_verify_signer(scheme, Pieces(each), digester) for each in Pieces(Pieces(value).piece()).all())
    if not signers:
        raise SignatureFault("it names no signer")
    if len(signers) > MAX_SIGNERS:
        raise SignatureFault(f"it has more than {MAX_SIGNERS} signers")
    return signers


def _verify_signer(scheme: Scheme, pieces: Pieces, digester: Digester) -> Signer:
    signed = pieces.piece()
    limits = (pieces.number(), pieces.number()) if scheme in _LIMITED else (0, NEWEST_SDK)
    signatures, public = Pieces(pieces.piece()), pieces.piece()
    inside = Pieces(signed)
    digests, certificates = _read_pairs(Pieces(inside.piece())), tuple(Pieces(inside.piece()).all())
    if not certificates:
        raise SignatureFault("it has no certificate")
    certificate = read_certificate(certificates[0])
    key = load_key(certificate.public_key)
    if public != certificate.public_key and public != encode_key(key):
        raise SignatureFault("its public key is not that of its certificate")
    if scheme in _LIMITED and (inside.number(), inside.number()) != limits:
        raise SignatureFault("it names two ranges of releases")
    if limits[0] > limits[1]:
        raise SignatureFault("its range of releases is empty")
    used = _read_pairs(signatures)
    known = [each for each in used if each in ALGORITHMS]
    if not known:
        raise SignatureFault("it has no signature in an algorithm that Android knows")
    for each in known:
        check_signature(ALGORITHMS[each], key, used[each], signed)
    _compare_digests(list(used), digests, known, digester)
    return _describe(certificates[0], limits, _read_attributes(inside))


def _read_pairs(pieces: Pieces) -> dict[int, bytes]:
    """Values by algorithm, in the order of the file."""
    found: dict[int, bytes] = {}
    for each in pieces.all():
        pair = Pieces(each)
        key = pair.number()
        if key in found:
            raise SignatureFault("it names an algorithm twice")
        found[key] = pair.piece()
    return found


def _compare_digests(used: list[int], digests: Mapping[int, bytes], known: Collection[int], digester: Digester) -> None:
    if list(digests) != used:
        raise SignatureFault("its digests and its signatures name different algorithms")
    for each in known:
        if not hmac.compare_digest(digester(ALGORITHMS[each].content), digests[each]):
            raise ContradictedSignature("its contents were changed after it was signed")


def _read_attributes(inside: Pieces) -> dict[int, bytes]:
    """Additional attributes by id: four bytes, then the value. v2 files of the first tools have none at all."""
    if not inside.left:
        return {}
    found: dict[int, bytes] = {}
    for each in Pieces(inside.piece()).all():
        found[struct.unpack_from("<I", each)[0]] = each[4:]
    return found


def _describe(certificate: bytes, limits: tuple[int, int], attributes: Mapping[int, bytes]) -> Signer:
    own = hashlib.sha256(certificate).hexdigest()
    lineage = verify_lineage(attributes[_LINEAGE]) if _LINEAGE in attributes else ()
    if lineage and lineage[-1] != own:
        raise SignatureFault("its certificate history ends with another certificate")
    promise = _number(attributes.get(_STRIPPING))
    return Signer(
        own,
        *limits,
        lineage,
        frozenset() if promise is None else frozenset({promise}),
        _number(attributes.get(_ROTATION_MIN_SDK)),
        _checksum(certificate),
    )


def _checksum(data: bytes) -> str:
    value = 1
    for byte in data:
        value = (31 * value + byte - (256 if byte > 127 else 0)) & 0xFFFFFFFF  # Java's bytes have signs
    return f"{value:x}"


def _number(value: bytes | None) -> int | None:
    return None if value is None else int(struct.unpack_from("<I", value)[0])
