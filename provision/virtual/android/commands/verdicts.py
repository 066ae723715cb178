"""Tell whether an APK may be installed: the package manager's tests in order, texts by release.

Source: reference, packages document 3.5 to 3.10. Pure: reads the device, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.virtual.android.apk import Apk
from provision.virtual.android.device import Device
from provision.virtual.android.oem_gates import find_gate
from provision.virtual.android.state import Package

NEW_SCHEME_API = 30
"""A package that targets 30 needs scheme v2 or newer there; `apksigner verify` says the same."""

DOWNGRADE = "INSTALL_FAILED_VERSION_DOWNGRADE"
SPLITS_API, KEPT_VERSION_API, PRELOADED_API, DOWNGRADE_TEXT_API = 29, 35, 34, 33
"""First levels that miss splits; that remember the version of what `uninstall -k` left behind (3.9); that keep
the version of the system image as the lowest (3.8); that word a downgrade."""

EXPORTED_API, EXTRACTION_API = 31, 23
"""First levels that ask components whether they are exported; that leave code in the APK (packages document 3.12)."""

SYSTEM_USERS = tuple(f"android.uid.{name}" for name in ("system", "phone", "log", "nfc", "bluetooth", "shell"))

OLD_SWITCH_API = 29
"""Last level on which `package_verifier_enable` counts (packages document 3.11)."""

PLATFORM_LIBRARIES = frozenset({
    "org.apache.http.legacy", "android.test.runner", "android.test.base", "android.test.mock", "javax.obex",
    "com.android.location.provider", "com.android.media.remotedisplay", "com.android.mediadrm.signer",
})  # fmt: skip
"""Shared libraries of every Android: AOSP `data/etc/platform.xml`."""

DETAIL_API = 24
"""First level whose one-shot install prints a detail (packages document 9)."""


@dataclass(frozen=True)
class Request:
    """One install as the tests see it.

    Attributes:
        apk: the base package.
        signer: certificate digest this release sees.
        size: bytes.
        options: options of install or install-create.
        session: whether it came through a session (sessions have details on every release).
        splits: names of the splits that come with it.
    """

    apk: Apk
    signer: str
    size: int
    options: tuple[str, ...]
    session: bool = False
    splits: tuple[str, ...] = ()

    @property
    def replaces(self) -> bool:
        """Tell whether -r was given."""
        return "-r" in self.options


@dataclass(frozen=True)
class Verdict:
    """Why not: a code and, where the release has one, its detail.

    Attributes:
        tail: what the one-shot program of 5.x and 6 appends, which prints no details (packages document 3.7).
        delay: seconds before it is known.
    """

    code: str
    detail: str = ""
    tail: str = ""
    delay: float = 0.0


Test = Callable[[Device, Request], Verdict | None]


def judge(device: Device, request: Request) -> Verdict | None:
    """The first test that fails, None when the install may go on."""
    return next((verdict for test in TESTS if (verdict := test(device, request))), None)


def failure_text(device: Device, verdict: Verdict, *, session: bool) -> str:
    """`Failure [CODE]` or `Failure [CODE: detail]`, as the release prints it."""
    detailed = session or device.api >= DETAIL_API
    if verdict.detail and detailed:
        return f"Failure [{verdict.code}: {verdict.detail}]"
    return f"Failure [{verdict.code}{'' if detailed else verdict.tail}]"


def _user(device: Device, _request: Request) -> Verdict | None:
    found = find_gate(device.shut_gates, "package install")
    if found and found[0].fails:
        return Verdict(found[0].fails.code, found[0].fails.detail)
    if device.restricted("no_install_apps"):
        return Verdict("INSTALL_FAILED_USER_RESTRICTED")
    return None


def _room(device: Device, request: Request) -> Verdict | None:
    if request.size > device.free_bytes():
        detail = "Failed to override installation location" if device.api >= 34 else ""
        return Verdict("INSTALL_FAILED_INSUFFICIENT_STORAGE", detail)
    return None


def _signed(device: Device, request: Request) -> Verdict | None:
    apk = request.apk
    if not request.signer:
        detail = f"Failed to collect certificates from /data/app/vmdl.tmp/base.apk: {apk.package} has no signature"
    elif min(device.api, apk.target_sdk) >= NEW_SCHEME_API and not apk.signer_v2:
        detail = f"No signature found in package of version 2 or newer for package {apk.package}"
    else:
        return None
    return Verdict("INSTALL_PARSE_FAILED_NO_CERTIFICATES", detail)


def _old_release(device: Device, request: Request) -> Verdict | None:
    if request.apk.min_sdk <= device.api:
        return None
    need = f"Requires newer sdk version #{request.apk.min_sdk} (current version is #{device.api})"
    if request.apk.codename:
        need = f"Requires development platform {request.apk.codename} but this is a release platform."
    where = "Failed parse during installPackageLI: /data/app/vmdl.tmp/base.apk (at Binary XML file line #7): "
    return Verdict("INSTALL_FAILED_OLDER_SDK", where + need)


def _low_target(device: Device, request: Request) -> Verdict | None:
    newest = device.model.answers.least_target_15
    floor = newest if device.api >= 35 else 23 if device.api >= 34 else 0  # packages document 3.10
    if request.apk.target_sdk >= floor or "--bypass-low-target-sdk-block" in request.options:
        return None
    detail = f"App package must target at least SDK version {floor}, but found {request.apk.target_sdk}"
    return Verdict("INSTALL_FAILED_DEPRECATED_SDK_VERSION", detail)


def _test_only(device: Device, request: Request) -> Verdict | None:
    if not request.apk.test_only or "-t" in request.options:
        return None
    new = "Failed to install test-only apk. Did you forget to add -t?"
    return Verdict("INSTALL_FAILED_TEST_ONLY", new if device.api >= 34 else "installPackageLI")


def _native_code(device: Device, request: Request) -> Verdict | None:
    abis = device.model.props.get("ro.product.cpu.abilist", "").split(",")
    if not request.apk.abis or any(abi in abis for abi in request.apk.abis):
        return None
    return Verdict("INSTALL_FAILED_NO_MATCHING_ABIS", "Failed to extract native libraries, res=-113")


def _existing(device: Device, request: Request) -> tuple[str, Package] | None:
    """The installed package of that name; leftovers of `uninstall -k` count for the signer only."""
    package = device.data.packages.get(request.apk.package)
    return (request.apk.package, package) if package else None


def _already(device: Device, request: Request) -> Verdict | None:
    found = _existing(device, request)
    if not found or not found[1].installed:
        return None
    name = found[0]
    text = f"Attempt to re-install {name} without first uninstalling."
    if device.api >= 28:  # packages document 3.2: replacing is the default
        forbidden = "-R" in request.options or (device.api == 28 and not request.options)
        return Verdict("INSTALL_FAILED_ALREADY_EXISTS", text) if forbidden else None
    return None if request.replaces else Verdict("INSTALL_FAILED_ALREADY_EXISTS", text)


def _other_signer(device: Device, request: Request) -> Verdict | None:
    found = _existing(device, request)
    if not found or found[1].signer == request.signer:
        return None
    name = found[0]
    if device.api >= 33:  # packages document 3.8
        text = f"Existing package {name} signatures do not match newer version; ignoring!"
    elif device.api >= 28:
        text = f"Package {name} signatures do not match previously installed version; ignoring!"
    else:
        text = f"Package {name} signatures do not match the previously installed version; ignoring!"
    return Verdict("INSTALL_FAILED_UPDATE_INCOMPATIBLE", text)


def _permission_model(device: Device, request: Request) -> Verdict | None:
    found = _existing(device, request)
    if found and device.api >= 23 and found[1].target_sdk >= 23 > request.apk.target_sdk:
        return Verdict("-26")  # INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE: Android has no word for it
    return None


def _downgrade(device: Device, request: Request) -> Verdict | None:
    found = _existing(device, request)
    if not found or request.apk.version_code >= found[1].version_code:
        return None
    name, package = found
    text = f"Update version code {request.apk.version_code} is older than current {package.version_code}"
    if not package.installed:
        return _below_kept(device, text)
    if device.api >= PRELOADED_API and request.apk.version_code < _preloaded_version(package):
        floor = f"System app: {name} cannot be downgraded to older than its preloaded version on the system image."
        return Verdict(DOWNGRADE, f"{floor} {text}")
    if "-d" in request.options and (package.debuggable or _shell_may_downgrade(device)):
        return None
    return Verdict(DOWNGRADE, f"Downgrade detected: {text}" if device.api >= DOWNGRADE_TEXT_API else "")


def _below_kept(device: Device, text: str) -> Verdict | None:
    """The version that `uninstall -k` left behind counts on newer releases."""
    if device.api < KEPT_VERSION_API:
        return None
    return Verdict(DOWNGRADE, f"Downgrade detected on app uninstalled with DELETE_KEEP_DATA: {text}")


def _preloaded_version(package: Package) -> int:
    """Version code on the system image, 0 for an app that is not on it."""
    on_image = package.preloaded or package
    return on_image.version_code if package.preloaded or package.system else 0


def _shell_may_downgrade(device: Device) -> bool:
    """Tell whether -d counts for a release app on a user build (packages document 3.9)."""
    return device.api <= 23 or 29 <= device.api <= (32 if device.model.answers.late_13 else 33)


def _whole(device: Device, request: Request) -> Verdict | None:
    if device.api < SPLITS_API or not request.apk.needs_split or request.splits:
        return None
    return Verdict("INSTALL_FAILED_MISSING_SPLIT", f"Missing split for {request.apk.package}")


def _resources(device: Device, request: Request) -> Verdict | None:
    if not request.apk.compressed or min(device.api, request.apk.target_sdk) < NEW_SCHEME_API:
        return None
    detail = (
        "Targeting R+ (version 30 and above) requires the resources.arsc of installed APKs to be stored "
        "uncompressed and aligned on a 4-byte boundary"
    )
    return Verdict("-124", detail)  # INSTALL_PARSE_FAILED_RESOURCES_ARSC_COMPRESSED: Android has no word for it


def _exported(device: Device, request: Request) -> Verdict | None:
    if not request.apk.unexported or min(device.api, request.apk.target_sdk) < EXPORTED_API:
        return None
    rule = "requires that an explicit value for android:exported be defined when intent filters are present"
    where = "Failed parse during installPackageLI: /data/app/vmdl.tmp/base.apk (at Binary XML file line #9): "
    detail = f"{where}{request.apk.package}{request.apk.unexported}: Targeting S+ (version 31 and above) {rule}"
    return Verdict("INSTALL_PARSE_FAILED_MANIFEST_MALFORMED", detail)


def _native_packing(device: Device, request: Request) -> Verdict | None:
    abis = device.model.props.get("ro.product.cpu.abilist", "").split(",")
    first = next((abi for abi in abis if abi in request.apk.abis), "")
    if device.api < EXTRACTION_API or first not in request.apk.unready:
        return None
    return Verdict("INSTALL_FAILED_INVALID_APK", "Failed to extract native libraries, res=-2")


def _system_user(_device: Device, request: Request) -> Verdict | None:
    if request.apk.shared_user not in SYSTEM_USERS:
        return None
    package, user = request.apk.package, request.apk.shared_user
    detail = f"Package {package} has no signatures that match those in shared user {user}; ignoring!"
    return Verdict("INSTALL_FAILED_SHARED_USER_INCOMPATIBLE", detail)


def _libraries(_device: Device, request: Request) -> Verdict | None:
    missing = [name for name in request.apk.libraries if name not in PLATFORM_LIBRARIES]
    if not missing:
        return None
    detail = f"Package {request.apk.package} requires unavailable shared library {missing[0]}; failing!"
    return Verdict("INSTALL_FAILED_MISSING_SHARED_LIBRARY", detail)


def _others(device: Device, request: Request) -> dict[str, Package]:
    """The other packages that are installed."""
    return {name: one for name, one in device.data.packages.items() if one.installed and name != request.apk.package}


def _permissions(device: Device, request: Request) -> Verdict | None:
    for name, other in _others(device, request).items():
        for permission in request.apk.defines if other.signer != request.signer else ():
            if permission in other.defines:
                detail = f"Package {request.apk.package} attempting to redeclare permission {permission} already"
                tail = f" perm={permission} pkg={name}"
                return Verdict("INSTALL_FAILED_DUPLICATE_PERMISSION", f"{detail} owned by {name}", tail)
    return None


def _providers(device: Device, request: Request) -> Verdict | None:
    for name, other in _others(device, request).items():
        for authority in request.apk.authorities:
            if authority in other.authorities:
                detail = f"Can't install because provider name {authority} is already used by {name}"
                return Verdict("INSTALL_FAILED_CONFLICTING_PROVIDER", detail)
    return None


def _verifier(device: Device, request: Request) -> Verdict | None:
    refuses, waits = device.faulty("verifier-refuses"), device.faulty("verifier-waits")
    if not (refuses or waits) or not _verified(device, request):
        return None
    if refuses:
        return Verdict("INSTALL_FAILED_VERIFICATION_FAILURE", "Install not allowed")
    return Verdict("INSTALL_FAILED_VERIFICATION_FAILURE", delay=device.model.timing.verifier)


def _verified(device: Device, request: Request) -> bool:
    """Tell whether a verifier sees an install that comes through adb (packages document 3.11)."""
    if device.restricted("ensure_verify_apps"):
        return True
    if device.api <= OLD_SWITCH_API and device.setting("global", "package_verifier_enable") == "0":
        return False
    found = _existing(device, request)
    if "--skip-verification" in request.options and found and found[1].installed and found[1].debuggable:
        return False
    return device.setting("global", "verifier_verify_adb_installs") != "0"


TESTS: tuple[Test, ...] = (
    _user, _room, _old_release, _resources, _exported, _signed, _whole, _low_target, _test_only, _native_code,
    _native_packing, _already, _other_signer, _system_user, _permission_model, _downgrade, _libraries, _permissions,
    _providers, _verifier,
)  # fmt: skip
"""Every test, in the order in which its verdict wins."""
