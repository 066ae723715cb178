"""Android's manifest in its binary form: elements with their attributes.

The chunks and types are those of `ResourceTypes.h` of AOSP, of which only a string pool and start elements are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_POOL, _START, _UTF8 = 0x0001, 0x0102, 0x100
_TEXT = 0x03
ANDROID = "{http://schemas.android.com/apk/res/android}"


@dataclass(frozen=True)
class Element:
    """A start element: its name and its attributes without their namespace, numbers as numbers."""

    name: str
    attributes: dict[str, str | int]


def read(content: bytes) -> Iterator[Element]:
    """The start elements of a manifest, text or binary."""
    if content.lstrip()[:1] == b"<":
        for one in ET.fromstring(content).iter():  # noqa: S314 # from a pinned jar
            yield Element(one.tag, {name.removeprefix(ANDROID): value for name, value in one.items()})
        return
    texts: list[str] = []
    place = 8
    while place < len(content):
        kind, header, size = struct.unpack_from("<HHI", content, place)
        if kind == _POOL:
            texts = _pool(content, place)
        elif kind == _START:
            yield _element(content, place + header, texts)
        place += size


def _pool(content: bytes, place: int) -> list[str]:
    """The texts of a pool, in UTF-8 or UTF-16."""
    header, _, count, _, flags, begin = struct.unpack_from("<HIIIII", content, place + 2)
    offsets = struct.unpack_from(f"<{count}I", content, place + header)
    step = 1 if flags & _UTF8 else 2
    return [_text(content, place + begin + offset, step) for offset in offsets]


def _text(content: bytes, place: int, step: int) -> str:
    """One text of a pool; a length takes one unit, or two when the highest bit of the first is set."""
    high = 0x80 if step == 1 else 0x8000
    form = "<B" if step == 1 else "<H"
    for _ in range(3 - step):  # UTF-8 tells characters, then bytes
        (length,) = struct.unpack_from(form, content, place)
        place += step
        if length & high:
            (low,) = struct.unpack_from(form, content, place)
            length = (length & (high - 1)) << (8 * step) | low
            place += step
    raw = content[place : place + length * step]
    return raw.decode("utf-8" if step == 1 else "utf-16-le", "replace")


def _element(content: bytes, place: int, texts: list[str]) -> Element:
    """A start element whose body begins at a place."""
    _, name, begin, size, count = struct.unpack_from("<IIHHH", content, place)
    attributes: dict[str, str | int] = {}
    for number in range(count):
        at = place + begin + number * size
        _, key, raw, _, _, kind, value = struct.unpack_from("<IIIHBBI", content, at)
        attributes[texts[key]] = texts[raw if raw != 0xFFFFFFFF else value] if kind == _TEXT else value
    return Element(texts[name], attributes)
