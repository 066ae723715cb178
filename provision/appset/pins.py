"""Pins of APK files in `apps.yaml`, and which of several files belong together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, filterfalse
from pathlib import Path

from provision.appset.app_fault import refuse
from provision.appset.containers import check_is_apk
from provision.appset.manifest import Manifest, read_manifest
from provision.appset.signing.block_schemes import Signer
from provision.appset.signing.faults import ApkCause, ApkError
from provision.appset.signing.verify import verify_signatures
from provision.config.nodes import plain
from provision.files import HashedFile, digest_file

FILE_KEYS = ("file", "sha256", "size")
"""Keys of every file, splits included."""

MANIFEST_KEYS = ("version_code", "version_name", "min_sdk", "target_sdk")
"""Keys that a variant may have of its own."""


@dataclass(frozen=True)
class Pins:
    """Members that `apps.yaml` pins of one verified APK.

    Attributes:
        apk: the file as it was named.
        values: by key; `file` is relative to the folder of `apps.yaml`.
        lineage: certificates its signer proves to have rotated from.
        split: name of the split, empty for a base APK.
        abis: ABIs of its native libraries, empty where it has none.
        needs_splits: a base that Android does not install alone.
    """

    apk: Path
    values: Mapping[str, str | int]
    lineage: frozenset[str]
    split: str = ""
    abis: frozenset[str] = frozenset()
    needs_splits: bool = False

    @property
    def package(self) -> str:
        """The app's package."""
        return str(self.values["package"])

    @property
    def version(self) -> int:
        """Its version code."""
        return int(self.values["version_code"])

    @property
    def entry(self) -> dict[str, str | int]:
        """Members that every file pins, a split and a base alike."""
        return {key: self.values[key] for key in FILE_KEYS}


@dataclass(frozen=True)
class Bundle:
    """Files that one tablet gets together; `base` None where only splits of it were named."""

    base: Pins | None
    splits: tuple[Pins, ...] = ()

    @property
    def first(self) -> Pins:
        """Its base, or a split where it has none."""
        return self.splits[0] if self.base is None else self.base


def read_pins(apk: Path, folder: Path) -> Pins:
    """The pins of one APK, all its signatures verified.

    Args:
        apk: the file.
        folder: the one of `apps.yaml`.

    Raises:
        ConfigurationError: it cannot be read, a signature does not hold, or it is nothing a tablet gets.
    """
    try:
        HashedFile(apk).close()  # a pipe would be waited for
        check_is_apk(apk)
        signer, manifest = _read_one(apk)
        values = _pin(apk, signer.certificate, manifest)
    except OSError as error:
        raise refuse(apk, "a readable APK", error.strerror or "an error") from None
    except ApkError as error:
        raise refuse(apk, "an APK for tablets", str(error), error.cause) from None
    path = Path(os.path.relpath(apk.resolve(), folder.resolve())).as_posix()
    if not path.isprintable():  # bytes that are no UTF-8 among them; apps.yaml could not say such a name again
        raise refuse(apk, "a file name of letters, digits and signs", "others in it", hint="rename the file")
    lineage = frozenset(signer.lineage)
    return Pins(apk, {**values, "file": path}, lineage, manifest.split, manifest.abis, manifest.needs_splits)


def _read_one(apk: Path) -> tuple[Signer, Manifest]:
    """The one signer and the manifest of an APK that a tablet can get; `ApkError` for every other."""
    found = verify_signatures(apk)
    found.check_all()
    signers, manifest = found.newest(), read_manifest(apk)
    if manifest.test_only:
        raise ApkError("it is a test build (testOnly)", ApkCause.TEST_ONLY)
    if manifest.traits.library:
        raise ApkError(
            f"it is a library for other apps, or changes how one looks ({plain(manifest.traits.library)})",
            ApkCause.LIBRARY,
        )
    if len(signers) != 1:
        raise ApkError(f"it has {len(signers)} signers; this product pins one", ApkCause.OTHER_SIGNER)
    return signers[0], manifest


