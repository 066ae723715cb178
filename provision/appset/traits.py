"""Traits that decide, beside its pins, whether an APK is installed: what its manifest says and how it is packed."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO

from provision.appset.binary_xml import Element
from provision.appset.element_groups import list_extensions
from provision.appset.flaw import Flaw
from provision.appset.malformed import find_flaws

_NAME, _EXPORTED, _AUTHORITIES, _REQUIRED = 0x01010003, 0x01010010, 0x01010018, 0x0101028E
_SHARED_USER, _SHARED_USER_ENDS, _EXTRACT_NATIVE, _DEBUGGABLE = 0x0101000B, 0x0101064D, 0x010104EA, 0x0101000F
_GROUP, _TARGET_PACKAGE, _MULTI_ARCH = 0x0101000A, 0x01010021, 0x0101048E
_REQUIRED_SPLIT_TYPES, _SPLIT_TYPES = 0x0101064E, 0x0101064F
# Resource ids of AOSP's public.xml; they never change.

ANDROID_GROUP = "android.permission-group."
_RESOURCES = "resources.arsc"
_LOCAL_HEADER, _WORD, _PAGE = 30, 4, 4096
_WITH_FILTERS = ("activity", "activity-alias", "service", "receiver")
_IS_LIBRARY = ("static-library", "sdk-library")
TOP, APPLICATION = ("manifest",), ("manifest", "application")
"""Where Android looks for what an app says of itself, and for its components."""


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
        multi_arch: Android gets it ready for both widths of processor.
        unexported: the first component with an intent filter that does not say whether it is exported.
        shared_user: sharedUserId.
        shared_user_ends: the last release that a new installation shares it on (sharedUserMaxSdkVersion), None for all.
        split_types: that a split stands for.
        required_split_types: that must come with it.
        libraries: shared libraries of the tablet that it cannot do without.
        native_libraries: those of the tablet's own native code (`libOpenCL.so`).
        static_libraries, sdk_libraries: that it cannot do without; they are packages of their own.
        library: what it is itself in place of an app: a static or SDK library, or an overlay of another package.
        features: of the tablet, that it says it cannot do without; Android installs it without them.
        permissions: that it defines.
        permission_groups: of Android's that they name and it does not define itself.
        authorities: of its providers.
        extensions: lowest version of each release's extensions that it wants, by API level.
        flaws: of its manifest, for which Android's parser refuses it.
    """

    resources: Packing = Packing.ABSENT
    native: Mapping[str, Packing] = field(default_factory=dict)
    extracts_native: bool = True
    multi_arch: bool = False
    unexported: str = ""
    shared_user: str = ""
    shared_user_ends: int | None = None
    split_types: frozenset[str] = frozenset()
    required_split_types: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    native_libraries: frozenset[str] = frozenset()
    static_libraries: frozenset[str] = frozenset()
    sdk_libraries: frozenset[str] = frozenset()
    library: str = ""
    features: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    permission_groups: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    extensions: Mapping[int, int] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()


def read_traits(file: BinaryIO, archive: zipfile.ZipFile, elements: Sequence[Element]) -> Traits:
    """The traits of an open APK.

    Args:
        file: the APK itself, for what stands before the entries' data.
        archive: its directory.
        elements: of its manifest.

    Raises:
        DAMAGED: an entry lies outside the file.
    """
    application = find_application(elements)
    top = elements[0] if elements else None
    package, split = (_plain_text(top, "package"), bool(_plain_text(top, "split")))
    extracts = None if application is None else application.attributes.get(_EXTRACT_NATIVE, 1)
    native: dict[str, Packing] = {}
    for abi, info in list_native(archive, elements):
        native[abi] = max(native.get(abi, Packing.ABSENT), _read_packing(file, info, _PAGE))
    table = archive.NameToInfo.get(_RESOURCES)
    return Traits(
        resources=Packing.ABSENT if table is None else _read_packing(file, table, _WORD),
        native=native,
        extracts_native=extracts != 0,
        multi_arch=application is not None and bool(application.attributes.get(_MULTI_ARCH)),
        unexported=next(_find_unexported(elements), ""),
        shared_user=_text(top, _SHARED_USER),
        shared_user_ends=None if top is None else _number(top, _SHARED_USER_ENDS),
        split_types=_list_types(top, _SPLIT_TYPES, "splitTypes"),
        required_split_types=_list_types(top, _REQUIRED_SPLIT_TYPES, "requiredSplitTypes"),
        libraries=frozenset(_names(elements, "uses-library", required=True)),
        native_libraries=frozenset(_names(elements, "uses-native-library", required=True)),
        static_libraries=frozenset(_names(elements, "uses-static-library")),
        sdk_libraries=frozenset(_names(elements, "uses-sdk-library", required=True)),
        library=next(_names(elements, *_IS_LIBRARY), "") or next(_find_overlaid(elements), ""),
        features=frozenset(_names(elements, "uses-feature", required=True)),
        permissions=frozenset(_names(elements, "permission")),
        permission_groups=frozenset(_list_groups(elements)) - frozenset(_names(elements, "permission-group")),
        authorities=frozenset(_list_authorities(elements)),
        extensions=list_extensions(elements),
        flaws=tuple(find_flaws(elements, package, split=split)),
    )


