"""Reading of an APK's own account: its manifest and the ABIs of its native libraries."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provision.appset.binary_xml import Element, Value, read_elements
from provision.appset.malformed import is_name
from provision.appset.signing.faults import DAMAGED, ApkCause, ApkError
from provision.appset.traits import (
    APPLICATION,
    TOP,
    Traits,
    drop_further_applications,
    find_application,
    list_native,
    read_traits,
)
from provision.config.nodes import plain

MANIFEST = "AndroidManifest.xml"
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
LONGEST_NAME = 223
"""Of a package or split: files and folders are named for it."""

# Resource ids of AOSP's public.xml; they never change.
_VERSION_CODE, _VERSION_CODE_MAJOR, _VERSION_NAME = 0x0101021B, 0x01010576, 0x0101021C
_MIN_SDK, _TARGET_SDK = 0x0101020C, 0x01010270
_TEST_ONLY, _NAME, _VALUE, _MAX_SDK = 0x01010272, 0x01010003, 0x01010024, 0x01010271
_SPLIT_REQUIRED = 0x01010591

_SPLITS_REQUIRED = "com.android.vending.splits.required"
_RESTRICTIONS = "android.content.APP_RESTRICTIONS"
_NOTHING = Element("", (), -1, -1, {})
_ASKS = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")


@dataclass(frozen=True)
class Manifest:
    """Members of an APK's manifest that an app set pins or must know.

    Attributes:
        version_name: None when it refers to a resource.
        split: name of the split, empty for a base APK.
        needs_splits: a base APK that Android does not install alone.
        test_only: Android installs it with a developer's option only, which this product does not use.
        permissions: that it asks for, on one release at least.
        ends: of permissions that it asks for up to one release only (maxSdkVersion): that release.
        takes_configuration: it says which managed configuration it reads.
        traits: what else decides whether it is installed.
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
    ends: Mapping[str, int] = field(default_factory=dict)
    takes_configuration: bool = False
    traits: Traits = field(default_factory=Traits)


def read_manifest(path: Path) -> Manifest:
    """Read the manifest of one APK.

    Raises:
        ApkError: not a ZIP file, no manifest, or a manifest that is damaged.
        OSError: the file cannot be read.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as apk:
            if MANIFEST not in apk.namelist():
                raise ApkError(f"it has no {MANIFEST}, so it is no APK")
            with apk.open(MANIFEST) as entry:
                raw = entry.read(MAX_MANIFEST_BYTES + 1)
            if len(raw) > MAX_MANIFEST_BYTES:
                raise ApkError("its AndroidManifest.xml is too large")
            if raw.lstrip().startswith(b"<"):
                raise ApkError("its AndroidManifest.xml is text, so it was never built", ApkCause.MALFORMED)
            elements = drop_further_applications(read_elements(raw))
            abis = frozenset(abi for abi, _ in list_native(apk, elements))
            return _read(elements, abis, read_traits(file, apk, elements))
    except DAMAGED:
        raise ApkError("its AndroidManifest.xml cannot be read") from None


def _read(elements: Sequence[Element], abis: frozenset[str], traits: Traits) -> Manifest:
    top, application = elements[0] if elements else _NOTHING, find_application(elements) or _NOTHING
    metadata = _read_metadata(elements)
    package, split = top.text_of("package") or "", top.text_of("split") or ""
    if not package:
        raise ApkError("its manifest has no package name", ApkCause.MALFORMED)
    if not is_name(package) or len(package) > LONGEST_NAME:
        raise ApkError(f"its package has a name that Android refuses ({plain(package)})", ApkCause.MALFORMED)
    if split and (not is_name(f".{split}") or len(split) > LONGEST_NAME):
        raise ApkError(f"its split has a name that Android refuses ({plain(split)})", ApkCause.MALFORMED)
    minimum, target = _read_releases(elements)
    asked = _list_asked(elements)
    return Manifest(
        package=package,
        version_code=((top.number_of(_VERSION_CODE_MAJOR) or 0) << 32) | (top.number_of(_VERSION_CODE) or 0),
        version_name=top.text_of(_VERSION_NAME),
        min_sdk=minimum,
        target_sdk=target,
        abis=abis,
        split=split,
        needs_splits=_needs_splits((top, application), metadata, traits),
        test_only=bool(application.attributes.get(_TEST_ONLY)),
        permissions=frozenset(asked),
        ends={name: last for name, last in asked.items() if last is not None},
        takes_configuration=_RESTRICTIONS in metadata,
        traits=traits,
    )


def _read_releases(elements: Sequence[Element]) -> tuple[int, int]:
    """(lowest release, target): every `uses-sdk` must be content with the release, and the last one has the target."""
    minimum, target = 1, 1
    for each in elements:
        if each.name == "uses-sdk" and each.path == TOP:
            own, wanted = each.number_of(_MIN_SDK), each.number_of(_TARGET_SDK)
            minimum = max(minimum, own or 1)
            target = max(1, (own or 1) if wanted is None else wanted)
    return minimum, target


def _list_asked(elements: Sequence[Element]) -> dict[str, int | None]:
    """Permissions that it asks for, each with the last release it does so on; None for every later one."""
    asked: dict[str, int | None] = {}
    for each in elements:
        name = each.text_of(_NAME)
        if each.name in _ASKS and each.path == TOP and name:
            last, before = each.attributes.get(_MAX_SDK), asked.get(name, 0)
            asked[name] = max(before, last) if isinstance(last, int) and before is not None else None
    return asked


def _needs_splits(places: Iterable[Element], metadata: dict[str, Value], traits: Traits) -> bool:
    """Android 10 and later, Google's shop, and Android 13 and later, each by its own word."""
    said = (each.attributes.get(_SPLIT_REQUIRED, each.attributes.get("isSplitRequired")) for each in places)
    return any(map(bool, said)) or bool(metadata.get(_SPLITS_REQUIRED)) or bool(traits.required_split_types)


def _read_metadata(elements: Sequence[Element]) -> dict[str, Value]:
    """Every `meta-data` of the app itself by name; a value that refers to a resource is None."""
    return {
        each.text_of(_NAME) or "": each.attributes.get(_VALUE)
        for each in elements
        if each.name == "meta-data" and each.path == APPLICATION
    }
