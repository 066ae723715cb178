"""Reading an APK file the way the package manager does: manifest and signer, no signature check.

The manifest is binary XML, read with apkInspector; the signer's certificate comes from the APK
signing block (v2 or v3) or from `META-INF` (v1).
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from apkInspector.axml import ManifestStruct, XmlEndElement, XmlStartElement
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

BLOCK_MAGIC = b"APK Sig Block 42"
V2_BLOCK, V3_BLOCK = 0x7109871A, 0xF05368C0
STRING, BOOLEAN = 3, 18
MANIFEST, RESOURCES = "AndroidManifest.xml", "resources.arsc"
PAGE = 4096
FILTERED = ("activity", "activity-alias", "service", "receiver")
PREVIEW_LEVEL = 10000
"""What a preview's codename stands for where a level is expected."""


class BadApk(Exception):
    """The file is not an APK; carries the package manager's code (packages document 3.7)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Apk:
    """Members of an APK that an install looks at.

    Attributes:
        receivers: full class name -> permission that guards it.
        abis: folders under `lib/`, empty when the package has no native code.
        signer_v1, signer_v2: SHA-256 of the first signer's certificate (DER), empty when the file
            has no signature of that scheme; `signer_v2` covers v3 too.
        checksum: Java `Arrays.hashCode` of that certificate, what `dumpsys package` prints.
        split: name of the split, empty for a base package.
        needs_split: a base that is not installed without any split.
        codename: the preview it asks for, empty for released levels.
        defines, authorities: permissions and provider authorities it brings.
        libraries: shared libraries it cannot do without.
        compressed: its `resources.arsc` is compressed, or not at a multiple of four bytes.
        unready: ABIs whose libraries are compressed or not at a multiple of a page, where they stay in the APK.
        unexported: the first component with an intent filter that does not say whether other apps may reach it.
        shared_user: the user id it wants to share.
        exported: receivers that other apps may reach; one that does not say so is closed.
    """

    package: str
    version_code: int
    version_name: str
    min_sdk: int
    target_sdk: int
    test_only: bool
    permissions: tuple[str, ...]
    receivers: dict[str, str | None]
    abis: tuple[str, ...]
    signer_v1: str
    signer_v2: str
    checksum: int
    split: str = ""
    needs_split: bool = False
    debuggable: bool = False
    codename: str = ""
    defines: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    compressed: bool = False
    unready: tuple[str, ...] = ()
    unexported: str = ""
    shared_user: str = ""
    exported: tuple[str, ...] = ()

    def signer(self, api: int) -> str:
        """The signer this release sees: before API 24 only v1 counts (packages document 3.7)."""
        return (self.signer_v2 or self.signer_v1) if api >= 24 else self.signer_v1


def read_apk(content: bytes) -> Apk:
    """Read one APK.

    Raises:
        BadApk: not a ZIP file, no manifest, or a manifest that cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest, names = archive.read(MANIFEST), archive.namelist()
            v1, compressed = _v1_certificate(archive), _is_unready(content, archive, RESOURCES, 4)
            unready = {
                name.split("/")[1] for name in names if _is_code(name) and _is_unready(content, archive, name, PAGE)
            }
    except zipfile.BadZipFile as error:
        raise BadApk("INSTALL_PARSE_FAILED_NOT_APK", "Failed to parse base.apk") from error
    except KeyError as error:
        raise BadApk("INSTALL_PARSE_FAILED_BAD_MANIFEST", "base.apk has no manifest") from error
    v2 = _block_certificate(content)
    abis = tuple(sorted({name.split("/")[1] for name in names if name.startswith("lib/")}))
    elements = _read_elements(manifest)
    extracts = dict(reversed(elements)).get("application", {}).get("extractNativeLibs", True)
    stay = () if extracts else tuple(sorted(unready))
    return replace(_describe(elements, abis, v1, v2), compressed=compressed, unready=stay)


