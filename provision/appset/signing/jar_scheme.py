"""Scheme v1: a list of digests of every entry, a second list over the first, and a signature over that one.

    META-INF/MANIFEST.MF     digest of each entry
    META-INF/NAME.SF         digest of MANIFEST.MF, and which newer schemes the file has
    META-INF/NAME.RSA|DSA|EC PKCS #7 signature over NAME.SF

Stricter than Android in one point: the digest of the whole MANIFEST.MF must hold; Android would then still
try the digests of its parts, which no signing tool needs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from provision.appset.signing.archive import encode_name
from provision.appset.signing.block_schemes import Signer
from provision.appset.signing.faults import SignatureFault
from provision.appset.signing.pkcs7 import verify_pkcs7

FOLDER, MANIFEST = "META-INF/", "META-INF/MANIFEST.MF"
SIGNATURE_SUFFIXES = (".RSA", ".DSA", ".EC")
MAX_LIST_BYTES = 64 * 1024 * 1024
MAX_SIGNATURE_BYTES = 1024 * 1024
_DIGESTS: Mapping[str, str] = {
    "SHA-512": "sha512", "SHA-384": "sha384", "SHA-256": "sha256", "SHA1": "sha1", "SHA-1": "sha1",
}  # fmt: skip
_SCHEMES_KEY = "x-android-apk-signed"

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class _Listed:
    """A MANIFEST.MF or .SF file: its first section, and the others by the entry they name."""

    main: Attributes
    entries: Mapping[str, Attributes]


def is_signed(archive: zipfile.ZipFile) -> bool:
    """Whether the file claims a v1 signature."""
    return bool(_find_signatures(archive))


def verify_jar(archive: zipfile.ZipFile) -> tuple[Signer, ...]:
    """Every v1 signer.

    Raises:
        SignatureFault: an entry, a list or a signature was added, removed or changed.
        DAMAGED: the same, found by a library.
    """
    manifest = _read(archive, MANIFEST, MAX_LIST_BYTES)
    listed = _parse(manifest)
    signers, names = [], []
    for path in _find_signatures(archive):
        signer, covers = _verify_signer(archive, path, manifest)
        signers.append(signer)
        names.append(covers)
    _verify_entries(archive, listed.entries, names)
    return tuple(signers)


def _find_signatures(archive: zipfile.ZipFile) -> list[str]:
    return [
        name
        for name in archive.namelist()
        if name.startswith(FOLDER) and name.count("/") == 1 and name.upper().endswith(SIGNATURE_SUFFIXES)
    ]


def _verify_signer(archive: zipfile.ZipFile, path: str, manifest: bytes) -> tuple[Signer, frozenset[str]]:
    """One signer, and the entries its .SF file names."""
    text = _read(archive, f"{path.rpartition('.')[0]}.SF", MAX_LIST_BYTES)
    certificate = verify_pkcs7(_read(archive, path, MAX_SIGNATURE_BYTES), text)
    listed = _parse(text)
    _compare(listed.main, "-digest-manifest", manifest, MANIFEST)
    promised = listed.main.get(_SCHEMES_KEY, "").split(",")
    schemes = frozenset(int(word) for word in promised if word.strip().isdigit())
    return Signer(certificate, promises=schemes), frozenset(listed.entries)


def _verify_entries(archive: zipfile.ZipFile, digests: Mapping[str, Attributes], covered: list[frozenset[str]]) -> None:
    """Each entry is listed, signed by every signer and unchanged; nothing listed is missing."""
    present = {encode_name(info).decode("utf-8"): info for info in archive.infolist()}
    missing = digests.keys() - present.keys()
    if missing:
        raise SignatureFault(f"{min(missing)[:80]!r} is missing from it")
    for name, info in present.items():
        if _needs_no_digest(name):
            continue
        if name not in digests or any(name not in names for names in covered):
            raise SignatureFault(f"{name[:80]!r} in it is not signed")
        _compare_entry(archive, info, digests[name], name)


def _needs_no_digest(name: str) -> bool:
    """Folders, and everything in META-INF: unlike the JAR specification, Android leaves it out altogether."""
    return name.endswith("/") or name.startswith(FOLDER)


def _compare_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, attributes: Attributes, name: str) -> None:
    wanted = _find_digests(attributes, "-digest")
    if not wanted:
        raise SignatureFault(f"{name[:80]!r} in it is not signed")
    makers = {kind: hashlib.new(kind) for kind, _ in wanted}
    with archive.open(info) as source:
        while data := source.read(1024 * 1024):
            for maker in makers.values():
                maker.update(data)
    if any(not hmac.compare_digest(makers[kind].digest(), value) for kind, value in wanted):
        raise SignatureFault(f"{name[:80]!r} in it was changed after it was signed")


def _compare(attributes: Attributes, suffix: str, data: bytes, name: str) -> None:
    """Every digest of `data` that is named must hold, and one must be named."""
    wanted = _find_digests(attributes, suffix)
    if not wanted:
        raise SignatureFault(f"no digest of {name} is signed")
    if any(not hmac.compare_digest(hashlib.new(kind, data).digest(), value) for kind, value in wanted):
        raise SignatureFault(f"{name} in it was changed after it was signed")


def _find_digests(attributes: Attributes, suffix: str) -> list[tuple[str, bytes]]:
    return [
        (kind, base64.b64decode(attributes[name.lower() + suffix], validate=True))
        for name, kind in _DIGESTS.items()
        if name.lower() + suffix in attributes
    ]


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    if name not in archive.namelist():
        raise SignatureFault(f"{name[:80]!r} is missing from it")
    with archive.open(name) as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise SignatureFault(f"{name[:80]!r} in it is too large")
    return data


def _parse(data: bytes) -> _Listed:
    """Sections are parted by empty lines; a line that begins with a blank continues the one before."""
    text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "")
    sections = [_parse_section(part) for part in text.split("\n\n") if part.strip("\n")]
    if not sections:
        raise SignatureFault("an empty list of digests")
    entries: dict[str, Attributes] = {}
    for section in sections[1:]:
        name = section.get("name", "")
        if not name or name in entries:
            raise SignatureFault(f"a list of digests names {name[:80]!r} in it twice or not at all")
        entries[name] = section
    return _Listed(sections[0], entries)


def _parse_section(text: str) -> Attributes:
    """Attributes by lower-case name."""
    found: dict[str, str] = {}
    for line in text.strip("\n").split("\n"):
        name, colon, value = line.partition(": ")
        if not colon or name.lower() in found:
            raise SignatureFault("a list of digests has a line of another form")
        found[name.lower()] = value
    return found
