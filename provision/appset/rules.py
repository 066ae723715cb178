"""Checks of each release's package manager before it installs an app: one table, known before any change.

Sources: reference, packages document 3.7 to 3.10, and Android's own classes, of which each row names the one that
refuses. What only a person's eyes can tell (features an app asks for) refuses nothing there and has no row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from provision.appset.grants import NO_END
from provision.appset.model import App
from provision.appset.releases import name_release
from provision.appset.traits import ANDROID_GROUP, Packing

V1_ENDS_API = 30
SCHEMES_SINCE = {"v1": 1, "v2": 24, "v3": 28, "v3.1": 33}


class UnfitCause(StrEnum):
    """Why an app does not fit (`fit.<cause>`); the code the tablet would answer with stands in the table."""

    RELEASE_TOO_OLD = "release-too-old"
    RELEASE_TOO_NEW = "release-too-new"
    TARGET_TOO_LOW = "target-too-low"
    ABI_MISSING = "abi-missing"
    SIGNATURE_TOO_NEW = "signature-too-new"
    SIGNATURE_TOO_OLD = "signature-too-old"
    RESOURCES_PACKED = "resources-packed"
    NATIVE_PACKED = "native-packed"
    EXPORTED_MISSING = "exported-missing"
    SPLIT_TYPE_MISSING = "split-type-missing"
    LIBRARY_MISSING = "library-missing"
    MANIFEST_MALFORMED = "manifest-malformed"
    SYSTEM_USER = "system-user"
    PERMISSION_TAKEN = "permission-taken"
    PROVIDER_TAKEN = "provider-taken"
    PERMISSION_GROUP_UNKNOWN = "permission-group-unknown"
    EXTENSION_TOO_OLD = "extension-too-old"
    # Decided where the tablet's apps are known:
    OTHER_SIGNER_INSTALLED = "other-signer-installed"  # INSTALL_FAILED_UPDATE_INCOMPATIBLE
    NEWER_INSTALLED = "newer-installed"  # INSTALL_FAILED_VERSION_DOWNGRADE


AT_FAULT = frozenset({
    UnfitCause.RESOURCES_PACKED, UnfitCause.NATIVE_PACKED, UnfitCause.EXPORTED_MISSING,
    UnfitCause.SPLIT_TYPE_MISSING, UnfitCause.LIBRARY_MISSING, UnfitCause.SYSTEM_USER,
    UnfitCause.PERMISSION_TAKEN, UnfitCause.PROVIDER_TAKEN, UnfitCause.MANIFEST_MALFORMED,
    UnfitCause.PERMISSION_GROUP_UNKNOWN, UnfitCause.EXTENSION_TOO_OLD,
})  # fmt: skip
"""Causes whose `needs` names the part of the app that is refused, and not what the tablet would have to be."""


@dataclass(frozen=True)
class Unfit:
    """One app that does not fit one tablet: what it needs and what the tablet has, both without words of a language."""

    package: str
    cause: UnfitCause
    needs: str
    has: str

    def __str__(self) -> str:
        return f"{self.package}: {self.cause}: needs {self.needs}, the tablet has {self.has}"


@dataclass(frozen=True)
class Tablet:
    """Facts of a tablet that decide which files fit.

    Attributes:
        api: API level.
        abis: `ro.product.cpu.abilist` in order of preference, which decides, and not `ro.product.cpu.abi`
            (reference, packages document 2.2).
        density: dots per inch, None where the tablet does not tell it.
        libraries: shared libraries it has; None where it was not asked, and those beyond every Android's may be there.
        extensions: version of each release's extensions, by API level; None where it tells none.
        owners: of permissions that were asked for: package, and checksum of its signer (empty where unknown).
    """

    api: int
    abis: Sequence[str]
    density: int | None = None
    libraries: frozenset[str] | None = None
    owners: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    extensions: Mapping[int, int] | None = None
    providers: Mapping[str, str] = field(default_factory=dict)


ABI_NAMES = {
    "arm64_v8a": "arm64-v8a", "armeabi_v7a": "armeabi-v7a", "armeabi": "armeabi", "x86": "x86", "x86_64": "x86_64",
}  # fmt: skip

PLATFORM_LIBRARIES: Mapping[str, int] = {
    "android.test.runner": 21, "com.android.location.provider": 21, "com.android.media.remotedisplay": 21,
    "com.android.mediadrm.signer": 21, "javax.obex": 21, "org.apache.http.legacy": 23,
    "android.test.base": 28, "android.test.mock": 28,
}  # fmt: skip
"""Shared libraries of every Android from a release on (AOSP `data/etc/platform.xml`, `frameworks/base/test-*`)."""

STATIC_LIBRARIES_API, NATIVE_LIBRARIES_API, SHARED_USER_ENDS_API, SDK_LIBRARIES_API = 26, 31, 33, 33
"""First releases that know these words of a manifest; earlier ones pass over them (packages document 3.12)."""

PERMISSION_GROUPS: Mapping[int, Sequence[str]] = {
    31: (
        "ACTIVITY_RECOGNITION", "CALENDAR", "CALL_LOG", "CAMERA", "CONTACTS", "LOCATION", "MICROPHONE",
        "NEARBY_DEVICES", "PHONE", "SENSORS", "SMS", "STORAGE", "UNDEFINED",
    ),
    33: ("NOTIFICATIONS", "READ_MEDIA_AURAL", "READ_MEDIA_VISUAL"),
}  # fmt: skip
"""Android's own from a release on (the framework's manifest); before 31 nobody asks whether a group is there."""

EXTENSIONS: Mapping[int, str] = {
    30: "r", 31: "s", 33: "t", 34: "u", 35: "v", 36: "b", 1_000_000: "ad_services",
}  # fmt: skip
"""Ends of `build.version.extensions.*`, by the number an app names (SdkExtensions.getAllExtensionVersions of 36)."""

SYSTEM_USERS = frozenset({
    "android.uid.system", "android.uid.phone", "android.uid.log", "android.uid.nfc", "android.uid.bluetooth",
    "android.uid.shell",
})  # fmt: skip
"""User ids that the package manager keeps for apps of the tablet's maker (PackageManagerService's constructor)."""


def qualifier_of(split: str) -> str:
    """`xhdpi` of `config.xhdpi` and of `maps.config.xhdpi`; empty for what is no configuration split."""
    before, config, qualifier = split.rpartition("config.")
    return qualifier if config and (not before or before.endswith(".")) else ""


def split_abis(app: App) -> frozenset[str]:
    """ABIs that it has splits for."""
    return frozenset(ABI_NAMES[name] for split in app.splits if (name := qualifier_of(split.name)) in ABI_NAMES)


def lowest_target(api: int) -> int:
    """Lowest target SDK this release installs (reference, packages document 3.10).

    From API 35 it is 24 when a build flag is on, else 23; the stricter one is taken here. Older
    targets install there with `--bypass-low-target-sdk-block`, which this product does not use.
    """
    if api >= 35:
        return 24
    return 23 if api == 34 else 0


def _find_old_release(app: App, tablet: Tablet) -> str:
    return name_release(app.min_sdk) if tablet.api < app.min_sdk else ""


def _find_new_release(app: App, tablet: Tablet) -> str:
    return name_release(app.max_sdk) if app.max_sdk is not None and tablet.api > app.max_sdk else ""


def _find_low_target(app: App, tablet: Tablet) -> str:
    lowest = lowest_target(tablet.api)
    return f"target SDK {lowest}" if app.target_sdk < lowest else ""


def _find_unknown_signature(app: App, tablet: Tablet) -> str:
    """No scheme that the release knows, or none that is for it: a signer may begin with a later one (v3)."""
    first = min((SCHEMES_SINCE[scheme] for scheme in app.schemes), default=0)
    if tablet.api >= first and tablet.api not in app.unsigned_on:
        return ""
    return name_release(next(api for api in range(max(tablet.api, first), NO_END) if api not in app.unsigned_on))


def _find_old_signature(app: App, _tablet: Tablet) -> str:
    return "v2" if app.schemes == {"v1"} else ""


def _find_foreign_code(app: App, tablet: Tablet) -> str:
    """Of the base, of its splits by their names; where these have none, of whatever other file has some in it."""
    elsewhere = frozenset(abi for traits in app.all_traits for abi in traits.native)
    for wanted in [each for each in (app.abis, split_abis(app)) if each] or [elsewhere]:
        if wanted and wanted.isdisjoint(tablet.abis):
            return "/".join(sorted(wanted))
    return ""


def _find_packed_resources(app: App, _tablet: Tablet) -> str:
    return "resources.arsc" if app.traits.resources > Packing.ALIGNED else ""


def _find_packed_code(app: App, tablet: Tablet) -> str:
    """Code that is not copied out of the APK must be ready to be mapped: that of the ABI it gets, or of both widths."""
    if app.traits.extracts_native:
        return ""
    there = {abi for traits in app.all_traits for abi in traits.native}
    wide, narrow = (
        [abi for abi in tablet.abis if abi in there and ("64" in abi) == is_wide] for is_wide in (True, False)
    )
    got = (*wide[:1], *narrow[:1]) if app.traits.multi_arch else [abi for abi in tablet.abis if abi in there][:1]
    for abi in got:
        if any(traits.native.get(abi, Packing.ABSENT) > Packing.ALIGNED for traits in app.all_traits):
            return f"lib/{abi}"
    return ""


def _find_unexported(app: App, _tablet: Tablet) -> str:
    return next((traits.unexported for traits in app.all_traits if traits.unexported), "")


def _find_missing_types(app: App, _tablet: Tablet) -> str:
    there = frozenset[str]().union(*(traits.split_types for traits in app.all_traits))
    required = frozenset[str]().union(*(traits.required_split_types for traits in app.all_traits))
    return ", ".join(sorted(required - there))


def _find_missing_libraries(app: App, tablet: Tablet) -> str:
    def is_missing(name: str) -> bool:
        if tablet.libraries is not None:
            return name not in tablet.libraries
        return name in PLATFORM_LIBRARIES and tablet.api < PLATFORM_LIBRARIES[name]

    traits = app.traits
    missing = [*filter(is_missing, traits.libraries)]
    missing += traits.static_libraries if tablet.api >= STATIC_LIBRARIES_API else ()
    missing += traits.sdk_libraries if tablet.api >= SDK_LIBRARIES_API else ()
    if tablet.libraries is not None and min(tablet.api, app.target_sdk) >= NATIVE_LIBRARIES_API:
        missing += traits.native_libraries - tablet.libraries
    return ", ".join(sorted(missing))


def _find_flaw(app: App, tablet: Tablet) -> str:
    flaws = (flaw for traits in app.all_traits for flaw in traits.flaws)
    return next((each.what for each in flaws if each.refuses(tablet.api, app.target_sdk)), "")


def _find_system_user(app: App, tablet: Tablet) -> str:
    """A new installation does not share it any more on releases after the one the app names."""
    last = app.traits.shared_user_ends if tablet.api >= SHARED_USER_ENDS_API else None
    shares = last is None or tablet.api <= last
    return app.traits.shared_user if shares and app.traits.shared_user in SYSTEM_USERS else ""


def _find_taken_permission(app: App, tablet: Tablet) -> str:
    """One of the maker's or of an app that somebody else installed; signers must both be known to be others."""
    for name in sorted(app.traits.permissions):
        package, checksum = tablet.owners.get(name, ("", ""))
        if package not in ("", "android", app.package) and app.checksum and checksum not in ("", app.checksum):
            return f"{name} ({package})"
    return ""


