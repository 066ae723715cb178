"""Android's compiled XML, read as a list of elements.

Parsed by apkInspector; attributes are found by resource id, as Android does it, because their names in the string
pool may be anything, and by name where they have no id.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from apkInspector.axml import ManifestStruct, XmlAttributeElement, XmlEndElement, XmlStartElement

from provision.appset.signing.faults import ApkCause, ApkError
from provision.config.nodes import plain

_TYPE_STRING, _TYPE_DECIMAL, _TYPE_HEX, _TYPE_BOOLEAN = 3, 16, 17, 18  # ResourceTypes.h, Res_value

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
    tree = ManifestStruct.parse(io.BytesIO(raw))  # type: ignore[no-untyped-call] # it ships no types
    return tuple(_walk(tree))


def _walk(tree: ManifestStruct) -> Iterator[Element]:
    strings: list[str] = tree.string_pool.string_list
    ids: list[int] = tree.resource_map.resids if tree.resource_map is not None else []
    around: list[tuple[str, int]] = []
    number = 0
    for node in tree.elements:
        if isinstance(node, XmlEndElement) and around:
            around.pop()
        if not isinstance(node, XmlStartElement):
            continue
        name = strings[node.attrext[1]]
        found = {key: _value(each, strings) for each in node.attributes for key in _keys(each.name_index, strings, ids)}
        yield Element(name, tuple(tag for tag, _ in around), number, around[-1][1] if around else -1, found)
        around.append((name, number))
        number += 1


def _keys(index: int, strings: list[str], ids: list[int]) -> tuple[int | str, ...]:
    return (ids[index], strings[index]) if index < len(ids) else (strings[index],)


def _value(attribute: XmlAttributeElement, strings: list[str]) -> Value:
    if attribute.typed_value_datatype == _TYPE_BOOLEAN:
        return int(attribute.typed_value_data != 0)
    if attribute.typed_value_datatype in (_TYPE_DECIMAL, _TYPE_HEX):
        return int(attribute.typed_value_data)
    return strings[attribute.typed_value_data] if attribute.typed_value_datatype == _TYPE_STRING else None
