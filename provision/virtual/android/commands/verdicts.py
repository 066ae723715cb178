"""Whether an APK may be installed: the package manager's tests in order, texts by release.

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
    """

    apk: Apk
    signer: str
    size: int
    options: tuple[str, ...]
    session: bool = False

    @property
    def replaces(self) -> bool:
        """Whether -r was given."""
        return "-r" in self.options


@dataclass(frozen=True)
class Verdict:
    """Why not: a code and, where the release has one, its detail."""

    code: str
    detail: str = ""


Test = Callable[[Device, Request], Verdict | None]


def judge(device: Device, request: Request) -> Verdict | None:
    """The first test that fails, None when the install may go on."""
    return next((verdict for test in TESTS if (verdict := test(device, request))), None)


def failure_text(device: Device, verdict: Verdict, *, session: bool) -> str:
    """`Failure [CODE]` or `Failure [CODE: detail]`, as the release prints it."""
    if verdict.detail and (session or device.api >= DETAIL_API):
        return f"Failure [{verdict.code}: {verdict.detail}]"
    return f"Failure [{verdict.code}]"


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
    where = "Failed parse during installPackageLI: /data/app/vmdl.tmp/base.apk (at Binary XML file line #7): "
    return Verdict("INSTALL_FAILED_OLDER_SDK", where + need)


def _low_target(device: Device, request: Request) -> Verdict | None:
    floor = 24 if device.api >= 35 else 23 if device.api >= 34 else 0  # packages document 3.10
    if request.apk.target_sdk >= floor or "--bypass-low-target-sdk-block" in request.options:
        return None
    detail = f"App package must target at least SDK version {floor}, but found {request.apk.target_sdk}"
    return Verdict("INSTALL_FAILED_DEPRECATED_SDK_VERSION", detail)


def _test_only(device: Device, request: Request) -> Verdict | None:
    if not request.apk.test_only or "-t" in request.options:
        return None
    new = "Failed to install test-only apk. Did you forget to add -t?"
    return Verdict("INSTALL_FAILED_TEST_ONLY", new if device.api >= 33 else "installPackageLI")


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
        return Verdict("INSTALL_FAILED_PERMISSION_MODEL_DOWNGRADE")
    return None


def _downgrade(device: Device, request: Request) -> Verdict | None:
    found = _existing(device, request)
    if not found or request.apk.version_code >= found[1].version_code:
        return None
    allowed = device.api <= 23 or 29 <= device.api <= 33  # packages document 3.9
    if allowed and "-d" in request.options:
        return None
    new, old = request.apk.version_code, found[1].version_code
    text = f"Downgrade detected: Update version code {new} is older than current {old}"
    return Verdict("INSTALL_FAILED_VERSION_DOWNGRADE", text if device.api >= 33 else "")


TESTS: tuple[Test, ...] = (
    _user, _room, _signed, _old_release, _low_target, _test_only, _native_code,
    _already, _other_signer, _permission_model, _downgrade,
)  # fmt: skip
"""Every test, in the order in which its verdict wins."""
