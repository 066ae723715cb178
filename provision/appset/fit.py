"""Whether an app can be installed on a tablet at all, known before anything is changed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.appset.model import App


class UnfitCause(StrEnum):
    """Why an app does not fit; the code the tablet would answer with stands beside each."""

    RELEASE_TOO_OLD = "release-too-old"  # INSTALL_FAILED_OLDER_SDK
    TARGET_TOO_LOW = "target-too-low"  # INSTALL_FAILED_DEPRECATED_SDK_VERSION
    ABI_MISSING = "abi-missing"  # INSTALL_FAILED_NO_MATCHING_ABIS


@dataclass(frozen=True)
class Unfit:
    """One app that does not fit one tablet: what it needs and what the tablet has."""

    package: str
    cause: UnfitCause
    needs: str
    has: str

    def __str__(self) -> str:
        return f"{self.package}: {self.cause}: needs {self.needs}, the tablet has {self.has}"


def lowest_target(api: int) -> int:
    """Lowest target SDK this release installs (reference, packages document 3.10).

    From API 35 it is 24 when a build flag is on, else 23; the stricter one is taken here. Older
    targets install there with `--bypass-low-target-sdk-block`, which this product does not use.
    """
    if api >= 35:
        return 24
    return 23 if api == 34 else 0


def unfit(app: App, api: int, abis: Sequence[str]) -> Unfit | None:
    """The first reason why `app` cannot be installed, None when it can.

    Args:
        app: the app.
        api: the tablet's API level.
        abis: `ro.product.cpu.abilist`, which decides, and not `ro.product.cpu.abi` (reference,
            packages document 2.2).
    """
    if api < app.min_sdk:
        return Unfit(app.package, UnfitCause.RELEASE_TOO_OLD, f"API {app.min_sdk}", f"API {api}")
    if app.target_sdk < lowest_target(api):
        needs = f"target SDK {lowest_target(api)} or more, not {app.target_sdk}"
        return Unfit(app.package, UnfitCause.TARGET_TOO_LOW, needs, f"API {api}")
    if app.abis and app.abis.isdisjoint(abis):
        needs = f"one of {', '.join(sorted(app.abis))}"
        return Unfit(app.package, UnfitCause.ABI_MISSING, needs, ", ".join(abis) or "no ABI")
    return None
