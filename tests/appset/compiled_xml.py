"""Android's compiled XML out of XML as people write it, as small as Android still takes it.

Text that is a whole number or a truth value becomes one, `@` before text a reference into the resources.
"""

from __future__ import annotations

import struct
from xml.etree import ElementTree as ET

from virtual.android.apk_maker import ANDROID, NONE, chunk

IDS = {
    "label": 0x01010001, "name": 0x01010003, "protectionLevel": 0x01010009, "permissionGroup": 0x0101000A,
    "sharedUserId": 0x0101000B, "debuggable": 0x0101000F, "exported": 0x01010010, "process": 0x01010011,
    "taskAffinity": 0x01010012, "authorities": 0x01010018, "targetPackage": 0x01010021, "value": 0x01010024,
    "resource": 0x01010025, "mimeType": 0x01010026, "targetActivity": 0x01010202, "minSdkVersion": 0x0101020C,
    "tag": 0x010100D1, "versionCode": 0x0101021B, "versionName": 0x0101021C, "targetSdkVersion": 0x01010270,
    "maxSdkVersion": 0x01010271,
    "testOnly": 0x01010272, "required": 0x0101028E, "manageSpaceActivity": 0x01010004, "scheme": 0x01010027,
    "host": 0x01010028, "backupAgent": 0x0101027F, "allowBackup": 0x01010280, "usesPermissionFlags": 0x01010644,
    "appComponentFactory": 0x0101057A, "zygotePreloadName": 0x0101059D, "multiArch": 0x0101048E,
    "sdkVersion": 0x01010610, "minExtensionVersion": 0x01010611, "sharedUserMaxSdkVersion": 0x0101064D,
}  # fmt: skip
"""Resource ids of AOSP's public.xml; Android looks attributes up in their order."""
NAMESPACE = f"{{{ANDROID}}}"


USUAL_SDK = '<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="34"/>'


def compile_manifest(body: str, top: str = "", sdk: str = USUAL_SDK, *, utf8: bool = False) -> bytes:
    """The manifest of the package of `make_apk`.

    Args:
        body: what stands in it.
        top: further attributes of its first element.
        sdk: what it says of releases.
        utf8: how its strings are encoded.
    """
    usual = 'package="org.example.made" android:versionCode="1" android:versionName="v1"'
    text = f'<manifest xmlns:android="{ANDROID}" {usual} {top}>{sdk}{body}</manifest>'
    return Compiler(utf8=utf8).compile(text)


class Compiler:
    """Writes one document.

    Args:
        utf8: how the string pool is encoded.
    """

    def __init__(self, *, utf8: bool = False) -> None:
        self._strings, self._utf8, self._body = [*IDS, ANDROID], utf8, b""

    def compile(self, text: str) -> bytes:
        """The bytes of a document."""
        self._write(ET.fromstring(text))  # noqa: S314 # ours
        ids = chunk(0x180, b"", struct.pack(f"<{len(IDS)}I", *IDS.values()))
        return chunk(3, b"", self._write_pool() + ids + self._body)

    def _write(self, element: ET.Element) -> None:
        attributes = sorted(element.attrib.items(), key=lambda pair: IDS.get(pair[0].removeprefix(NAMESPACE), 2**32))
        data = struct.pack("<IIHHHHHH", NONE, self._index(element.tag), 20, 20, len(attributes), 0, 0, 0)
        for key, value in attributes:
            space = self._index(ANDROID) if key.startswith(NAMESPACE) else NONE
            known = key.removeprefix(NAMESPACE)
            name = self._index(known) if space != NONE or known not in IDS else self._add(known)
            data += struct.pack("<II", space, name) + self._write_value(value)
        self._body += chunk(0x102, struct.pack("<II", 1, NONE), data)
        for child in element:
            self._write(child)
        self._body += chunk(0x103, struct.pack("<II", 1, NONE), struct.pack("<II", NONE, self._index(element.tag)))

    def _write_value(self, value: str) -> bytes:
        if value in ("true", "false"):
            return struct.pack("<IHBBI", NONE, 8, 0, 18, NONE if value == "true" else 0)
        if value.isdecimal():
            return struct.pack("<IHBBI", NONE, 8, 0, 16, int(value))
        if value.startswith("@"):
            return struct.pack("<IHBBI", NONE, 8, 0, 1, 0x7F010000)
        return struct.pack("<IHBBI", self._index(value), 8, 0, 3, self._index(value))

    def _index(self, text: str) -> int:
        return self._strings.index(text) if text in self._strings else self._add(text)

    def _add(self, text: str) -> int:
        self._strings.append(text)
        return len(self._strings) - 1

    def _write_pool(self) -> bytes:
        data, offsets = b"", []
        for text in self._strings:
            offsets.append(len(data))
            data += self._encode(text)
        data += b"\0" * (-len(data) % 4)
        head = struct.pack("<IIIII", len(offsets), 0, 0x100 if self._utf8 else 0, 28 + 4 * len(offsets), 0)
        return chunk(1, head, struct.pack(f"<{len(offsets)}I", *offsets) + data)

    def _encode(self, text: str) -> bytes:
        if not self._utf8:
            return struct.pack("<H", len(text)) + text.encode("utf-16-le") + b"\0\0"
        raw = text.encode()
        lengths = (
            bytes([each]) if each < 128 else bytes([0x80 | each >> 8, each & 0xFF]) for each in (len(text), len(raw))
        )
        return b"".join(lengths) + raw + b"\0"
