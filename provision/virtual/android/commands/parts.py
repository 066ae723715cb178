"""Parts of one installation: a base package and its splits, which have to fit each other.

Source: reference, packages document 3.3 (base is compulsory), 3.7 (-2: inconsistent splits). Where the
document gives a code only, the detail is that of AOSP `PackageInstallerSession`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provision.virtual.android.apk import Apk, BadApk, read_apk

INVALID = "INSTALL_FAILED_INVALID_APK"
COMPANIONS = (".dm", ".fsv_sig")
"""Files a session may hold beside packages; they change no verdict."""


@dataclass(frozen=True)
class Parts:
    """Parsed packages of one installation.

    Attributes:
        base: the base package, None when only splits were written.
        content: its bytes.
        splits: split name -> bytes.
        first: any of the packages, whose name, version and signer hold for all.
    """

    base: Apk | None
    content: bytes
    splits: dict[str, bytes]
    first: Apk | None

    @property
    def size(self) -> int:
        """Bytes of all packages."""
        return len(self.content) + sum(map(len, self.splits.values()))


def read_parts(api: int, contents: Iterable[bytes]) -> Parts:
    """Parse all packages and compare them.

    Raises:
        BadApk: one is no package, two are the base, or they do not belong together.
    """
    read = [(read_apk(content), content) for content in contents]
    _must_fit(api, [apk for apk, _ in read])
    base, content = next(((apk, content) for apk, content in read if not apk.split), (None, b""))
    splits = {apk.split: content for apk, content in read if apk.split}
    return Parts(base, content, splits, read[0][0] if read else None)


def _must_fit(api: int, apks: Sequence[Apk]) -> None:
    """Same package, version and signer; no name twice."""
    names = [apk.split for apk in apks]
    if len(set(names)) != len(names):
        raise BadApk(
            INVALID, f"Split {next(n for n in names if names.count(n) > 1) or 'null'} was defined multiple times"
        )
    for apk in apks[1:]:
        problem = misfit(api, apk, apks[0].package, apks[0].version_code, apks[0].signer(api))
        if problem:
            raise BadApk(INVALID, problem)


def misfit(api: int, apk: Apk, package: str, version: int, signer: str) -> str:
    """Why a package does not belong to an app, empty when it does."""
    name = f"{apk.split or 'base'}.apk"
    if apk.package != package:
        return f"{name} package {apk.package} inconsistent with {package}"
    if apk.version_code != version:
        return f"{name} version code {apk.version_code} inconsistent with {version}"
    return "" if apk.signer(api) == signer else f"{name} signatures are inconsistent"
