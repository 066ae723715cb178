"""Compiled XML: texts of both encodings and every length, and documents that are built to be read in two ways."""

from __future__ import annotations

import struct
from xml.sax.saxutils import quoteattr

import pytest
from compiled_xml import compile_manifest

from provision.appset.binary_xml import MOST_TEXT_BYTES, read_elements
from provision.appset.signing.faults import DAMAGED

AUTHORITIES = 0x01010018
TEXTS = {
    "short": "a.b",
    "of other letters": "hôpital.日本",
    "just one byte for its length": "a" * 127,
    "one byte for its letters and two for its bytes": "é" * 100,
    "two bytes for its length": "a" * 128,
    "of many": ";".join(f"org.example.provider{number}" for number in range(200)),
}


@pytest.mark.parametrize("utf8", [True, False], ids=["UTF-8", "UTF-16"])
@pytest.mark.parametrize("name", list(TEXTS))
def test_a_text_is_read_whole(name: str, utf8: bool) -> None:  # noqa: FBT001 # a parameter of the test
    body = f"<application><provider android:authorities={quoteattr(TEXTS[name])}/></application>"
    *_, provider = read_elements(compile_manifest(body, utf8=utf8))
    assert (provider.text_of(AUTHORITIES), provider.path) == (TEXTS[name], ("manifest", "application"))


def test_an_attribute_counts_by_its_name_in_no_namespace_first() -> None:
    (top, *_) = read_elements(compile_manifest("", 'android:package="org.example.other"'))
    assert top.text_of("package") == "org.example.made"


def _find_text(raw: bytes) -> int:
    """Where the value of an attribute begins that is a text."""
    values = (struct.pack("<IHBBI", number, 8, 0, 3, number) for number in range(200))
    return next(raw.index(value) for value in values if value in raw)


def test_an_attribute_of_two_texts_is_refused() -> None:
    """Android reads one of them for the package and the other one elsewhere."""
    raw = bytearray(compile_manifest("<application/>"))
    struct.pack_into("<I", raw, _find_text(bytes(raw)), 0)
    with pytest.raises(DAMAGED, match="two texts"):
        read_elements(bytes(raw))


def test_strings_that_lie_over_each_other_do_not_fill_the_memory() -> None:
    """Half a megabyte that names one long text in a thousand attributes."""
    long = 30_000
    count = 2 * MOST_TEXT_BYTES // (2 * long)
    pool = struct.pack("<H", long) + b"ab" * long
    offsets = bytes(4 * count)
    head = struct.pack("<HHIIIIII", 1, 28, 28 + len(offsets) + len(pool), count, 0, 0, 28 + len(offsets), 0)
    element = b"".join(
        struct.pack("<HHIIIIIHHHHHH", 0x102, 16, 36, 1, 0xFFFFFFFF, 0xFFFFFFFF, number, 20, 20, 0, 0, 0, 0)
        for number in range(count)
    )
    body = head + offsets + pool + element
    with pytest.raises(DAMAGED, match="without end"):
        read_elements(struct.pack("<HHI", 3, 8, 8 + len(body)) + body)


@pytest.mark.parametrize(("at", "value"), [(8, 19), (10, 60_000), (6, 60_000)], ids=["narrow", "many", "far away"])
def test_attributes_do_not_reach_out_of_their_element(at: int, value: int) -> None:
    raw = bytearray(compile_manifest("<application/>"))
    place = raw.index(struct.pack("<HH", 0x102, 16)) + 16
    struct.pack_into("<H", raw, place + 2 + at, value)
    with pytest.raises(DAMAGED):
        read_elements(bytes(raw))
