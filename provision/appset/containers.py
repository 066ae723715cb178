"""Files that people bring in place of an APK: packages of APKs, bundles and libraries; and how a package is unpacked.

None of them has a compiled `AndroidManifest.xml` of its own. Source of the forms: bundletool (`.apks`: `toc.pb` beside
`splits/`, `standalones/` and `instant/`; `.aab`: `BundleConfig.pb`), the shops that write `.xapk` (`manifest.json`)
and `.apkm` (`info.json`).
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from provision.appset.app_fault import refuse
from provision.appset.file_kinds import HEAD_BYTES, TAR, name_kind
from provision.appset.signing.faults import DAMAGED, ApkCause, ApkError
from provision.files import open_regular

MANIFEST = "AndroidManifest.xml"
MOST_FILES = 200
MOST_BYTES = 8 * 1024**3
MOST_TIMES = 20
"""An APK is compressed in itself, so a package of them grows little; what grows more is made to fill the disk."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}\.apk", re.ASCII | re.IGNORECASE)
_SPLITS, _LEFT_OUT = "splits/", ("instant/", "archive/", "asset-slices/")
_AGAIN = re.compile(r"_\d+(?=\.apk$)")
"""What bundletool adds to the name of a file that it makes once more for later releases (`ApkPathManager`)."""
_PASSWORD = 0x1  # of an entry's flags
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Unpacked:
    """APKs that came out of one package.

    Attributes:
        folder: that was made for them.
        apks: in it.
        left: names of further files that no tablet gets here: expansion files (`.obb`) and asset packs.
    """

    folder: Path
    apks: tuple[Path, ...]
    left: tuple[str, ...]


