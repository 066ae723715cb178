"""Android's compiled XML, read as a list of elements.

Read as Android does (AOSP libs/androidfw, ResourceTypes.cpp, `ResXMLTree`, `ResStringPool`): chunks one behind the
other, those of unknown types passed over, attributes where their element says that they begin and as wide as it says.
They are found by resource id, because their names in the string pool may be anything, and by name where they have no
id. Where Android itself would read two values in one attribute there is none.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from provision.appset.signing.faults import ApkCause, ApkError
from provision.config.nodes import plain

_POOL, _IDS, _START, _END = 0x0001, 0x0180, 0x0102, 0x0103  # types of chunks
_CHUNK, _ATTRIBUTE = 8, 20  # sizes in bytes, of a chunk's header and of an attribute
_UTF8 = 0x100
_NONE = 0xFFFFFFFF
_TYPE_STRING, _TYPE_DECIMAL, _TYPE_HEX, _TYPE_BOOLEAN = 3, 16, 17, 18  # ResourceTypes.h, Res_value
MOST_TEXT_BYTES = 16 * 1024 * 1024
"""Of all texts together: strings of a pool may lie over each other, so a small file can hold very many."""

Value: TypeAlias = "int | str | None"
"""A literal whole number, truth value (0, 1) or text; None for what refers to a resource."""


@dataclass(frozen=True)
class Element:
    """One element.

    Attributes:
        name: of its tag.
        path: names of the elements around it, the outermost first.
        number: its place among all elements.
        parent: number of the element around it, -1 for the outermost.
        attributes: by resource id and by name.
    """

    name: str
    path: tuple[str, ...]
    number: int
    parent: int
    attributes: Mapping[int | str, Value]

    def number_of(self, key: int | str) -> int | None:
        """A whole number, None for none.

        Raises:
            ApkError: text in its place, as the code name of a preview release is, or a number kept in a resource.
        """
        value = self.attributes.get(key)
        if isinstance(value, str):
            told = f"its manifest has text where a version or SDK number belongs ({plain(value)})"
            raise ApkError(told, ApkCause.UNREADABLE_VALUE)
        if value is None and key in self.attributes:
            raise ApkError("its manifest keeps a version or SDK number in a resource", ApkCause.UNREADABLE_VALUE)
        return value

    def text_of(self, key: int | str) -> str | None:
        """A text, None for none and for one in a resource."""
        value = self.attributes.get(key)
        return value if isinstance(value, str) else None


def read_elements(raw: bytes) -> tuple[Element, ...]:
    """Every element in the order of its start.

    Raises:
        DAMAGED: it is no compiled XML.
    """
    return tuple(_walk(raw))


def _walk(raw: bytes) -> Iterator[Element]:
    texts = _Texts()
    ids: tuple[int, ...] = ()
    around: list[tuple[str, int]] = []
    number = 0
    for kind, head, chunk in _list_chunks(raw):
        if kind == _POOL and not number:
            texts = _Texts(chunk)
        elif kind == _IDS and not number:
            ids = struct.unpack_from(f"<{(len(chunk) - head) // 4}I", chunk, head)
        elif kind == _END and around:
            around.pop()
        elif kind == _START:
            name = texts.get(struct.unpack_from("<I", chunk, head + 4)[0])
            found = _read_attributes(chunk, head, texts, ids)
            yield Element(name, tuple(tag for tag, _ in around), number, around[-1][1] if around else -1, found)
            around.append((name, number))
            number += 1


def _list_chunks(raw: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, size of its header, bytes) of each chunk in the outer one."""
    _, start, end = struct.unpack_from("<HHI", raw)
    if not _CHUNK <= start <= end <= len(raw):
        raise ValueError("an outer chunk of an impossible size")
    while start + _CHUNK <= end:
        kind, head, size = struct.unpack_from("<HHI", raw, start)
        if not _CHUNK <= head <= size <= end - start:
            raise ValueError("a chunk of an impossible size")
        yield kind, head, raw[start : start + size]
        start += size


def _read_attributes(chunk: bytes, head: int, texts: _Texts, ids: tuple[int, ...]) -> Mapping[int | str, Value]:
    start, size, count = struct.unpack_from("<HHH", chunk, head + 8)
    if count and (size < _ATTRIBUTE or head + start + size * count > len(chunk)):
        raise ValueError("attributes that reach out of their element")
    by_id: dict[int | str, Value] = {}
    by_name: dict[int | str, Value] = {}
    for place in range(head + start, head + start + size * count, size or 1):
        space, name, raw, kind, data = struct.unpack_from("<III3xBI", chunk, place)
        value = _read_value(kind, data, raw, texts)
        if name < len(ids):
            by_id.setdefault(ids[name], value)
        if space == _NONE:
            by_name[texts.get(name)] = value
        else:
            by_name.setdefault(texts.get(name), value)
    return by_name | by_id


def _read_value(kind: int, data: int, raw: int, texts: _Texts) -> Value:
    if kind == _TYPE_STRING:
        value = texts.get(data)
        if raw not in (_NONE, data) and texts.get(raw) != value:
            raise ValueError("an attribute of two texts")
        return value
    if kind == _TYPE_BOOLEAN:
        return int(data != 0)
    if kind in (_TYPE_DECIMAL, _TYPE_HEX):
        return data - 2**32 if kind == _TYPE_DECIMAL and data >= 2**31 else data
    return None


class _Texts:
    """The string pool, each text decoded when it is asked for."""

    def __init__(self, chunk: bytes = b"") -> None:
        self._chunk, self._known, self._left = chunk, dict[int, str](), MOST_TEXT_BYTES
        count, _, self._flags, self._start = struct.unpack_from("<IIII", chunk, _CHUNK) if chunk else (0, 0, 0, 0)
        head = struct.unpack_from("<H", chunk, 2)[0] if chunk else 0
        self._offsets: tuple[int, ...] = struct.unpack_from(f"<{count}I", chunk, head)

    def get(self, index: int) -> str:
        """One text.

        Raises:
            IndexError: there is none of that number.
            ValueError: it is not all there, or all texts together are too long.
        """
        if index not in self._known:
            place = self._start + self._offsets[index]
            self._known[index] = self._decode_utf8(place) if self._flags & _UTF8 else self._decode_utf16(place)
        return self._known[index]

    def _decode_utf8(self, place: int) -> str:
        """Two lengths in one or two bytes each: of the text in UTF-16, and of its bytes here."""
        for _ in range(2):
            length, place = self._chunk[place], place + 1
            if length & 0x80:
                length, place = (length & 0x7F) << 8 | self._chunk[place], place + 1
        return self._take(place, length).decode("utf-8", errors="replace")

    def _decode_utf16(self, place: int) -> str:
        length, place = struct.unpack_from("<H", self._chunk, place)[0], place + 2
        if length & 0x8000:
            length, place = (length & 0x7FFF) << 16 | struct.unpack_from("<H", self._chunk, place)[0], place + 2
        return self._take(place, 2 * length).decode("utf-16-le", errors="replace")

    def _take(self, place: int, length: int) -> bytes:
        self._left -= length
        if place + length > len(self._chunk) or self._left < 0:
            raise ValueError("a text that is cut off, or texts without end")
        return self._chunk[place : place + length]
