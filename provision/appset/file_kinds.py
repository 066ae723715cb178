"""What a file is by its first bytes, where people take it for an APK: saved web pages, archives of other kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping

HEAD_BYTES, TAR = 512, "a tar archive"
_MARKS: Mapping[bytes, str] = {
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"(\xb5/\xfd": "a zstd archive",
    b"%PDF-": "a PDF document",
    b"MZ": "a program for Windows",
    b"\x7fELF": "a program for Linux",
    b"dex\n": "the code of an app alone (DEX)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3\x00": "a database",
}
"""First bytes, as each format's own description has them."""
_TAR_MARK, _TAR_PLACE = b"ustar", 257
_WEB = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|script|!--)", re.IGNORECASE)
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")


def name_kind(head: bytes) -> str:
    """A few words, empty for what may be an APK: a ZIP file, or nothing that is known.

    Args:
        head: the first `HEAD_BYTES` of the file.
    """
    if not head:
        return "an empty file"
    if head[_TAR_PLACE:].startswith(_TAR_MARK):
        return TAR
    if _WEB.match(head):
        return "a web page, as a browser saves one in place of a file"
    if _TEXT.match(head) and b"\x00" not in head:
        return "a text (XML or JSON)"
    return next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), "")