def check_is_apk(path: Path) -> None:
    """Say what a file is that is no APK; one that begins as an APK and cannot be read is for others to explain.

    Raises:
        ApkError: another kind of file, or a ZIP file without the manifest of an APK.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        kind = _read_kind(file)
        if kind and (
            kind == TAR or not zipfile.is_zipfile(file)
        ):  # a tar that ends with an APK ends as a ZIP file does
            raise ApkError(f"it is {kind}", ApkCause.NOT_APK)
        with suppress(*DAMAGED), zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            library = "classes.jar" in names and not any(name.endswith(".dex") for name in names)
            if library or "apex_payload.img" in names:
                raise ApkError("it is a library for developers (.aar) or a module of the system", ApkCause.LIBRARY)
            if MANIFEST not in names:
                raise _explain(names)


def _read_kind(file: BinaryIO) -> str:
    file.seek(0)
    return name_kind(file.read(HEAD_BYTES))


def _explain(names: Sequence[str]) -> ApkError:
    if "BundleConfig.pb" in names or "base/manifest/AndroidManifest.xml" in names:
        return ApkError("it is an app bundle (.aab)", ApkCause.BUNDLE)
    inside = _list_apks(names)
    if inside:
        told = ", ".join(PurePosixPath(name).name[:60] for name in inside[:6])
        more = f" and {len(inside) - 6} more" if len(inside) > 6 else ""
        files = "1 APK file" if len(inside) == 1 else f"{len(inside)} APK files"
        return ApkError(f"it is a package of {files}: {told}{more}", ApkCause.CONTAINER)
    if any(name.startswith("Payload/") and ".app/" in name for name in names):
        return ApkError("it is an app for iPads (.ipa)", ApkCause.NOT_APK)
    return ApkError(f"it has no {MANIFEST}, so it is no APK", ApkCause.NOT_APK)


def _list_apks(names: Sequence[str]) -> tuple[str, ...]:
    """The APKs that a tablet could get: splits where there are some, which are of the same app as the whole ones.

    Of splits that bundletool made once for each band of releases the first is taken: the others are only packed in
    another way. What a Mac adds beside each file (`__MACOSX/._base.apk`) is no APK.
    """
    found = tuple(
        name
        for name in names
        if name.lower().endswith(".apk")
        and not name.startswith(_LEFT_OUT)
        and not PurePosixPath(name).name.startswith("._")
    )
    splits = tuple(name for name in found if name.startswith(_SPLITS))
    return tuple(name for name in splits if _AGAIN.sub("", name) == name or _AGAIN.sub("", name) not in splits) or found


def is_container(path: Path) -> bool:
    """Tell whether a file is a package of several APKs; one that cannot be read is none."""
    try:
        check_is_apk(path)
    except ApkError as error:
        return error.cause is ApkCause.CONTAINER
    except OSError:
        return False
    return False


@contextmanager
def unpack_all(paths: Sequence[Path], folder: Path) -> Iterator[Mapping[Path, Unpacked]]:
    """Those of some files that are packages, unpacked; all of it goes again when the block ends with an error.

    Raises:
        ConfigurationError: one cannot be unpacked.
    """
    found: dict[Path, Unpacked] = {}
    try:
        for path in paths:
            try:
                if is_container(path):
                    found[path] = unpack(path, folder)
            except OSError as error:
                got = f"{error.strerror or 'an error'}: {error.filename or path}"
                raise refuse(path, "a package that can be unpacked", got) from None
            except ApkError as error:
                raise refuse(path, "a package that can be unpacked", str(error), error.cause) from None
        yield found
    except BaseException:
        for each in found.values():
            shutil.rmtree(each.folder, ignore_errors=True)
        raise


def unpack(path: Path, folder: Path) -> Unpacked:
    """Take the APKs out of a package, into a new folder named for it; all of them, or nothing is left.

    Only the last part of an entry's name is used, and only where it is a plain one, so that no file lands elsewhere.

    Args:
        path: the package.
        folder: in which the new one is made.

    Raises:
        ApkError: too many files, too many bytes, two of one name, or an entry that cannot be unpacked.
        OSError: one cannot be written, or the new folder is there already.
    """
    made = folder / (re.sub(r"[^A-Za-z0-9._+-]", "_", path.stem).strip(".") or "apks")
    made.mkdir()
    try:
        with zipfile.ZipFile(path) as archive:
            names = _list_apks(archive.namelist())
            _refuse_locked(archive, names)
            left = tuple(name for name in archive.namelist() if name.lower().endswith(".obb") or _is_pack(name))
            places = _name_places(names, made)
            most = min(MOST_BYTES, MOST_TIMES * path.stat().st_size + _CHUNK)
            budget = most
            for name, place in zip(names, places, strict=True):
                budget -= _write(archive, name, place, budget, most)
    except BaseException as error:  # an interrupt leaves as little as a damaged entry
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, DAMAGED):
            raise ApkError("it is damaged, so it cannot be unpacked") from None
        raise
    return Unpacked(made, places, left)


def _refuse_locked(archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    if any(archive.getinfo(name).flag_bits & _PASSWORD for name in names):
        raise ApkError("it is protected by a password", ApkCause.LOCKED)


def _is_pack(name: str) -> bool:
    """Tell whether it is an asset pack, which a shop delivers apart from the app."""
    return name.startswith("asset-slices/") and name.endswith(".apk")


def _name_places(names: Sequence[str], folder: Path) -> tuple[Path, ...]:
    if len(names) > MOST_FILES:
        raise ApkError(f"it has {len(names)} APK files; at most {MOST_FILES} are unpacked")
    plain = [PurePosixPath(name.replace("\\", "/")).name for name in names]
    told = [name if _NAME.fullmatch(name) else f"part-{number}.apk" for number, name in enumerate(plain, 1)]
    if len({name.casefold() for name in told}) != len(told):
        raise ApkError("two of the APK files in it have one name")
    return tuple(folder / name for name in told)


def _write(archive: zipfile.ZipFile, name: str, place: Path, budget: int, most: int) -> int:
    """Bytes of one entry, counted while it is unpacked: what its directory says of it may be anything."""
    size = 0
    with archive.open(name) as source, place.open("xb") as target:
        while data := source.read(_CHUNK):
            size += len(data)
            if size > budget:
                raise ApkError(f"more than {most} bytes would come out of it")
            target.write(data)
    return size
