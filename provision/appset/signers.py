"""Who claims to have signed an APK: the certificates in its signatures.

This reads certificates and does NOT verify signatures: the bytes are pinned by SHA-256 in
`apps.yaml`, and Android verifies at installation. Verification (digests of contents, signatures,
rotation of v3) is a step of its own that takes the same blocks: `read_signing_blocks` is its seam.

Formats: APK Signature Scheme v2, v3 and v3.1 (source.android.com, "APK Signature Scheme v2" and
"v3"): a block before the ZIP central directory with the magic `APK Sig Block 42` at its end, in it
pairs of id and value; v1: a PKCS #7 file in META-INF.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from provision.appset.manifest import DAMAGED, ApkError

MAX_BLOCK_BYTES = 16 * 1024 * 1024
SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}

_END_RECORD = b"PK\x05\x06"
_END_RECORD_SIZE = 22
_MAX_COMMENT = 0xFFFF
_MAGIC = b"APK Sig Block 42"
_V1_SUFFIXES = (".RSA", ".DSA", ".EC")
_MAX_V1_BYTES = 1024 * 1024


def claimed_signers(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Per signature scheme the SHA-256 of each signer's certificate (DER), lower-case hexadecimal.

    The schemes found are among `v1`, `v2`, `v3`, `v3.1`; an unsigned APK gives none.

    Raises:
        ApkError: the file is damaged.
        OSError: the file cannot be read.
    """
    try:
        found = {scheme: tuple(_block_signers(value)) for scheme, value in read_signing_blocks(path).items()}
        v1 = tuple(_v1_signers(path))
    except DAMAGED as error:
        raise ApkError(f"its signature cannot be read ({type(error).__name__})") from None
    return {"v1": v1, **found} if v1 else found


def read_signing_blocks(path: Path) -> Mapping[str, bytes]:
    """The value of each known pair in the APK signing block, by scheme; empty without a block."""
    with path.open("rb") as apk:
        size = apk.seek(0, 2)
        tail_start = max(0, size - _END_RECORD_SIZE - _MAX_COMMENT)
        apk.seek(tail_start)
        directory = _directory_offset(apk.read())
        if directory < 32 or directory > size:
            return {}
        apk.seek(directory - 24)
        length, magic = struct.unpack("<Q16s", apk.read(24))
        if magic != _MAGIC:
            return {}
        if not 24 <= length <= min(directory - 8, MAX_BLOCK_BYTES):
            raise ApkError("its signing block has an impossible size")
        apk.seek(directory - length - 8)
        block = apk.read(length - 24 + 8)
    if struct.unpack_from("<Q", block)[0] != length:
        raise ApkError("its signing block has two different sizes")
    return {SCHEMES[pair]: value for pair, value in _pairs(block[8:]) if pair in SCHEMES}


def _directory_offset(tail: bytes) -> int:
    """Offset of the ZIP central directory, from the last end record whose comment fills the rest."""
    position = tail.rfind(_END_RECORD)
    while position >= 0:
        record = tail[position : position + _END_RECORD_SIZE]
        if len(record) == _END_RECORD_SIZE:
            offset, comment = struct.unpack("<IH", record[16:])
            if position + _END_RECORD_SIZE + comment == len(tail):
                return int(offset)
        position = tail.rfind(_END_RECORD, 0, position)
    raise ApkError("it is not a ZIP file")


def _pairs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Pairs of the block: 8 bytes length, 4 bytes id, value."""
    position = 0
    while position < len(data):
        length, pair = struct.unpack_from("<QI", data, position)
        if not 4 <= length <= len(data) - position - 8:
            raise ApkError("its signing block is cut off")
        yield pair, data[position + 12 : position + 8 + length]
        position += 8 + length


def _parts(data: bytes) -> Iterator[bytes]:
    """A sequence of values, each with its length in 4 bytes before it."""
    position = 0
    while position < len(data):
        (length,) = struct.unpack_from("<I", data, position)
        if length > len(data) - position - 4:
            raise ApkError("its signature is cut off")
        yield data[position + 4 : position + 4 + length]
        position += 4 + length


def _first(data: bytes) -> bytes:
    """The first value of a sequence."""
    part = next(_parts(data), None)
    if part is None:
        raise ApkError("its signature is incomplete")
    return part


def _block_signers(value: bytes) -> Iterator[str]:
    """v2 and v3 begin alike: signers > signer > signed data > digests, certificates (own first)."""
    for signer in _parts(_first(value)):
        signed_data = _parts(_first(signer))
        next(signed_data, None)  # digests of the contents
        yield hashlib.sha256(_first(next(signed_data, b""))).hexdigest()


def _v1_signers(path: Path) -> Iterator[str]:
    """The certificate of each META-INF/*.RSA, .DSA or .EC."""
    with zipfile.ZipFile(path) as apk:
        for name in apk.namelist():
            if name.startswith("META-INF/") and name.count("/") == 1 and name.upper().endswith(_V1_SUFFIXES):
                with apk.open(name) as entry:
                    yield _v1_signer(entry.read(_MAX_V1_BYTES))


def _v1_signer(pkcs7: bytes) -> str:
    """The signer's certificate; where a chain is enclosed, the one that issued no other in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old keys with odd serial numbers are not our finding
        certificates = load_der_pkcs7_certificates(pkcs7)
    issuers = {each.issuer for each in certificates if each.issuer != each.subject}
    leaves = [each for each in certificates if each.subject not in issuers]
    if len(leaves) != 1:
        raise ApkError("its v1 signature does not say which certificate signed")
    return hashlib.sha256(leaves[0].public_bytes(Encoding.DER)).hexdigest()