def _find_taken_provider(app: App, tablet: Tablet) -> str:
    """An authority has one holder, whoever signed it."""
    for name in sorted(frozenset[str]().union(*(traits.authorities for traits in app.all_traits))):
        package = tablet.providers.get(name, app.package)
        if package != app.package:
            return f"{name} ({package})"
    return ""


def _find_unknown_group(app: App, tablet: Tablet) -> str:
    named = frozenset[str]().union(*(traits.permission_groups for traits in app.all_traits))
    known = {
        ANDROID_GROUP + name for since, names in PERMISSION_GROUPS.items() if tablet.api >= since for name in names
    }
    return ", ".join(sorted(named - known))


def _find_old_extension(app: App, tablet: Tablet) -> str:
    """Extensions that the tablet does not name have version 0, as for Android itself."""
    if tablet.extensions is None:
        return ""
    wanted = sorted(app.traits.extensions.items())
    low = (f"{name_extension(sdk)} {lowest}" for sdk, lowest in wanted if tablet.extensions.get(sdk, 0) < lowest)
    return next(low, "")


def name_extension(sdk: int) -> str:
    """`R` of API level 30, as Android names its extensions; the level where it has no letter."""
    return EXTENSIONS.get(sdk, str(sdk)).upper()


@dataclass(frozen=True)
class Rule:
    """One check of the package manager.

    Attributes:
        cause: what it is called here.
        code: what the tablet would answer.
        find: what the app needs and the tablet does not give, empty where all is well.
        source: where the rule is written.
        since: first API level that checks it.
        target: lowest target SDK of the apps it is for.
    """

    cause: UnfitCause
    code: str
    find: Callable[[App, Tablet], str]
    source: str
    since: int = 0
    target: int = 0

    def applies(self, app: App, tablet: Tablet) -> bool:
        """Tell whether the release checks such an app for it."""
        return tablet.api >= self.since and app.target_sdk >= self.target


