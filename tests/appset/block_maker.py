"""A small signer of block schemes, for what Debian's apksigner cannot make: v3.1, odd attributes, odd ranges."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from broken_apks import with_pairs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from signed_apks import make_certificate

from provision.appset.signing.algorithms import ContentDigest, encode_key
from provision.appset.signing.archive import read_layout
from provision.appset.signing.block_schemes import BLOCK_IDS, Scheme
from provision.appset.signing.contents import digest_contents

ECDSA_SHA256 = 0x0201


@dataclass(frozen=True)
class Key:
    """A signer's key and certificate."""

    name: str
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def certificate(self) -> bytes:
        """DER; the same for one key, because nothing in it is random but its signature."""
        return _CERTIFICATES.setdefault(self.name, make_certificate(self.name, self.secret).public_bytes(Encoding.DER))

    @property
    def digest(self) -> str:
        """SHA-256 of the certificate."""
        return hashlib.sha256(self.certificate).hexdigest()


_CERTIFICATES: dict[str, bytes] = {}


def long(data: bytes) -> bytes:
    """A value with its length before it."""
    return struct.pack("<I", len(data)) + data


def make_signer(
    raw: bytes, scheme: Scheme, key: Key, limits: tuple[int, int] = (28, 0x7FFFFFFF), **attributes: bytes
) -> bytes:
    """One signer of one scheme over the contents of `raw`; attributes by `x` and their id in hexadecimal."""
    file = io.BytesIO(raw)
    digest = digest_contents(file, read_layout(file), (ContentDigest.SHA256,))[ContentDigest.SHA256]
    ranged = struct.pack("<II", *limits) if scheme is not Scheme.V2 else b""
    more = b"".join(long(struct.pack("<I", int(name[1:], 16)) + value) for name, value in attributes.items())
    signed = (
        long(long(struct.pack("<I", ECDSA_SHA256) + long(digest)))
        + long(long(key.certificate)) + ranged + long(more)
    )  # fmt: skip
    signature = long(struct.pack("<I", ECDSA_SHA256) + long(_sign(key, signed)))
    return long(long(signed) + ranged + long(signature) + long(encode_key(key.secret.public_key())))


def _sign(key: Key, data: bytes) -> bytes:
    return key.secret.sign(data, ec.ECDSA(hashes.SHA256()))


def make_lineage(*keys: Key) -> bytes:
    """A proof of rotation from the first key to the last."""
    nodes, before = b"", None
    for key in keys:
        signed = long(key.certificate) + struct.pack("<I", ECDSA_SHA256 if before else 0)
        signature = _sign(before, signed) if before else b""
        nodes += long(long(signed) + struct.pack("<II", 23, ECDSA_SHA256) + long(signature))
        before = key
    return struct.pack("<I", 1) + nodes


def put_signers(raw: bytes, signers: Mapping[Scheme, bytes]) -> bytes:
    """`raw` with these signers in place of its signing block."""
    return with_pairs(raw, [(BLOCK_IDS[scheme], long(value)) for scheme, value in signers.items()])
