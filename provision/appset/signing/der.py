"""The little of DER that a PKCS #7 signature needs: tags with definite lengths, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.appset.signing.faults import SignatureFault

SEQUENCE, SET, OCTETS, OBJECT, INTEGER = 0x30, 0x31, 0x04, 0x06, 0x02
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1


@dataclass(frozen=True)
class Element:
    """One element: its tag, what is in it, and its whole encoding."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list[Element]:
        """The elements inside it."""
        return list(read_elements(self.content))

    def expect(self, tag: int) -> Element:
        """Itself, when it has this tag."""
        if self.tag != tag:
            raise SignatureFault("its PKCS #7 file has another form than a signature's")
        return self


def read_elements(data: bytes) -> Iterator[Element]:
    """Every element of a run."""
    position = 0
    while position < len(data):
        length, start = _read_length(data, position + 1)
        end = start + length
        if end > len(data):
            raise SignatureFault("its PKCS #7 file is cut off")
        yield Element(data[position], data[start:end], data[position:end])
        position = end


def _read_length(data: bytes, position: int) -> tuple[int, int]:
    """(length, offset of the content)."""
    first = data[position]
    if first < 0x80:
        return first, position + 1
    count = first & 0x7F
    if not 1 <= count <= 4:
        raise SignatureFault("its PKCS #7 file has a length that DER does not allow")
    return int.from_bytes(data[position + 1 : position + 1 + count], "big"), position + 1 + count


def read_object_id(content: bytes) -> str:
    """An object identifier in dotted form."""
    parts, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            parts.append(value)
            value = 0
    first = min(parts[0] // 40, 2)
    return ".".join(str(part) for part in (first, parts[0] - 40 * first, *parts[1:]))