def _pin(apk: Path, signer: str, manifest: Manifest) -> dict[str, str | int]:
    return {
        "package": manifest.package,
        "version_code": manifest.version_code,
        "version_name": manifest.version_name or str(manifest.version_code),
        "sha256": digest_file(apk),
        "signer": signer,
        "min_sdk": manifest.min_sdk,
        "target_sdk": manifest.target_sdk,
        "size": apk.stat().st_size,
    }


def group(files: Sequence[Pins]) -> tuple[Bundle, ...]:
    """Which files belong together: each split to the one base of its version code.

    Files for more particular tablets come first, because the first that fits a tablet is installed: those for
    64-bit processors, then those for later releases, at last those for every processor.

    Raises:
        ConfigurationError: files of several apps or signers, a split whose base is not clear, or one named twice.
    """
    _check_alike(files)
    bases = sorted(filter(_is_base, files), key=_rank)
    splits = tuple(filterfalse(_is_base, files))
    for split in splits:
        _check_split(split, bases, splits)
    if not bases:
        return (Bundle(None, splits),)
    return tuple(Bundle(base, _of_version(splits, base.version)) for base in bases)


def _is_base(pins: Pins) -> bool:
    return not pins.split


def _of_version(splits: Sequence[Pins], version: int) -> tuple[Pins, ...]:
    return tuple(each for each in splits if each.version == version)


def _check_alike(files: Sequence[Pins]) -> None:
    first = files[0]
    for each in files[1:]:
        if each.package != first.package:
            hint = "name the files of one app in one call"
            raise refuse(each.apk, f"a file of {first.package}, as {first.apk.name}", each.package, hint=hint)
        if each.values["signer"] != first.values["signer"]:
            expected = f"the signer of {first.apk.name}, {first.values['signer']}"
            raise refuse(each.apk, expected, str(each.values["signer"]), ApkCause.OTHER_SIGNER)


def _check_split(split: Pins, bases: Sequence[Pins], splits: Sequence[Pins]) -> None:
    others = [each.apk.name for each in splits if (each.split, each.version) == (split.split, split.version)]
    if len(others) > 1:
        got = f"{_name(split)} twice: {' and '.join(others)}"
        raise refuse(split.apk, "each split once", got, ApkCause.UNCLEAR)
    if bases:
        _check_base(split, bases)


def _check_base(split: Pins, bases: Sequence[Pins]) -> None:
    """A split has one base among those that are named."""
    own = [base.apk.name for base in bases if base.version == split.version]
    if not own:
        versions = " or ".join(str(base.version) for base in bases)
        raise refuse(split.apk, f"a split of version {versions}", _name(split), ApkCause.SPLIT_MISSING)
    if len(own) > 1:
        got = f"{_name(split)}, and {' and '.join(own)}"
        hint = "name one base with its splits in each call, and its variant by --variant"
        raise refuse(split.apk, "a split whose base is clear", got, ApkCause.UNCLEAR, hint)


def check_apart(bundles: Sequence[Bundle]) -> None:
    """Of two bases for the same tablets one would never be installed.

    Raises:
        ConfigurationError: there are two.
    """
    bases = [bundle.base for bundle in bundles if bundle.base is not None]
    for other, base in combinations(bases, 2):
        if (base.abis, base.values["min_sdk"]) == (other.abis, other.values["min_sdk"]):
            expected = f"one base APK for the same tablets as {other.apk.name}"
            got = f"two: {other.apk.name} (version {other.version}) and {base.apk.name} (version {base.version})"
            raise refuse(base.apk, expected, got, ApkCause.UNCLEAR, "name the one that tablets are to get")


def _name(split: Pins) -> str:
    return f"the split {split.split} of version {split.version}"


def _rank(base: Pins) -> tuple[bool, bool, int]:
    return not base.abis, not any("64" in abi for abi in base.abis), -int(base.values["min_sdk"])