def _is_code(name: str) -> bool:
    return name.startswith("lib/") and name.endswith(".so") and name.count("/") == 2


def _is_unready(content: bytes, archive: zipfile.ZipFile, name: str, unit: int) -> bool:
    """Tell whether an entry that is there cannot be read in place (packages document 3.12)."""
    if name not in archive.namelist():
        return False
    info = archive.getinfo(name)
    lengths: tuple[int, int] = struct.unpack_from("<HH", content, info.header_offset + 26)
    return info.compress_type != zipfile.ZIP_STORED or (info.header_offset + 30 + sum(lengths)) % unit != 0


def _find_unexported(elements: list[tuple[str, dict[str, Any]]]) -> str:
    """Components do not nest: a filter belongs to the last one before it; without an action it counts for services."""
    last: tuple[str, dict[str, Any]] = ("", {})
    for tag, attributes in elements:
        decides = tag == ("intent-filter" if last[0] == "service" else "action")
        if decides and last[0] in FILTERED and "exported" not in last[1]:
            return str(last[1].get("name", last[0]))
        last = (tag, attributes) if tag in (*FILTERED, "provider") else last
    return ""


def _describe(elements: list[tuple[str, dict[str, Any]]], abis: tuple[str, ...], v1: bytes, v2: bytes) -> Apk:
    """Put together what stands in the manifest's elements."""
    tags = dict(reversed(elements))
    root, sdk, application = tags.get("manifest", {}), tags.get("uses-sdk", {}), tags.get("application", {})
    package = _package_name(root)
    receivers = _receivers(package, elements)
    min_sdk, codename = _level(sdk.get("minSdkVersion", 1))
    return Apk(
        package=package,
        version_code=int(root.get("versionCode", 0)),
        version_name=str(root.get("versionName", "")),
        min_sdk=min_sdk,
        target_sdk=_level(sdk.get("targetSdkVersion", min_sdk))[0],
        test_only=bool(application.get("testOnly", False)),
        permissions=_values(elements, "uses-permission", "name"),
        receivers={name: receiver.get("permission") for name, receiver in receivers},
        abis=abis,
        signer_v1=_digest(v1),
        signer_v2=_digest(v2),
        checksum=java_hash(v2 or v1),
        split=str(root.get("split", "")),
        needs_split=bool(root.get("isSplitRequired") or application.get("isSplitRequired")),
        debuggable=bool(application.get("debuggable", False)),
        codename=codename,
        defines=_values(elements, "permission", "name"),
        authorities=tuple(filter(None, ";".join(_values(elements, "provider", "authorities")).split(";"))),
        libraries=_values([(t, a) for t, a in elements if a.get("required", True)], "uses-library", "name"),
        unexported=_find_unexported(elements),
        shared_user=str(root.get("sharedUserId", "")),
        exported=tuple(name for name, receiver in receivers if receiver.get("exported") is True),
    )


def _package_name(root: dict[str, Any]) -> str:
    """The name of the package.

    Raises:
        BadApk: there is none, or it has one part only.
    """
    package = str(root.get("package", ""))
    if "." not in package:
        raise BadApk("INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME", f"bad package name {package!r}")
    return package