RULES: tuple[Rule, ...] = (
    Rule(UnfitCause.RELEASE_TOO_OLD, "INSTALL_FAILED_OLDER_SDK", _find_old_release, "packages document 3.7"),
    Rule(UnfitCause.RELEASE_TOO_NEW, "", _find_new_release, "none: the app set names no file for this release"),
    Rule(
        UnfitCause.TARGET_TOO_LOW, "INSTALL_FAILED_DEPRECATED_SDK_VERSION", _find_low_target,
        "packages document 3.10; InstallPackageHelper.preparePackage",
        since=34,
    ),
    Rule(
        UnfitCause.SIGNATURE_TOO_NEW, "INSTALL_PARSE_FAILED_NO_CERTIFICATES", _find_unknown_signature,
        "packages document 3.7",
    ),
    Rule(
        UnfitCause.SIGNATURE_TOO_OLD, "INSTALL_PARSE_FAILED_NO_CERTIFICATES", _find_old_signature,
        "ApkSignatureVerifier.getMinimumSignatureSchemeVersionForTargetSdk",
        since=V1_ENDS_API, target=V1_ENDS_API,
    ),
    Rule(
        UnfitCause.ABI_MISSING, "INSTALL_FAILED_NO_MATCHING_ABIS", _find_foreign_code,
        "packages document 2.2; NativeLibraryHelper.findSupportedAbi",
    ),
    Rule(
        UnfitCause.RESOURCES_PACKED, "INSTALL_PARSE_FAILED_RESOURCES_ARSC_COMPRESSED", _find_packed_resources,
        "ParsingPackageUtils.parseBaseApk: of the base alone",
        since=30, target=30,
    ),
    Rule(
        UnfitCause.NATIVE_PACKED, "INSTALL_FAILED_INVALID_APK", _find_packed_code,
        "NativeLibraryHelper.copyNativeBinaries; AOSP core/jni com_android_internal_content_NativeLibraryHelper.cpp",
        since=23,
    ),
    Rule(
        UnfitCause.EXPORTED_MISSING, "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED", _find_unexported,
        "ParsedActivityUtils.parseActivityOrAlias, ParsedServiceUtils.parseService",
        since=31, target=31,
    ),
    Rule(
        UnfitCause.MANIFEST_MALFORMED, "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED", _find_flaw,
        "packages document 3.13; PackageParser, ParsingPackageUtils",
    ),
    Rule(
        UnfitCause.SPLIT_TYPE_MISSING, "INSTALL_FAILED_MISSING_SPLIT", _find_missing_types,
        "PackageInstallerSession.validateApkInstallLocked",
        since=33,
    ),
    Rule(
        UnfitCause.LIBRARY_MISSING, "INSTALL_FAILED_MISSING_SHARED_LIBRARY", _find_missing_libraries,
        "PackageManagerService.updateSharedLibrariesLPw, later SharedLibrariesImpl.collectSharedLibraryInfos",
    ),
    Rule(
        UnfitCause.SYSTEM_USER, "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE", _find_system_user,
        "PackageManagerService, Settings.addSharedUserLPw",
    ),
    Rule(
        UnfitCause.PERMISSION_TAKEN, "INSTALL_FAILED_DUPLICATE_PERMISSION", _find_taken_permission,
        "InstallPackageHelper.preparePackageLI",
    ),
    Rule(
        UnfitCause.PROVIDER_TAKEN, "INSTALL_FAILED_CONFLICTING_PROVIDER", _find_taken_provider,
        "PackageManagerService, later ComponentResolver.assertProvidersNotDefined",
    ),
    Rule(
        UnfitCause.PERMISSION_GROUP_UNKNOWN, "INSTALL_FAILED_BAD_PERMISSION_GROUP", _find_unknown_group,
        "PackageManagerService, later InstallPackageHelper.preparePackageLI",
        since=31, target=31,
    ),
    Rule(
        UnfitCause.EXTENSION_TOO_OLD, "INSTALL_FAILED_OLDER_SDK", _find_old_extension,
        "FrameworkParsingPackageUtils, ParsingPackageUtils.parseExtensionSdk; SdkExtensions.getExtensionVersion",
        since=30,
    ),
)  # fmt: skip
"""In the order in which they are told; an app that no row refuses may still be one too many beside others of its set
(`conflicts`), or older than what is installed."""


def find_unfit(app: App, tablet: Tablet) -> Unfit | None:
    """The first reason why one file of an app, with its splits, cannot be installed, None when it can."""
    for rule in RULES:
        needs = rule.find(app, tablet) if rule.applies(app, tablet) else ""
        if needs:
            abis = "/".join(tablet.abis) or "-"
            has = abis if rule.cause is UnfitCause.ABI_MISSING else name_release(tablet.api)
            return Unfit(app.package, rule.cause, needs, has)
    return None
