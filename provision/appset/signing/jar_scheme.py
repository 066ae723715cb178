"""Scheme v1: a list of digests of every entry, a second list over the first, and a signature over that one.

    META-INF/MANIFEST.MF     digest of each entry
    META-INF/NAME.SF         digest of MANIFEST.MF and of its sections, and which newer schemes the file has
    META-INF/NAME.RSA|DSA|EC PKCS #7 signature over NAME.SF

Judged as Android's StrictJarVerifier does (AOSP `core/java/android/util/jar`, apksig's V1SchemeVerifier): where the
digest of the whole MANIFEST.MF differs or is missing, the sections that .SF names count; a signer whose list is
missing, has no version or names what MANIFEST.MF lacks is no signer; every entry has the same ones.
"""

from __future__ import annotations

import hashlib
import hmac
import zipfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from provision.appset.signing.archive import encode_name
from provision.appset.signing.block_schemes import MAX_SIGNERS, Signer
from provision.appset.signing.digest_list import DigestList, Section, read_list
from provision.appset.signing.faults import ContradictedSignature, SignatureFault, WeakSignature
from provision.appset.signing.pkcs7 import verify_pkcs7

FOLDER, MANIFEST = "META-INF/", "META-INF/MANIFEST.MF"
SIGNATURE_SUFFIXES = (".RSA", ".DSA", ".EC")
MAX_LIST_BYTES = 64 * 1024 * 1024
MAX_SIGNATURE_BYTES = 1024 * 1024
_SCHEMES_KEY = "x-android-apk-signed"


@dataclass(frozen=True)
class _Covering:
    """One signer, and the entries its .SF file names."""

    signer: Signer
    names: Set[str]


def is_signed(archive: zipfile.ZipFile) -> bool:
    """Tell whether the file claims a v1 signature."""
    return bool(_find_signatures(archive))


def verify_jar(archive: zipfile.ZipFile) -> tuple[Signer, ...]:
    """Every v1 signer.

    Raises:
        SignatureFault: an entry, a list or a signature was added, removed or changed, or is of another form.
        DAMAGED: an entry cannot be unpacked.
    """
    raw = _read(archive, MANIFEST, MAX_LIST_BYTES)
    manifest = read_list(raw)
    found = [_verify_signer(archive, path, raw, manifest) for path in _find_signatures(archive)]
    signers = [each for each in found if each is not None]
    if len(signers) > MAX_SIGNERS:
        raise SignatureFault(f"it has more than {MAX_SIGNERS} signers")
    return tuple(each.signer for each in _verify_entries(archive, manifest.entries, signers))


def _find_signatures(archive: zipfile.ZipFile) -> list[str]:
    return [
        name
        for name in archive.namelist()
        if name.startswith(FOLDER) and name.count("/") == 1 and name.upper().endswith(SIGNATURE_SUFFIXES)
    ]


def _verify_signer(archive: zipfile.ZipFile, path: str, raw: bytes, manifest: DigestList) -> _Covering | None:
    """One signer; None for one that Android leaves out."""
    name = f"{path.rpartition('.')[0]}.SF"
    if name not in archive.namelist():
        return None
    text = _read(archive, name, MAX_LIST_BYTES)
    certificate, first_api = verify_pkcs7(_read(archive, path, MAX_SIGNATURE_BYTES), text)
    listed = read_list(text)
    promised = listed.main.attributes.get(_SCHEMES_KEY, "").split(",")
    schemes = frozenset(int(word) for word in promised if word.strip().isdecimal())
    if "signature-version" not in listed.main.attributes or not _covers(listed, raw, manifest):
        return None
    return _Covering(Signer(certificate, min_sdk=first_api, promises=schemes), listed.entries.keys())


def _covers(listed: DigestList, raw: bytes, manifest: DigestList) -> bool:
    """Tell whether a .SF file stands for MANIFEST.MF; False where it names an entry that MANIFEST.MF lacks.

    Raises:
        SignatureFault: a digest that counts differs.
    """
    old_tool = "signtool" in listed.main.attributes.get("created-by", "")
    main = "-digest-manifest-main-attributes"
    if not old_tool and not listed.main.holds(main, manifest.main.raw, absent=True):
        raise ContradictedSignature(f"{MANIFEST} in it was changed after it was signed")
    if listed.main.holds("-digest" if old_tool else "-digest-manifest", raw):
        return True
    for name, section in listed.entries.items():
        if name not in manifest.entries:
            continue
        if section.find_digest("-digest") is None:
            raise _refuse_digest(section, f"what {MANIFEST} says of {name[:80]!r}")
        if not section.holds("-digest", _digested(manifest.entries[name], old_tool)):
            raise ContradictedSignature(f"what {MANIFEST} says of {name[:80]!r} was changed after it was signed")
    return listed.entries.keys() <= manifest.entries.keys()


def _digested(section: Section, old_tool: bool) -> bytes:  # noqa: FBT001 # what made the list
    """The bytes of a section that are digested; an old tool left the empty line out."""
    return section.raw[:-1] if old_tool and section.raw.endswith(b"\n\n") else section.raw


def _verify_entries(
    archive: zipfile.ZipFile, digests: Mapping[str, Section], signers: Sequence[_Covering]
) -> Sequence[_Covering]:
    """Each entry is listed, signed by the same signers and unchanged; nothing listed is missing.

    Returns:
        The signers of every entry; a signer of none is left out, as Android does.
    """
    present = {encode_name(info).decode("utf-8"): info for info in archive.infolist()}
    missing = digests.keys() - present.keys()
    if missing:
        raise ContradictedSignature(f"{min(missing)[:80]!r} is missing from it")
    needed = [name for name in present if not _needs_no_digest(name)]
    common = _find_signers(needed[0], signers) if needed else []
    for name in needed:
        if name not in digests:
            raise ContradictedSignature(f"{name[:80]!r} in it is not signed")
        if _find_signers(name, signers) != common:
            raise SignatureFault(f"{name[:80]!r} in it is not signed by all who signed the rest")
        _compare_entry(archive, present[name], digests[name], name)
    if not common:
        raise SignatureFault("nothing in it is signed")
    return common


def _refuse_digest(section: Section, what: str) -> SignatureFault:
    """Why a section that Android knows no digest of stands for nothing."""
    if "md5-digest" in section.attributes:
        return WeakSignature(f"{what} is signed by an algorithm that is too weak (MD5)")
    return SignatureFault(f"{what} is signed by an algorithm that Android does not know")


def _find_signers(name: str, signers: Sequence[_Covering]) -> list[_Covering]:
    return [each for each in signers if name in each.names]


def _needs_no_digest(name: str) -> bool:
    """Folders, and everything in META-INF: unlike the JAR specification, Android leaves it out altogether."""
    return name.endswith("/") or name.startswith(FOLDER)


def _compare_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, section: Section, name: str) -> None:
    wanted = section.find_digest("-digest")
    if wanted is None:
        raise _refuse_digest(section, f"{name[:80]!r} in it")
    maker = hashlib.new(wanted[0])
    with archive.open(info) as source:
        while data := source.read(1024 * 1024):
            maker.update(data)
    if not hmac.compare_digest(maker.digest(), wanted[1]):
        raise ContradictedSignature(f"{name[:80]!r} in it was changed after it was signed")


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    if name not in archive.namelist():
        raise SignatureFault(f"{name[:80]!r} is missing from it")
    with archive.open(name) as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise SignatureFault(f"{name[:80]!r} in it is too large")
    return data
