"""The parts of an APK file, read strictly: one reading only, or none.

A ZIP file can be built so that two readers see two contents; Android, its signature schemes and this
product must see the same. Refused therefore: bytes before the first entry that are no entry themselves (a DEX
file there ran unverified on Android 5 to 7, CVE-2017-13156), entries twice, entries that overlap, local headers that
differ from the directory, ZIP64, encryption, and an end record that a second reader would find elsewhere.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from provision.appset.signing.faults import ApkError

MAX_BLOCK_BYTES = 16 * 1024 * 1024
END_RECORD_SIZE = 22
_END_RECORD, _LOCAL_HEADER, _ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x03\x04", b"PK\x06\x07"
_LOCAL_SIZE, _LOCATOR_SIZE, _MAX_COMMENT = 30, 20, 0xFFFF
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_BLOCK_MAGIC = b"APK Sig Block 42"
_BLOCK_END = 24  # its size again, then the magic


@dataclass(frozen=True)
class Layout:
    """Where the four parts of an APK file begin, and the pairs of its signing block.

    Attributes:
        size: of the file.
        block: offset of the signing block; that of the directory where there is none.
        directory: offset of the ZIP central directory.
        end: offset of the end record, which reaches to the end of the file.
        pairs: value by id.
    """

    size: int
    block: int
    directory: int
    end: int
    pairs: Mapping[int, bytes]


def read_layout(file: BinaryIO) -> Layout:
    """Find the parts of an APK.

    Raises:
        ApkError: not a ZIP file, one that can be read in two ways, or one whose signing block is damaged.
    """
    size = file.seek(0, 2)
    start = max(0, size - END_RECORD_SIZE - _MAX_COMMENT - _LOCATOR_SIZE)
    tail = _read(file, start, size - start)
    end = _find_end_record(tail)
    length, directory = struct.unpack_from("<II", tail, end + 12)
    if tail[max(0, end - _LOCATOR_SIZE) : end].startswith(_ZIP64_LOCATOR):
        raise ApkError("it is a ZIP64 file, which Android does not install")
    if directory + length != start + end:
        raise ApkError("its ZIP directory does not end where its end record begins")
    block, pairs = _read_block(file, directory)
    return Layout(size, block, directory, start + end, pairs)


def _find_end_record(tail: bytes) -> int:
    """The last end record whose comment fills the rest of the file."""
    position = tail.rfind(_END_RECORD)
    while position >= 0:
        if len(tail) - position >= END_RECORD_SIZE:
            (comment,) = struct.unpack_from("<H", tail, position + 20)
            if position + END_RECORD_SIZE + comment == len(tail):
                return position
        position = tail.rfind(_END_RECORD, 0, position)
    raise ApkError("it is not a ZIP file, or it is cut off")


def _read_block(file: BinaryIO, directory: int) -> tuple[int, Mapping[int, bytes]]:
    """Offset and pairs of the signing block before the directory."""
    if directory < _BLOCK_END + 8:
        return directory, {}
    length, magic = struct.unpack("<Q16s", _read(file, directory - _BLOCK_END, _BLOCK_END))
    if magic != _BLOCK_MAGIC:
        return directory, {}
    if not _BLOCK_END <= length <= min(directory - 8, MAX_BLOCK_BYTES):
        raise ApkError("its signing block has an impossible size")
    start = directory - length - 8
    block = _read(file, start, length + 8 - _BLOCK_END)
    if struct.unpack_from("<Q", block)[0] != length:
        raise ApkError("its signing block has two different sizes")
    pairs: dict[int, bytes] = {}
    for key, value in _split_pairs(block[8:]):
        if key in pairs:
            raise ApkError(f"its signing block has the pair 0x{key:08x} twice")
        pairs[key] = value
    return start, pairs


def _split_pairs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Pairs of the block: 8 bytes length, 4 bytes id, value."""
    position = 0
    while position < len(data):
        length, key = struct.unpack_from("<QI", data, position)
        if not 4 <= length <= len(data) - position - 8:
            raise ApkError("its signing block is cut off")
        yield key, data[position + 12 : position + 8 + length]
        position += 8 + length


