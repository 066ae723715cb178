"""A reader of Java class files: constants of fields, names of methods, instructions with their operands resolved.

Enough of the format (Java Virtual Machine Specification, chapter 4) to tell which words a method compares, which sets a
class fills and which methods it calls. It is no decompiler and runs no code. Written here instead of asking `javap`:
one program start a jar less, no text of a tool to parse, and the digest of a method can cover what its operands mean.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes behind the tag of each kind of constant but Utf8."""

PUBLIC, STATIC = 0x0001, 0x0008
_FORMS = {
    "b": (0x10, 0x12, *range(0x15, 0x1A), *range(0x36, 0x3B), 0xA9, 0xBC),
    "s": (0x11, 0x13, 0x14, *range(0x99, 0xA9), *range(0xB2, 0xB9), 0xBB, 0xBD, 0xC0, 0xC1, 0xC6, 0xC7),
    "bb": (0x84,),
    "sbb": (0xB9, 0xBA),
    "sb": (0xC5,),
    "i": (0xC8, 0xC9),
}
_OPERANDS = {opcode: form for form, opcodes in _FORMS.items() for opcode in opcodes}
_WIDTHS = {"b": 1, "s": 2, "bb": 2, "sbb": 4, "sb": 3, "i": 4}
_POOLED = {0x12, 0x13, 0x14, *range(0xB2, 0xBC), 0xBD, 0xC0, 0xC1, 0xC5}
_TABLESWITCH, _LOOKUPSWITCH, _WIDE, _IINC = 0xAA, 0xAB, 0xC4, 0x84
LDC = frozenset({0x12, 0x13, 0x14})
GETSTATIC, PUTSTATIC, POP = 0xB2, 0xB3, 0x57
INVOKES = frozenset(range(0xB6, 0xBB))


class ClassFileError(Exception):
    """The bytes are no class file that this reader knows."""


@dataclass(frozen=True)
class Field:
    """A field; `constant` is its value where the compiler inlines it (text, or a whole number), else None."""

    name: str
    access: int
    descriptor: str
    constant: str | int | None


@dataclass(frozen=True)
class Reference:
    """A field or method that an instruction names; owner in dotted form."""

    owner: str
    name: str
    descriptor: str


@dataclass(frozen=True)
class Text:
    """A text constant; a class of its own, so that it is not mistaken for the name of a class."""

    value: str


Operand = Text | Reference | str | int | float | None


@dataclass(frozen=True)
class Instruction:
    """One instruction: opcode, the constant it names (None for none), and its other operands as bytes."""

    opcode: int
    operand: Operand
    rest: bytes

    @property
    def text(self) -> str | None:
        """The text it pushes, None when it pushes none."""
        return self.operand.value if isinstance(self.operand, Text) else None

    @property
    def number(self) -> int | None:
        """The whole number it pushes, None when it pushes none."""
        if 0x02 <= self.opcode <= 0x08:
            return self.opcode - 3
        if self.opcode in {0x10, 0x11}:
            return int.from_bytes(self.rest, "big", signed=True)
        return self.operand if self.opcode in LDC and isinstance(self.operand, int) else None

    @property
    def cases(self) -> list[int]:
        """The values a switch names, none for another instruction."""
        if self.opcode not in {_TABLESWITCH, _LOOKUPSWITCH}:
            return []
        numbers = [one for (one,) in struct.iter_unpack(">i", self.rest)]
        return list(range(numbers[1], numbers[2] + 1)) if self.opcode == _TABLESWITCH else numbers[2::2]


