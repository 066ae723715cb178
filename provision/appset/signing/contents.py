"""Digests over everything in an APK but its signing block.

The end record is digested as if the directory began where the signing block does.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO

from provision.appset.signing.algorithms import ContentDigest
from provision.appset.signing.archive import Layout
from provision.appset.signing.faults import SignatureFault

CHUNK = 1024 * 1024
PAGE = 4096
_SALT = bytes(8)  # of the tree: eight zero bytes


def digest_contents(file: BinaryIO, layout: Layout, wanted: Collection[ContentDigest]) -> Mapping[ContentDigest, bytes]:
    """Each wanted digest of the contents."""
    makers: dict[ContentDigest, Callable[[], bytes]] = {
        ContentDigest.SHA256: lambda: _digest_chunks(file, layout, hashlib.sha256),
        ContentDigest.SHA512: lambda: _digest_chunks(file, layout, hashlib.sha512),
        ContentDigest.VERITY: lambda: _digest_tree(file, layout),
    }
    return {each: makers[each]() for each in wanted}


def _digest_chunks(file: BinaryIO, layout: Layout, new: Callable[..., Any]) -> bytes:
    """Digest of the digests of all chunks, each with its length before it (scheme v2)."""
    digests = [
        new(b"\xa5" + struct.pack("<I", len(chunk)) + chunk).digest()
        for section in _sections(file, layout)
        for chunk in section
    ]
    found: bytes = new(b"\x5a" + struct.pack("<I", len(digests)) + b"".join(digests)).digest()
    return found


def _sections(file: BinaryIO, layout: Layout) -> Iterator[Iterator[bytes]]:
    """Entries, directory, end record; no chunk reaches over two of them."""
    yield _chunks(file, 0, layout.block)
    yield _chunks(file, layout.directory, layout.end)
    yield iter((_end_record(file, layout),))


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    for position in range(start, end, CHUNK):
        file.seek(position)
        yield file.read(min(CHUNK, end - position))


def _end_record(file: BinaryIO, layout: Layout) -> bytes:
    file.seek(layout.end)
    record = bytearray(file.read(layout.size - layout.end))
    struct.pack_into("<I", record, 16, layout.block)
    return bytes(record)


def _digest_tree(file: BinaryIO, layout: Layout) -> bytes:
    """Root of the tree of salted page digests, and the length of the contents in eight bytes."""
    if layout.block % PAGE or (layout.directory - layout.block) % PAGE:
        raise SignatureFault("its signing block does not lie on whole pages, as its algorithm wants it")
    length = layout.block + layout.size - layout.directory
    level = [_digest_page(page) for page in _pages(file, layout)]
    while len(level) > 1:
        joined = b"".join(level)
        level = [_digest_page(joined[at : at + PAGE]) for at in range(0, len(joined), PAGE)]
    return level[0] + struct.pack("<Q", length)


def _digest_page(page: bytes) -> bytes:
    return hashlib.sha256(_SALT + page.ljust(PAGE, b"\0")).digest()


def _pages(file: BinaryIO, layout: Layout) -> Iterator[bytes]:
    rest = b""
    for section in _sections(file, layout):
        for chunk in section:
            rest += chunk
            whole = len(rest) // PAGE * PAGE
            yield from (rest[at : at + PAGE] for at in range(0, whole, PAGE))
            rest = rest[whole:]
    if rest:
        yield rest
