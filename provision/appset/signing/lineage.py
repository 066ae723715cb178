"""Proof of rotation: each certificate signed by the one before it, the last one signs the APK (scheme v3)."""

from __future__ import annotations

import hashlib

from provision.appset.signing.algorithms import ALGORITHMS, PublicKey, check_signature, load_key
from provision.appset.signing.certificate import read_certificate
from provision.appset.signing.faults import SignatureFault
from provision.appset.signing.pieces import Pieces

MAX_ROTATIONS = 100


def verify_lineage(value: bytes) -> tuple[str, ...]:
    """SHA-256 of each certificate of a lineage, oldest first.

    Raises:
        SignatureFault: a link is not what it must be, or its certificate was not signed by the one before it.
    """
    pieces = Pieces(value)
    pieces.number()  # its version; Android reads every one alike
    found: list[str] = []
    key: PublicKey | None = None
    promised = 0
    for node in pieces.all():
        key, promised, certificate = _verify_link(Pieces(node), key, promised)
        if certificate in found or len(found) >= MAX_ROTATIONS:
            raise SignatureFault("its certificate history goes in circles")
        found.append(certificate)
    return tuple(found)


def _verify_link(node: Pieces, key: PublicKey | None, promised: int) -> tuple[PublicKey, int, str]:
    """(its key, algorithm that the next link is signed with, certificate) of one link.

    Args:
        node: signed data, flags, algorithm of the next link, signature.
        key: of the link before, None for the first.
        promised: algorithm that the link before announced.
    """
    signed = node.piece()
    node.number()  # flags: what old signers may still do; this product asks for the newest only
    following, signature = node.number(), node.piece()
    inside = Pieces(signed)
    certificate, named = inside.piece(), inside.number()
    if key is not None:
        if named != promised or promised not in ALGORITHMS:
            raise SignatureFault("its certificate history names an algorithm that does not fit")
        check_signature(ALGORITHMS[promised], key, signature, signed)
    return load_key(read_certificate(certificate).public_key), following, hashlib.sha256(certificate).hexdigest()
