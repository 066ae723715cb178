"""Broken APKs made from good ones: flipped bits in every region, cuts, ZIP tricks, cut out signatures."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from provision.appset.signing.archive import Layout, read_layout
from provision.appset.signing.block_schemes import BLOCK_IDS, Scheme

PADDING = 0x42726577
"""A pair of the signing block that no scheme covers; flips in it change nothing for anybody."""


def flip(raw: bytes, position: int, bit: int = 0x01) -> bytes:
    """One changed bit."""
    return raw[:position] + bytes((raw[position] ^ bit,)) + raw[position + 1 :]


def flips(raw: bytes, each: int) -> Iterator[tuple[str, bytes]]:
    """One flip in every `each` bytes of the file, and in every region at least three."""
    layout = read_layout(io.BytesIO(raw))
    for name, start, end in regions(layout):
        step = max(1, min(each, (end - start) // 3))
        for position in range(start, end, step):
            yield f"flip-{name}-{position}", flip(raw, position, 1 << position % 8)


def regions(layout: Layout) -> Iterator[tuple[str, int, int]]:
    """The four parts of the file that are not empty."""
    for name, start, end in (
        ("entries", 0, layout.block),
        ("block", layout.block, layout.directory),
        ("directory", layout.directory, layout.end),
        ("end", layout.end, layout.size),
    ):
        if end > start:
            yield name, start, end


def cuts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Truncated files, from nothing to one byte less."""
    for keep in (0, 1, 22, len(raw) // 3, len(raw) // 2, len(raw) - 22, len(raw) - 1):
        yield f"cut-{keep}", raw[:keep]


def with_pairs(raw: bytes, keep: Iterator[tuple[int, bytes]] | list[tuple[int, bytes]]) -> bytes:
    """The same APK with another signing block; none where no pair is kept."""
    layout = read_layout(io.BytesIO(raw))
    pairs = b"".join(struct.pack("<QI", len(value) + 4, key) + value for key, value in keep)
    length = struct.pack("<Q", len(pairs) + 24)
    block = length + pairs + length + b"APK Sig Block 42" if pairs else b""
    end = bytearray(raw[layout.end :])
    struct.pack_into("<I", end, 16, layout.block + len(block))
    return raw[: layout.block] + block + raw[layout.directory : layout.end] + bytes(end)


def without(raw: bytes, *schemes: Scheme) -> bytes:
    """The same APK with the signatures of some block schemes cut out."""
    gone = {BLOCK_IDS[scheme] for scheme in schemes}
    pairs = read_layout(io.BytesIO(raw)).pairs
    return with_pairs(raw, [(key, value) for key, value in pairs.items() if key not in gone])


def rebuilt(raw: bytes, drop: str = "", add: str = "", change: str = "") -> bytes:
    """Entries of the APK in a new ZIP file: no signing block; one entry left out, added or with other bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            if info.filename != drop:
                data = old.read(info)
                new.writestr(zipfile.ZipInfo(info.filename), data + b"\n" if info.filename == change else data)
        if add:
            new.writestr(zipfile.ZipInfo(add), b"added")
    return made.getvalue()


def doubled(raw: bytes) -> bytes:
    """The manifest twice in the directory, the second one pointing at other bytes."""
    made = io.BytesIO(raw)
    with zipfile.ZipFile(made, "a") as archive:
        info = zipfile.ZipInfo("AndroidManifest.xmk")
        archive.writestr(info, b"other")
    return made.getvalue().replace(b"AndroidManifest.xmk", b"AndroidManifest.xml")


def tricks(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Every other way to break or to bend an APK."""
    layout = read_layout(io.BytesIO(raw))
    yield "trailing-data", raw + b"trailing"
    yield "leading-data", b"dex\n035\0" + raw
    yield "comment", raw[:-2] + b"\x03\x00abc"
    yield "comment-like-an-end-record", raw[:-2] + struct.pack("<H", 44) + b"PK\x05\x06" + bytes(40)
    yield "wrong-comment-length", raw[:-2] + b"\x07\x00abc"
    yield "doubled", doubled(raw)
    yield "no-block", with_pairs(raw, [])
    for scheme in (Scheme.V2, Scheme.V3):
        yield f"without-{scheme}", without(raw, scheme)
    yield "entry-added", rebuilt(raw, add="classes.dex")
    yield "entry-added-to-meta-inf", rebuilt(raw, add="META-INF/services/x")
    yield "entry-dropped", rebuilt(raw, drop="AndroidManifest.xml")
    yield "list-dropped", rebuilt(raw, drop="META-INF/MANIFEST.MF")
    yield "entry-changed", rebuilt(raw, change="AndroidManifest.xml")
    yield "list-changed", rebuilt(raw, change="META-INF/MANIFEST.MF")
    yield "unknown-pair", with_pairs(raw, [*layout.pairs.items(), (0x12345678, b"unknown")])
    local = raw.index(b"AndroidManifest.xml")
    yield "two-names", flip(raw, local, 0x20)
    yield "empty-zip", b"PK\x05\x06" + bytes(18)


def broken_from(path: Path, each: int) -> Iterator[tuple[str, bytes]]:
    """Every broken APK of one good one, with a name that is unique in it."""
    raw = path.read_bytes()
    yield "whole", raw
    yield from flips(raw, each)
    yield from cuts(raw)
    yield from tricks(raw)
