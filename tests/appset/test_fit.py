"""Which app fits which tablet, by release, target and ABI."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provision.appset.model import App
from provision.appset.rules import Tablet, UnfitCause, find_unfit

ARM = ("armeabi-v7a", "armeabi")
APP = App("a.b", "A", 1, "1.0", Path("a.apk"), 1, "0" * 64, "0" * 64, min_sdk=23, target_sdk=23)
NATIVE = replace(APP, abis=frozenset({"arm64-v8a", "x86_64"}))


@pytest.mark.parametrize(
    ("app", "api", "abis", "cause"),
    [
        (APP, 22, ARM, UnfitCause.RELEASE_TOO_OLD),
        (APP, 23, ARM, None),
        (APP, 34, ARM, None),
        (APP, 35, ARM, UnfitCause.TARGET_TOO_LOW),
        (replace(APP, target_sdk=22), 33, ARM, None),
        (replace(APP, target_sdk=22), 34, ARM, UnfitCause.TARGET_TOO_LOW),
        (replace(APP, target_sdk=24), 36, ARM, None),
        (APP, 30, (), None),
        (replace(APP, schemes=frozenset({"v2", "v3"})), 23, ARM, UnfitCause.SIGNATURE_TOO_NEW),
        (replace(APP, schemes=frozenset({"v3"})), 27, ARM, UnfitCause.SIGNATURE_TOO_NEW),
        (replace(APP, schemes=frozenset({"v3"})), 28, ARM, None),
        (replace(APP, unsigned_on=frozenset({28, 29})), 28, ARM, UnfitCause.SIGNATURE_TOO_NEW),
        (replace(APP, unsigned_on=frozenset({28, 29})), 30, ARM, None),
        (replace(APP, schemes=frozenset({"v1"}), target_sdk=30), 30, ARM, UnfitCause.SIGNATURE_TOO_OLD),
        (replace(APP, schemes=frozenset({"v1"}), target_sdk=30), 29, ARM, None),
        (NATIVE, 30, ARM, UnfitCause.ABI_MISSING),
        (NATIVE, 30, (), UnfitCause.ABI_MISSING),
        (NATIVE, 30, ("arm64-v8a", *ARM), None),
    ],
)
def test_an_app_fits_or_says_why_not(app: App, api: int, abis: tuple[str, ...], cause: UnfitCause | None) -> None:
    found = find_unfit(app, Tablet(api, abis))
    assert (found.cause if found else None) is cause
    if found:
        assert str(found).startswith(f"a.b: {cause}: needs ")
