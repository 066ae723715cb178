"""Where an APK begins: with an entry, be it one that its directory no longer names, and with nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from made_apks import make_apk
from v1_apks import make_v1

from provision.appset.signing.archive import read_layout
from provision.appset.signing.faults import ApkCause, ApkError
from provision.appset.signing.verify import verify_signatures


def moved(raw: bytes, front: bytes) -> bytes:
    """`raw` behind other bytes, its directory set right."""
    end = read_layout(io.BytesIO(raw)).directory
    whole = bytearray(front + raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        offsets = {info.orig_filename: info.header_offset for info in archive.infolist()}
    position = end + len(front)
    for name, offset in offsets.items():
        struct.pack_into("<I", whole, position + 42, offset + len(front))
        position += 46 + len(name)
    struct.pack_into("<I", whole, position + 16, end + len(front))
    return bytes(whole)


def header(name: bytes = b"", extra: bytes = b"", data: bytes = b"") -> bytes:
    """A local header of a stored entry, and its data."""
    lengths = (0, len(data), len(data), len(name), len(extra))
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 10, 0, 0, 0, 0, *lengths) + name + extra + data


TAKEN = {
    "nothing": b"",
    "an entry without a name": header(),
    "an entry without a name, to a whole page": header(extra=bytes(4096 - 30)),
    "two entries without names": header(extra=bytes(100)) + header(extra=bytes(7)),
    "an entry that the directory no longer names": header(b"old/file.txt", data=b"old"),
    "one of each": header() + header(b"old/file.txt", b"\0\0", b"old"),
    "an entry without a name, and padding": header() + bytes(3),
}
REFUSED = {
    "a DEX file": b"dex\n035\0" + bytes(100),
    "a DEX file before an entry": b"dex\n035\0" + header(),
    "zeros": bytes(4),
    "a shell script": b"#!/bin/sh\nexit\n",
    "half a header": b"PK\3\4",
    "another manifest": header(b"AndroidManifest.xml", data=b"other"),
    "another manifest behind an entry without a name": header() + header(b"AndroidManifest.xml", data=b"other"),
}


@pytest.mark.parametrize("case", list(TAKEN))
def test_an_entry_that_is_no_longer_named_harms_nobody(case: str, tmp_path: Path) -> None:
    apk = tmp_path / "x.apk"
    apk.write_bytes(moved(make_v1({}), TAKEN[case]))
    verify_signatures(apk).check_all()


@pytest.mark.parametrize("case", list(REFUSED))
def test_anything_else_in_front_is_refused_and_nobody_accused(case: str, tmp_path: Path) -> None:
    apk = tmp_path / "x.apk"
    apk.write_bytes(moved(make_v1({}), REFUSED[case]))
    with pytest.raises(ApkError) as caught:
        verify_signatures(apk).check_all()
    assert caught.value.cause is ApkCause.DAMAGED


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Android opens no ZIP file with one (libziparchive, IsValidEntryName)."""
    raw = make_apk(libraries=("x86",), library="lib\u00e9.so").replace("lib\u00e9".encode(), b"lib\xe9x")
    plain = bytearray(raw)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            plain[place + flags + 1] &= ~8  # the name is no longer said to be UTF-8
            place = raw.find(mark, place + 1)
    (tmp_path / "x.apk").write_bytes(plain)
    with pytest.raises(ApkError, match="not UTF-8"):
        verify_signatures(tmp_path / "x.apk")