def open_archive(file: BinaryIO, layout: Layout) -> zipfile.ZipFile:
    """The entries of an APK, each proved to be read in one way only.

    Raises:
        ApkError: see the module.
        DAMAGED: the directory cannot be read at all.
    """
    archive = zipfile.ZipFile(file)
    count = struct.unpack("<H", _read(file, layout.end + 10, 2))[0]
    if archive.start_dir != layout.directory or len(archive.infolist()) != count:
        raise ApkError("two readers would find two ZIP directories in it")
    names = [info.orig_filename for info in archive.infolist()]
    if len(set(names)) != len(names):
        raise ApkError(f"it has an entry twice: {next(name for name in names if names.count(name) > 1)[:80]!r}")
    _check_entries(file, archive, layout.block)
    return archive


def _check_entries(file: BinaryIO, archive: zipfile.ZipFile, limit: int) -> None:
    """Entries lie one behind the other from the first byte on, each with a header that says the same."""
    before = 0
    entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
    if entries:
        _check_start(file, entries)
    for info in entries:
        if info.header_offset < before:
            raise ApkError(f"its ZIP entry {info.filename[:80]!r} overlaps another one")
        before = _check_entry(file, info)
    if before > limit:
        raise ApkError("its last ZIP entry reaches into what follows")


def _check_start(file: BinaryIO, entries: Sequence[zipfile.ZipInfo]) -> None:
    """The file begins with an entry, be it one the directory no longer names.

    Tools that change an APK in place leave a local header without a name where an entry was ("virtual entry" of
    zipflinger, which signs for Gradle). Nothing else can begin there; a name that the directory has, too, would be
    a second reading.
    """
    names, position, first = {encode_name(each) for each in entries}, 0, entries[0].header_offset
    while position < first:
        magic, packed, name, extra = struct.unpack("<4s14xI4xHH", _read(file, position, _LOCAL_SIZE))
        if magic != _LOCAL_HEADER:
            if position == 0:
                raise ApkError("it has bytes before its first ZIP entry")
            return
        if _read(file, position + _LOCAL_SIZE, name) in names:
            raise ApkError("it has an entry before the first one of its ZIP directory, of the same name as another")
        position += _LOCAL_SIZE + name + extra + packed
    if position > first:
        raise ApkError("what stands before its first ZIP entry reaches into it")


def _check_entry(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """The offset behind one entry's data; its local header must say what the directory says."""
    header = _read(file, info.header_offset, _LOCAL_SIZE)
    magic, flags, method, crc, packed, size, name, extra = struct.unpack("<4s2xHH4xIIIHH", header)
    raw = _read(file, info.header_offset + _LOCAL_SIZE, name)
    if not _is_utf8(raw):
        raise ApkError(
            f"its ZIP entry {info.filename[:80]!r} has a name that is not UTF-8, and Android opens no such file"
        )
    same = raw == encode_name(info) and method == info.compress_type and magic == _LOCAL_HEADER
    if same and not flags & _DESCRIPTOR:
        same = (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
    if not same or info.orig_filename != info.filename:
        raise ApkError(f"its ZIP entry {info.filename[:80]!r} has two different headers")
    if (flags | info.flag_bits) & _ENCRYPTED or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ApkError(f"its ZIP entry {info.filename[:80]!r} is encrypted or packed in a way Android does not read")
    return int(info.header_offset + _LOCAL_SIZE + name + extra + info.compress_size)


def _is_utf8(name: bytes) -> bool:
    """Tell whether Android takes a name: it opens no file with another one (libziparchive, IsValidEntryName)."""
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def encode_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry's name as they stand in the file."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise ApkError("it is cut off")
    return data
