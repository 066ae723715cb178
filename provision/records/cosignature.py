"""A cosignature: a witness says that it saw a ledger only grow, up to this checkpoint and at this time.

https://c2sp.org/tlog-cosignature, the Ed25519 form (type 0x04): one more signature line under the checkpoint. The
witness signs with the key of its records under its own origin. What it signs begins with `cosignature/v1` and a line
`time N`, which neither a DSSE envelope nor a checkpoint can: the second line of a checkpoint is a bare number.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature

from provision.errors import RecordError
from provision.records.envelope import refuse_small_order
from provision.records.keys import HomeKey, HomeKeys
from provision.records.note import key_hash, open_checkpoint, split_note

COSIGNATURE_TYPE = b"\x04"
_TIME_BYTES, _SIGNATURE_BYTES = 8, 64
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def cosign_note(note: bytes, log: HomeKey, witness: HomeKeys, at: datetime, source: str) -> bytes:
    """Return the checkpoint with the lines of its own bench and one of the witness; lines of others are left out.

    Raises:
        RecordError: `note` is no checkpoint of that bench.
    """
    open_checkpoint(note, log.origin, log.public, source)
    text, lines = split_note(note, source)
    mine = (log.origin, key_hash(log.origin, log.raw))
    kept = [_write_line(name, value) for name, value in lines if (name, value[:4]) == mine]
    seconds = int(at.timestamp())
    signature = bytes.fromhex(witness.signer.sign(_signed_bytes(text, seconds)).signature)
    value = _key_id(witness.home) + seconds.to_bytes(_TIME_BYTES, "big") + signature
    return f"{text}\n{''.join([*kept, _write_line(witness.origin, value)])}".encode()


def open_cosignature(note: bytes, witness: HomeKey, source: str) -> datetime:
    """Return when the witness signed this checkpoint, by its clock.

    Raises:
        RecordError: not a signed note, no line of this witness, or one that does not fit.
    """
    text, lines = split_note(note, source)
    mine = [value[4:] for name, value in lines if (name, value[:4]) == (witness.origin, _key_id(witness))]
    if len(mine) != 1 or len(mine[0]) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise RecordError(f"{source}: expected one cosignature of {witness.origin}, got {len(mine)} that can be one")
    seconds, signature = int.from_bytes(mine[0][:_TIME_BYTES], "big"), mine[0][_TIME_BYTES:]
    try:
        refuse_small_order(signature[:32], source)
        witness.public.verify_signature(Signature(witness.fingerprint, signature.hex()), _signed_bytes(text, seconds))
    except UnverifiedSignatureError as error:
        raise RecordError(
            f"{source}: expected the cosignature of {witness.origin} over these lines, got one that does not fit"
        ) from error
    if seconds > _LATEST:
        raise RecordError(f"{source}: expected a time before the year 10000, got {seconds} s")
    return datetime.fromtimestamp(seconds, UTC)


def _signed_bytes(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _key_id(witness: HomeKey) -> bytes:
    return key_hash(witness.origin, witness.raw, COSIGNATURE_TYPE)


def _write_line(name: str, value: bytes) -> str:
    return f"— {name} {base64.b64encode(value).decode()}\n"
