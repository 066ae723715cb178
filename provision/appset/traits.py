"""Traits that decide, beside its pins, whether an APK is installed: what its manifest says and how it is packed."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO

from provision.appset.binary_xml import Element

_NAME, _EXPORTED, _AUTHORITIES, _REQUIRED = 0x01010003, 0x01010010, 0x01010018, 0x0101028E
_SHARED_USER, _EXTRACT_NATIVE, _DEBUGGABLE = 0x0101000B, 0x010104EA, 0x0101000F
_REQUIRED_SPLIT_TYPES, _SPLIT_TYPES = 0x0101064E, 0x0101064F
# Resource ids of AOSP's public.xml; they never change.

_RESOURCES = "resources.arsc"
_LOCAL_HEADER, _WORD, _PAGE = 30, 4, 4096
_WITH_FILTERS = ("activity", "activity-alias", "service", "receiver")
_USES_VERSIONED = ("uses-static-library", "uses-sdk-library")
_IS_LIBRARY = ("static-library", "sdk-library")


class Packing(IntEnum):
    """How an entry lies in its APK; the greater, the less can be read in place."""

    ABSENT = 0
    ALIGNED = 1
    UNALIGNED = 2
    COMPRESSED = 3


@dataclass(frozen=True)
class Traits:
    """Traits of one APK that decide.

    Attributes:
        resources: how its resource table is packed; aligned means to four bytes.
        native: by ABI, how the least readable of its native libraries is packed; aligned means to pages.
        extracts_native: Android copies them out of the APK; the base says so for its splits.
        unexported: the first component with an intent filter that does not say whether it is exported.
        shared_user: sharedUserId.
        split_types: that a split stands for.
        required_split_types: that must come with it.
        libraries: shared libraries of the tablet that it cannot do without; those of native code are not among them,
            because no release's list names them for sure.
        versioned: static and SDK libraries it cannot do without, which are packages of their own.
        library: the static or SDK library that it is itself.
        features: of the tablet, that it says it cannot do without; Android installs it without them.
        permissions: that it defines.
        authorities: of its providers.
    """

    resources: Packing = Packing.ABSENT
    native: Mapping[str, Packing] = field(default_factory=dict)
    extracts_native: bool = True
    unexported: str = ""
    shared_user: str = ""
    split_types: frozenset[str] = frozenset()
    required_split_types: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    versioned: frozenset[str] = frozenset()
    library: str = ""
    features: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()


def read_traits(file: BinaryIO, archive: zipfile.ZipFile, elements: Sequence[Element]) -> Traits:
    """The traits of an open APK.

    Args:
        file: the APK itself, for what stands before the entries' data.
        archive: its directory.
        elements: of its manifest.

    Raises:
        DAMAGED: an entry lies outside the file.
    """
    application = next((each for each in elements if each.name == "application"), None)
    top = elements[0] if elements else None
    extracts = None if application is None else application.attributes.get(_EXTRACT_NATIVE, 1)
    native: dict[str, Packing] = {}
    for abi, info in list_native(archive, elements):
        native[abi] = max(native.get(abi, Packing.ABSENT), _read_packing(file, info, _PAGE))
    table = archive.NameToInfo.get(_RESOURCES)
    return Traits(
        resources=Packing.ABSENT if table is None else _read_packing(file, table, _WORD),
        native=native,
        extracts_native=extracts != 0,
        unexported=next(_find_unexported(elements), ""),
        shared_user=_text(top, _SHARED_USER),
        split_types=_list_types(top, _SPLIT_TYPES, "splitTypes"),
        required_split_types=_list_types(top, _REQUIRED_SPLIT_TYPES, "requiredSplitTypes"),
        libraries=frozenset(_names(elements, "uses-library", required=True)),
        versioned=frozenset(_names(elements, *_USES_VERSIONED)),
        library=next(_names(elements, *_IS_LIBRARY), ""),
        features=frozenset(_names(elements, "uses-feature", required=True)),
        permissions=frozenset(_names(elements, "permission")),
        authorities=frozenset(_list_authorities(elements)),
    )


def list_native(archive: zipfile.ZipFile, elements: Sequence[Element]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """`lib/<abi>/libx.so`: its ABI, and the entry. Of an app for debugging every file there is code.

    Source: AOSP core/jni com_android_internal_content_NativeLibraryHelper.cpp, NativeLibrariesIterator.
    """
    debugged = any(each.name == "application" and each.attributes.get(_DEBUGGABLE) for each in elements)
    for info in archive.infolist():
        folder, _, rest = info.filename.partition("/")
        abi, _, name = rest.partition("/")
        if folder == "lib" and name and "/" not in name and (debugged or _is_library(name)):
            yield abi, info


def _is_library(name: str) -> bool:
    return name.startswith("lib") and name.endswith(".so")


def _read_packing(file: BinaryIO, info: zipfile.ZipInfo, unit: int) -> Packing:
    if info.compress_type != zipfile.ZIP_STORED:
        return Packing.COMPRESSED
    file.seek(info.header_offset + _LOCAL_HEADER - 4)
    name, extra = struct.unpack("<HH", file.read(4))
    start = info.header_offset + _LOCAL_HEADER + name + extra
    return Packing.UNALIGNED if start % unit else Packing.ALIGNED


def _find_unexported(elements: Sequence[Element]) -> Iterator[str]:
    """Names of components that have an intent filter, and no `android:exported` of any value."""
    filtered = {each.parent for each in elements if each.name == "intent-filter"}
    for each in elements:
        says = _EXPORTED in each.attributes or "exported" in each.attributes
        if each.number in filtered and each.name in _WITH_FILTERS and not says:
            yield each.text_of(_NAME) or each.name


def _names(elements: Sequence[Element], *tags: str, required: bool = False) -> Iterator[str]:
    """`android:name` of each element of these tags; with `required` only where the app cannot do without it."""
    for each in elements:
        name = each.text_of(_NAME)
        if each.name in tags and name and not (required and each.attributes.get(_REQUIRED, 1) == 0):
            yield name


def _list_authorities(elements: Sequence[Element]) -> Iterator[str]:
    for each in elements:
        if each.name == "provider":
            yield from filter(None, (each.text_of(_AUTHORITIES) or "").split(";"))


def _text(element: Element | None, key: int) -> str:
    return "" if element is None else element.text_of(key) or ""


def _list_types(element: Element | None, key: int, name: str) -> frozenset[str]:
    """Words between commas; Android looks for the name, tools write the id."""
    if element is None:
        return frozenset()
    text = element.text_of(key) or element.text_of(name) or ""
    return frozenset(word for each in text.split(",") if (word := each.strip()))
