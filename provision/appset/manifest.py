"""What an APK says of itself: the binary manifest and the ABIs of its native libraries.

The binary XML is parsed by apkInspector; attributes are found by resource id, as Android does it,
because their names in the string pool may be anything.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from apkInspector.axml import ManifestStruct, XmlAttributeElement, XmlStartElement

from provision.appset.signing.faults import DAMAGED, ApkError

MANIFEST = "AndroidManifest.xml"
MAX_MANIFEST_BYTES = 4 * 1024 * 1024

# Resource ids of AOSP's public.xml; they never change.
_VERSION_CODE, _VERSION_CODE_MAJOR, _VERSION_NAME = 0x0101021B, 0x01010576, 0x0101021C
_MIN_SDK, _TARGET_SDK = 0x0101020C, 0x01010270
_TEST_ONLY, _NAME, _VALUE = 0x01010272, 0x01010003, 0x01010024
_TYPE_STRING, _TYPE_DECIMAL, _TYPE_HEX, _TYPE_BOOLEAN = 3, 16, 17, 18  # ResourceTypes.h, Res_value

_SPLITS_REQUIRED = "com.android.vending.splits.required"
_RESTRICTIONS = "android.content.APP_RESTRICTIONS"

_Attributes: TypeAlias = dict[int | str, int | str | None]


@dataclass(frozen=True)
class Manifest:
    """What an app set pins or must know of an APK.

    Attributes:
        version_name: None when it refers to a resource.
        split: name of the split, empty for a base APK.
        needs_splits: a base APK that Android does not install alone.
        test_only: Android installs it with a developer's option only, which this product does not use.
        permissions: that it asks for.
        takes_configuration: it says which managed configuration it reads.
    """

    package: str
    version_code: int
    version_name: str | None
    min_sdk: int
    target_sdk: int
    abis: frozenset[str]
    split: str = ""
    needs_splits: bool = False
    test_only: bool = False
    permissions: frozenset[str] = frozenset()
    takes_configuration: bool = False


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of one APK.

    Raises:
        ApkError: not a ZIP file, no manifest, or a manifest that is damaged.
        OSError: the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as apk:
            if MANIFEST not in apk.namelist():
                raise ApkError(f"it has no {MANIFEST}, so it is no APK")
            with apk.open(MANIFEST) as entry:
                raw = entry.read(MAX_MANIFEST_BYTES + 1)
            abis = frozenset(_abis(apk.namelist()))
        if len(raw) > MAX_MANIFEST_BYTES:
            raise ApkError("its AndroidManifest.xml is too large")
        return _manifest(raw, abis)
    except DAMAGED:
        raise ApkError("its AndroidManifest.xml cannot be read") from None


def _abis(names: list[str]) -> Iterator[str]:
    """`lib/<abi>/libx.so` names an ABI."""
    for name in names:
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "lib" and parts[2].endswith(".so"):
            yield parts[1]


def _manifest(raw: bytes, abis: frozenset[str]) -> Manifest:
    tree = ManifestStruct.parse(io.BytesIO(raw))  # type: ignore[no-untyped-call] # it ships no types
    top, sdk = _first(tree, "manifest"), _first(tree, "uses-sdk")
    application, metadata = _first(tree, "application"), _read_metadata(tree)
    package, code = _text(top, "package"), _number(top, _VERSION_CODE) or 0
    if package is None:
        raise ApkError("its manifest has no package name")
    minimum = _number(sdk, _MIN_SDK) or 1
    return Manifest(
        package=package,
        version_code=((_number(top, _VERSION_CODE_MAJOR) or 0) << 32) | code,
        version_name=_text(top, _VERSION_NAME),
        min_sdk=minimum,
        target_sdk=_number(sdk, _TARGET_SDK) or minimum,
        abis=abis,
        split=_text(top, "split") or "",
        needs_splits=any(bool(each.get("isSplitRequired")) for each in (top, application))
        or bool(metadata.get(_SPLITS_REQUIRED)),
        test_only=bool(application.get(_TEST_ONLY)),
        permissions=frozenset(
            name
            for tag in ("uses-permission", "uses-permission-sdk-23")
            for each in _elements(tree, tag)
            if (name := _text(each, _NAME)) is not None
        ),
        takes_configuration=_RESTRICTIONS in metadata,
    )


def _read_metadata(tree: ManifestStruct) -> dict[str, int | str | None]:
    """Every `meta-data` by name; a value that refers to a resource is None."""
    return {_text(each, _NAME) or "": each.get(_VALUE) for each in _elements(tree, "meta-data")}


def _first(tree: ManifestStruct, name: str) -> _Attributes:
    return next(_elements(tree, name), {})


def _elements(tree: ManifestStruct, name: str) -> Iterator[_Attributes]:
    """The attributes of each element of this name, by resource id and by name."""
    strings: list[str] = tree.string_pool.string_list
    ids: list[int] = tree.resource_map.resids
    for element in tree.elements:
        if isinstance(element, XmlStartElement) and strings[element.attrext[1]] == name:
            yield {
                key: _value(each, strings)
                for each in element.attributes
                for key in _keys(each.name_index, strings, ids)
            }


def _keys(index: int, strings: list[str], ids: list[int]) -> tuple[int | str, ...]:
    return (ids[index], strings[index]) if index < len(ids) else (strings[index],)


def _value(attribute: XmlAttributeElement, strings: list[str]) -> int | str | None:
    """A literal whole number, truth value or text; None for what refers to a resource."""
    if attribute.typed_value_datatype == _TYPE_BOOLEAN:
        return int(attribute.typed_value_data != 0)
    if attribute.typed_value_datatype in (_TYPE_DECIMAL, _TYPE_HEX):
        return int(attribute.typed_value_data)
    return strings[attribute.typed_value_data] if attribute.typed_value_datatype == _TYPE_STRING else None


def _number(attributes: _Attributes, key: int | str) -> int | None:
    """A whole number; the code name of a preview release in its place is an error."""
    value = attributes.get(key)
    if isinstance(value, str):
        raise ApkError("its manifest has text where a version or SDK number belongs")
    return value


def _text(attributes: _Attributes, key: int | str) -> str | None:
    value = attributes.get(key)
    return value if isinstance(value, str) else None
