"""MANIFEST.MF and .SF files: named digests in sections, read as Android's StrictJarManifestReader reads them.

A section is digested with the line breaks behind it, so its bytes are kept. Where readers differ (a last line
without its break, which Android leaves out; several empty lines, which it counts and others do not) the list is
refused: one reading or none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from provision.appset.signing.faults import SignatureFault

DIGESTS: Mapping[str, str] = {"SHA-512": "sha512", "SHA-384": "sha384", "SHA-256": "sha256", "SHA1": "sha1"}
"""Names Android knows since 4.3, strongest first; of several only the strongest counts (StrictJarVerifier)."""

_LINE = re.compile(rb"[^\r\n]+(?:\r\n|\r|\n)")
_EMPTY = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Section:
    """Attributes by lower-case name, and the bytes they stand in."""

    attributes: Mapping[str, str]
    raw: bytes

    def find_digest(self, suffix: str) -> tuple[str, bytes] | None:
        """(hash, digest) of the strongest attribute that ends so, None where Android knows none of them."""
        for name, kind in DIGESTS.items():
            value = self.attributes.get(name.lower() + suffix)
            if value is not None:
                return kind, base64.b64decode(value, validate=True)
        return None

    def holds(self, suffix: str, data: bytes, *, absent: bool = False) -> bool:
        """Tell whether the digest that counts is the one of `data`; `absent` is the answer where there is none."""
        found = self.find_digest(suffix)
        if found is None:
            return absent
        return hmac.compare_digest(hashlib.new(found[0], data).digest(), found[1])


@dataclass(frozen=True)
class DigestList:
    """A MANIFEST.MF or .SF file: its first section, and the others by the entry they name."""

    main: Section
    entries: Mapping[str, Section]


def read_list(data: bytes) -> DigestList:
    """The sections of a list.

    Raises:
        SignatureFault: a list of another form, or one that can be read in two ways.
    """
    sections = [_read_section(raw) for raw in _split(data)]
    if not sections:
        raise SignatureFault("an empty list of digests")
    entries: dict[str, Section] = {}
    for section in sections[1:]:
        name = section.attributes.get("name", "")
        if not name or name in entries:
            raise SignatureFault(f"a list of digests names {name[:80]!r} in it twice or not at all")
        entries[name] = section
    return DigestList(sections[0], entries)


def _split(data: bytes) -> list[bytes]:
    """The bytes of each section with the one empty line that ends it; the last one may lack it."""
    found, start, position = [], 0, 0
    while position < len(data):
        line = _LINE.match(data, position)
        if line is not None:
            position = line.end()
            continue
        empty = _EMPTY.match(data, position)
        if empty is None or position == start:
            raise SignatureFault("a list of digests has a line of another form")
        position = empty.end()
        found.append(data[start:position])
        start = position
    return found if start == len(data) else [*found, data[start:]]


def _read_section(raw: bytes) -> Section:
    """A line that begins with a blank continues the one before."""
    text = re.sub(r"(?:\r\n|\r|\n) ", "", raw.decode("utf-8"))
    found: dict[str, str] = {}
    for line in re.split(r"\r\n|\r|\n", text.rstrip("\r\n")):
        name, colon, value = line.partition(": ")
        if not colon or name.lower() in found:
            raise SignatureFault("a list of digests has a line of another form")
        found[name.lower()] = value
    return Section(found, raw)
