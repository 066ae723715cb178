"""The keys of an app's managed configuration, as its restrictions file lists them (Android: `RestrictionsManager`).

The manifest names the file by a number of the resource table. Here every compiled XML file of the APK is looked at
instead: only that one has `restrictions` as its outermost element.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from provision.appset.binary_xml import read_elements
from provision.appset.signing.faults import DAMAGED

_KEY = 0x010101E8
_COMPILED = b"\x03\x00\x08\x00"
_WORDS = (b"restrictions", "restrictions".encode("utf-16-le"))
MOST_XML_BYTES, MOST_BYTES = 1024 * 1024, 128 * 1024 * 1024


def read_restrictions(apk: Path) -> tuple[str, ...]:
    """Keys in the order of the file; none where the app has no such file or it cannot be read.

    Raises:
        OSError: the APK cannot be read.
    """
    try:
        with zipfile.ZipFile(apk) as archive:
            budget = MOST_BYTES
            for info in archive.infolist():
                if not info.filename.endswith(".xml") or not 8 < info.file_size <= min(MOST_XML_BYTES, budget):
                    continue
                budget -= info.file_size
                with archive.open(info) as source:
                    raw = source.read(MOST_XML_BYTES)
                if raw.startswith(_COMPILED) and any(word in raw for word in _WORDS):
                    keys = _read_keys(raw)
                    if keys:
                        return keys
    except DAMAGED:
        pass
    return ()


def _read_keys(raw: bytes) -> tuple[str, ...]:
    try:
        elements = read_elements(raw)
    except DAMAGED:
        return ()
    if not elements or elements[0].name != "restrictions":
        return ()
    keys = (each.text_of(_KEY) or each.text_of("key") for each in elements if each.name == "restriction")
    return tuple(dict.fromkeys(key for key in keys if key))
