"""One DSSE envelope as one line: made and opened with securesystemslib, in exactly one spelling.

DSSE allows several signatures, two base64 alphabets and key ids as mere hints. Ours does not: one
signature, standard base64, and the key id is the fingerprint of the key that verifies.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Signature, Signer, SSlibKey

from provision.errors import RecordError, RecordTooLarge
from provision.records.canonical import canonical_json, parse_canonical

PAYLOAD_TYPE = "application/vnd.in-toto+json"
LARGEST_LINE = 4 * 1024 * 1024
_FIELD = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset((0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8))
"""y of the eight points whose order divides 8."""


def sign_envelope(statement: dict[str, Any], signer: Signer) -> bytes:
    """Return the signed envelope of `statement`: canonical JSON and a final newline.

    Raises:
        RecordTooLarge: the line would be longer than `LARGEST_LINE`.
    """
    envelope = Envelope(canonical_json(statement, "statement"), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    line = canonical_json(envelope.to_dict(), "envelope") + b"\n"
    if len(line) > LARGEST_LINE:
        raise RecordTooLarge(f"statement: expected a line of at most {LARGEST_LINE} bytes, got {len(line)}")
    return line


def read_envelope(line: bytes, source: str) -> Envelope:
    """Return the envelope of one line (newline included), its signature not yet checked.

    Raises:
        RecordError: not the exact members, types, base64 or spelling.
    """
    if len(line) > LARGEST_LINE or not line.endswith(b"\n"):
        end = "" if line.endswith(b"\n") else " without a line end: it was cut off"
        raise RecordError(f"{source}: expected one line of at most {LARGEST_LINE} bytes, got {len(line)} bytes{end}")
    members = parse_canonical(line[:-1], source)
    expect_members(members, ("payload", "payloadType", "signatures"), f"{source}: envelope")
    if members["payloadType"] != PAYLOAD_TYPE:
        raise RecordError(f"{source}: payloadType: expected {PAYLOAD_TYPE}, got {members['payloadType']!r}")
    signatures = members["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise RecordError(f"{source}: signatures: expected exactly one, got {signatures!r:.60}")
    expect_members(signatures[0], ("keyid", "sig"), f"{source}: signature")
    payload = decode_base64(members["payload"], f"{source}: payload")
    value = decode_base64(signatures[0]["sig"], f"{source}: sig")
    keyid = signatures[0]["keyid"]
    if not isinstance(keyid, str):
        raise RecordError(f"{source}: keyid: expected text, got {type(keyid).__name__}")
    return Envelope(payload, PAYLOAD_TYPE, {keyid: Signature(keyid, value.hex())})


def open_envelope(line: bytes, key: SSlibKey, source: str) -> Any:  # noqa: ANN401 - JSON of a form the caller checks
    """Return the statement of one line that `key` signed.

    Raises:
        RecordError: not of the exact form, signed by another key, or changed after it was signed.
    """
    envelope = read_envelope(line, source)
    (keyid,) = envelope.signatures
    if keyid != key.keyid:
        raise RecordError(f"{source}: keyid: expected {key.keyid} (the key of this home), got {keyid}")
    refuse_small_order(bytes.fromhex(envelope.signatures[keyid].signature)[:32], f"{source}: sig")
    try:
        envelope.verify([key], 1)
    except VerificationError as error:
        raise RecordError(
            f"{source}: expected the signature of {key.keyid} over these bytes, got one that does not fit"
        ) from error
    return parse_canonical(envelope.payload, f"{source}: statement")


def refuse_small_order(point: bytes, source: str) -> None:
    """Raise `RecordError` for a point of Ed25519 that is not canonical or of small order.

    OpenSSL takes them: with such a key, or such a first half of a signature, one signature fits many messages.
    """
    y = int.from_bytes(point, "little") & ((1 << 255) - 1)
    if y >= _FIELD or y in _SMALL_ORDER:
        raise RecordError(f"{source}: expected a canonical point of large order, got one that proves nothing")


def decode_base64(text: object, source: str) -> bytes:
    """Return the bytes of standard base64 (RFC 4648 section 4) in its only canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (ValueError, binascii.Error):
        data = None
    if data is None or base64.b64encode(data).decode() != text:
        raise RecordError(f"{source}: expected canonical base64, got {text!r:.60}")
    return data


def expect_members(value: object, names: tuple[str, ...], source: str) -> None:
    """Raise `RecordError` unless `value` is a mapping with exactly these members."""
    if not isinstance(value, dict) or set(value) != set(names):
        got = sorted(value) if isinstance(value, dict) else type(value).__name__
        raise RecordError(f"{source}: expected exactly the members {sorted(names)}, got {got}")