def find_application(elements: Sequence[Element]) -> Element | None:
    """The one that Android reads: the first of the manifest's own children."""
    return next((each for each in elements if each.name == "application" and each.path == TOP), None)


def drop_further_applications(elements: Sequence[Element]) -> tuple[Element, ...]:
    """What Android reads: it passes over every `application` behind the first, and all that stands in it."""
    first, left = find_application(elements), set[int]()
    kept: list[Element] = []
    for each in elements:
        further = each.name == "application" and each.path == TOP and each is not first
        if further or each.parent in left:
            left.add(each.number)
        else:
            kept.append(each)
    return tuple(kept)


def list_native(archive: zipfile.ZipFile, elements: Sequence[Element]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """`lib/<abi>/libx.so`: its ABI, and the entry. Of an app for debugging every file there is code.

    Source: AOSP core/jni com_android_internal_content_NativeLibraryHelper.cpp, NativeLibrariesIterator.
    """
    application = find_application(elements)
    debugged = application is not None and bool(application.attributes.get(_DEBUGGABLE))
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
    """Names of components that have an intent filter with an action, and no `android:exported` of any value.

    One without the namespace is none: Android looks for the id alone. A filter that names no action is none, but for
    a service.
    """
    acting = {each.parent for each in elements if each.name == "action"}
    filters = [each for each in elements if each.name == "intent-filter"]
    filtered = {each.parent for each in filters if each.number in acting}
    with_any = {each.parent for each in filters}
    for each in elements:
        if each.path != APPLICATION or each.name not in _WITH_FILTERS:
            continue
        if each.number in (with_any if each.name == "service" else filtered) and _EXPORTED not in each.attributes:
            yield each.text_of(_NAME) or each.name


def _names(elements: Sequence[Element], *tags: str, required: bool = False) -> Iterator[str]:
    """`android:name` of each element of these tags; with `required` only where the app cannot do without it."""
    for each in elements:
        name = each.text_of(_NAME)
        if each.name in tags and name and not (required and each.attributes.get(_REQUIRED, 1) == 0):
            yield name


def _list_groups(elements: Sequence[Element]) -> Iterator[str]:
    for each in elements:
        group = each.text_of(_GROUP) or ""
        if each.name == "permission" and group.startswith(ANDROID_GROUP):
            yield group


def _list_authorities(elements: Sequence[Element]) -> Iterator[str]:
    for each in elements:
        if each.name == "provider" and each.path == APPLICATION:
            yield from filter(None, (each.text_of(_AUTHORITIES) or "").split(";"))


def _find_overlaid(elements: Sequence[Element]) -> Iterator[str]:
    """Of an overlay: the package that it changes the look of."""
    for each in elements:
        if each.name == "overlay" and each.path == TOP:
            yield each.text_of(_TARGET_PACKAGE) or "?"


def _number(element: Element, key: int) -> int | None:
    value = element.attributes.get(key)
    return value if isinstance(value, int) else None


def _plain_text(element: Element | None, name: str) -> str:
    return "" if element is None else element.text_of(name) or ""


def _text(element: Element | None, key: int) -> str:
    return "" if element is None else element.text_of(key) or ""


def _list_types(element: Element | None, key: int, name: str) -> frozenset[str]:
    """Words between commas; Android looks for the name, tools write the id."""
    if element is None:
        return frozenset()
    text = element.text_of(key) or element.text_of(name) or ""
    return frozenset(word for each in text.split(",") if (word := each.strip()))