@dataclass(frozen=True)
class Method:
    """A method; `code` and its table of exception handlers are empty where it has none (abstract, native)."""

    name: str
    access: int
    descriptor: str
    code: bytes
    handlers: bytes
    owner: ClassFile

    @property
    def signature(self) -> str:
        """Name and simple names of the parameters' types, such as `wipeData(int, CharSequence)`."""
        return f"{self.name}({', '.join(simple_types(self.descriptor))})"

    @property
    def instructions(self) -> Iterator[Instruction]:
        """The code in the order of its bytes."""
        return decode(self.code, self.owner)

    @property
    def texts(self) -> list[str]:
        """Every text constant of the code, in its order."""
        return [one.text for one in self.instructions if one.text is not None]

    @property
    def digest(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 over the code with its constants resolved."""
        shape = hashlib.sha256(f"{self.owner.name} {self.name}{self.descriptor}\n".encode())
        for one in self.instructions:
            shape.update(f"{one.opcode:02x} {one.operand!r} {one.rest.hex()}\n".encode())
        for start, end, place, kind in struct.iter_unpack(">4H", self.handlers):
            shape.update(f"{start} {end} {place} {self.owner.constant(kind) if kind else 'any'}\n".encode())
        return shape.hexdigest()[:12]


class ClassFile:
    """One class: its name in dotted form, fields and methods.

    Raises:
        ClassFileError: the bytes do not begin as a class file does, or hold an unknown constant.
    """

    def __init__(self, content: bytes) -> None:
        if content[:4] != b"\xca\xfe\xba\xbe":
            raise ClassFileError("not a class file")
        self._content = content
        self._places, self._end = self._index()
        self.name = self._class_name(self._short(self._end + 2))

    def _short(self, place: int) -> int:
        return int.from_bytes(self._content[place : place + 2], "big")

    def _index(self) -> tuple[list[int], int]:
        """Where each constant stands, and where the pool ends."""
        content, count, place = self._content, self._short(8), 10
        places = [0] * count
        number = 1
        while number < count:
            places[number] = place
            tag = content[place]
            if tag == 1:
                place += 3 + self._short(place + 1)
            elif tag in SIZES:
                place += 1 + SIZES[tag]
            else:
                raise ClassFileError(f"constant {number} has the unknown tag {tag}")
            number += 2 if tag in {5, 6} else 1
        return places, place

    def _utf8(self, number: int) -> str:
        place = self._places[number]
        raw = self._content[place + 3 : place + 3 + self._short(place + 1)]
        return raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")

    def _class_name(self, number: int) -> str:
        return self._utf8(self._short(self._places[number] + 1)).replace("/", ".")

    def _name_and_type(self, number: int) -> tuple[str, str]:
        place = self._places[number]
        return self._utf8(self._short(place + 1)), self._utf8(self._short(place + 3))

    def constant(self, number: int) -> Operand:
        """One constant of the pool in the form an instruction or a field uses it."""
        place = self._places[number]
        tag, raw = self._content[place], self._content[place + 1 : place + 9]
        if tag == 8:
            return Text(self._utf8(self._short(place + 1)))
        if tag == 7:
            return self._class_name(number)
        if tag in {3, 4, 5, 6}:
            form = {3: ">i", 4: ">f", 5: ">q", 6: ">d"}[tag]
            return struct.unpack_from(form, raw)[0]  # type: ignore[no-any-return] # int or float by its form
        if tag in {9, 10, 11}:
            return Reference(self._class_name(self._short(place + 1)), *self._name_and_type(self._short(place + 3)))
        if tag in {17, 18}:
            return Reference("", *self._name_and_type(self._short(place + 3)))
        return f"constant of kind {tag}"

    def _attributes(self, place: int) -> tuple[dict[str, tuple[int, int]], int]:
        """Attributes that begin at a place: name to (begin, end); and where they end."""
        found, count = {}, self._short(place)
        place += 2
        for _ in range(count):
            end = place + 6 + int.from_bytes(self._content[place + 2 : place + 6], "big")
            found[self._utf8(self._short(place))] = (place + 6, end)
            place = end
        return found, place

    def _members(self, place: int) -> tuple[list[tuple[int, str, str, dict[str, tuple[int, int]]]], int]:
        """Fields or methods that begin at a place, as (access, name, descriptor, attributes); and where they end."""
        members, count = [], self._short(place)
        place += 2
        for _ in range(count):
            access, name, kind = (self._short(place + step) for step in (0, 2, 4))
            attributes, end = self._attributes(place + 6)
            members.append((access, self._utf8(name), self._utf8(kind), attributes))
            place = end
        return members, place

    @cached_property
    def _both(self) -> tuple[list[Field], list[Method]]:
        place = self._end + 8 + 2 * self._short(self._end + 6)
        fields, place = self._members(place)
        methods, _ = self._members(place)
        return [self._field(*one) for one in fields], [self._method(*one) for one in methods]

    def _field(self, access: int, name: str, kind: str, attributes: dict[str, tuple[int, int]]) -> Field:
        value: Operand = None
        if "ConstantValue" in attributes:
            value = self.constant(self._short(attributes["ConstantValue"][0]))
        plain = value.value if isinstance(value, Text) else value if isinstance(value, int) else None
        return Field(name, access, kind, plain)

    def _method(self, access: int, name: str, kind: str, attributes: dict[str, tuple[int, int]]) -> Method:
        code = handlers = b""
        if "Code" in attributes:
            place = attributes["Code"][0]
            size = int.from_bytes(self._content[place + 4 : place + 8], "big")
            code = self._content[place + 8 : place + 8 + size]
            count = self._short(place + 8 + size)
            handlers = self._content[place + 10 + size : place + 10 + size + 8 * count]
        return Method(name, access, kind, code, handlers, self)

    @property
    def fields(self) -> list[Field]:
        """Its fields in the file's order."""
        return self._both[0]

    @property
    def methods(self) -> list[Method]:
        """Its methods in the file's order."""
        return self._both[1]

    def named(self, name: str) -> list[Method]:
        """Its methods of one name: all overloads, or the one whose name is followed by its types in brackets."""
        return [one for one in self.methods if name in {one.name, one.signature}]


def decode(code: bytes, owner: ClassFile) -> Iterator[Instruction]:
    """The instructions of a method's code, constants resolved."""
    place = 0
    while place < len(code):
        opcode = code[place]
        begin = place + 1
        if opcode in {_TABLESWITCH, _LOOKUPSWITCH}:
            begin += -begin % 4
            place = begin + _switch_size(opcode, code, begin)
            yield Instruction(opcode, None, code[begin:place])
            continue
        if opcode == _WIDE:
            width = 5 if code[begin] == _IINC else 3
        else:
            width = _WIDTHS[_OPERANDS[opcode]] if opcode in _OPERANDS else 0
        place = begin + width
        if opcode in _POOLED:
            size = 1 if opcode == 0x12 else 2
            number = int.from_bytes(code[begin : begin + size], "big")
            yield Instruction(opcode, owner.constant(number), code[begin + size : place])
        else:
            yield Instruction(opcode, None, code[begin:place])


def _switch_size(opcode: int, code: bytes, begin: int) -> int:
    """Bytes of a switch's table, from its default on."""
    low = int.from_bytes(code[begin + 4 : begin + 8], "big", signed=True)
    high = int.from_bytes(code[begin + 8 : begin + 12], "big", signed=True)
    return 12 + 4 * (high - low + 1) if opcode == _TABLESWITCH else 8 + 8 * low


_PRIMITIVES = {
    "B": "byte", "C": "char", "D": "double", "F": "float", "I": "int", "J": "long", "S": "short", "Z": "boolean",
}  # fmt: skip


def simple_types(descriptor: str) -> list[str]:
    """The parameters of a method's descriptor as simple names: `(ILjava/lang/String;)V` gives int, String."""
    names, place, depth = [], 1, 0
    while descriptor[place] != ")":
        letter = descriptor[place]
        if letter == "[":
            depth += 1
            place += 1
            continue
        if letter == "L":
            end = descriptor.index(";", place)
            name = descriptor[place + 1 : end].rpartition("/")[2].replace("$", ".")
            place = end
        else:
            name = _PRIMITIVES[letter]
        names.append(name + "[]" * depth)
        depth, place = 0, place + 1
    return names


def compared(method: Method) -> set[str]:
    """The words a method compares with `equals`: labels of its switches over text, and of its chains of ifs."""
    words = set()
    last: tuple[Instruction | None, Instruction | None] = (None, None)
    for one in method.instructions:
        target = one.operand
        if one.opcode in INVOKES and isinstance(target, Reference) and target.name in {"equals", "equalsIgnoreCase"}:
            words |= {near.text for near in last if near is not None and near.text is not None}
        last = (last[1], one)
    return words


def filled(method: Method) -> dict[str, list[str]]:
    """The texts a method (most often a static initialiser) puts into each collection of its class.

    Two ways of writing are read: an array of texts stored into a field, and a field asked for before each `add` or
    `put`. What a field takes from another one (`addAll`) stands in it too.
    """
    fields: dict[str, list[str]] = {}
    into: list[str] = []
    asked = False
    for one in method.instructions:
        where = one.operand
        if one.text is not None:
            into.append(one.text)
        elif one.opcode == PUTSTATIC and isinstance(where, Reference):
            fields.setdefault(where.name, []).extend(() if asked else into)
            into, asked = [], False
        elif one.opcode == POP:
            into, asked = [], False
        elif one.opcode == GETSTATIC and isinstance(where, Reference) and where.owner == method.owner.name:
            if asked:
                into.extend(fields.get(where.name, []))
            else:
                into, asked = fields.setdefault(where.name, []), True
    return fields


def numbered(method: Method) -> dict[str, int]:
    """Texts that a method puts into maps with a whole number: `put("x", 1)`."""
    pairs: dict[str, int] = {}
    key: str | None = None
    number: int | None = None
    for one in method.instructions:
        if one.text is not None:
            key, number = one.text, None
        elif one.number is not None:
            number = one.number
        elif one.opcode in INVOKES and isinstance(one.operand, Reference) and one.operand.name == "put":
            if key is not None and number is not None:
                pairs[key] = number
            key = number = None
    return pairs
