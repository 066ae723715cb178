"""The bytes that DSSE signs: kind and payload, each behind its length (contract 4)."""

from __future__ import annotations


def frame(kind: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding of a payload of that media type."""
    return f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