def _receivers(package: str, elements: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """(full class name, attributes) of each receiver that has a name."""
    named = (attributes for tag, attributes in elements if tag == "receiver" and "name" in attributes)
    return [(_full_name(package, str(attributes["name"])), attributes) for attributes in named]


def _digest(certificate: bytes) -> str:
    """SHA-256 of a certificate, empty for none."""
    return hashlib.sha256(certificate).hexdigest() if certificate else ""


def _level(value: object) -> tuple[int, str]:
    """(level, codename) of a level that may be the codename of a preview."""
    text = str(value)
    return (int(text), "") if text.isdecimal() else (PREVIEW_LEVEL, text)


def _values(elements: list[tuple[str, dict[str, Any]]], tag: str, name: str) -> tuple[str, ...]:
    """One attribute of every element of a kind that has it."""
    return tuple(str(attributes[name]) for kind, attributes in elements if kind == tag and name in attributes)


def _full_name(package: str, name: str) -> str:
    """A class name with its package, from the short forms a manifest allows."""
    if name.startswith("."):
        return package + name
    return name if "." in name else f"{package}.{name}"


def java_hash(data: bytes) -> int:
    """Java `Arrays.hashCode` over signed bytes, as an unsigned 32-bit number (packages document 4.4)."""
    if not data:
        return 0
    value = 1
    for byte in data:
        value = (31 * value + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF  # signed bytes
    return value


@lru_cache(maxsize=64)
def _read_elements(manifest: bytes) -> list[tuple[str, dict[str, Any]]]:
    """All of them; the tablets of a bench get the same apps, and reading one takes milliseconds."""
    return list(_elements(manifest))


def _elements(manifest: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every start element of a binary XML file as (tag, attributes by local name)."""
    try:
        parsed: Any = ManifestStruct.parse(io.BytesIO(manifest))  # type: ignore[no-untyped-call]
        strings = parsed.string_pool.string_list
        for element in parsed.elements:
            if isinstance(element, XmlStartElement) and not isinstance(element, XmlEndElement):
                attributes = {strings[a.name_index]: _value(a, strings) for a in element.attributes}
                yield strings[element.attrext[1]], attributes
    except (struct.error, IndexError, AttributeError, ValueError, TypeError) as error:
        raise BadApk("INSTALL_PARSE_FAILED_BAD_MANIFEST", "the manifest cannot be read") from error


def _value(attribute: Any, strings: list[str]) -> Any:  # noqa: ANN401 - the library has no types
    """One attribute as str, bool or int."""
    if attribute.typed_value_datatype == STRING:
        return strings[attribute.typed_value_data]
    if attribute.typed_value_datatype == BOOLEAN:
        return bool(attribute.typed_value_data)
    return attribute.typed_value_data


def _v1_certificate(archive: zipfile.ZipFile) -> bytes:
    """The first certificate of `META-INF/*.RSA|DSA|EC` as DER, empty when there is none."""
    for name in archive.namelist():
        if name.startswith("META-INF/") and name.upper().endswith((".RSA", ".DSA", ".EC")):
            try:
                certificates = pkcs7.load_der_pkcs7_certificates(archive.read(name))
            except ValueError:
                continue
            return certificates[0].public_bytes(Encoding.DER) if certificates else b""
    return b""


def _block_certificate(content: bytes) -> bytes:
    """The first certificate of the v2 or v3 signing block as DER, empty when there is none."""
    try:
        blocks = dict(_signing_blocks(content))
        block = blocks.get(V2_BLOCK) or blocks.get(V3_BLOCK)
        if not block:
            return b""
        signed_data = _first(_first(_first(block)))
        certificates = _pieces(signed_data)[1]
        return _first(certificates)
    except (struct.error, IndexError):
        return b""


def _signing_blocks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(id, value) pairs of the APK signing block; nothing when the file has none."""
    end = content.rindex(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", content, end + 16)
    if content[directory - 16 : directory] != BLOCK_MAGIC:
        return
    (size,) = struct.unpack_from("<Q", content, directory - 24)
    position = directory - size
    while position < directory - 24:
        length, block_id = struct.unpack_from("<QI", content, position)
        yield block_id, content[position + 12 : position + 8 + length]
        position += 8 + length


def _pieces(data: bytes) -> list[bytes]:
    """A sequence of length-prefixed pieces (little-endian 32-bit lengths)."""
    pieces, position = [], 0
    while position + 4 <= len(data):
        (length,) = struct.unpack_from("<I", data, position)
        pieces.append(data[position + 4 : position + 4 + length])
        position += 4 + length
    return pieces


def _first(data: bytes) -> bytes:
    """The first length-prefixed piece of some data."""
    return _pieces(data)[0]
