"""What `provision apps` says: on which tablets each app fits, and on which all of them do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from provision.appset.model import App
from provision.appset.traits import Packing, Traits
from provision.cli.app_lines import describe_set
from provision.texts.catalogue import Language

FIRST = App("a.b", "First", 1, "1.0", Path("a.apk"), 1, "0" * 64, "0" * 64, min_sdk=26, target_sdk=34)
SECOND = replace(FIRST, package="a.c", label="Second", min_sdk=21, abis=frozenset({"armeabi-v7a"}))
THIRD = replace(FIRST, package="a.d", label="Third", min_sdk=21, traits=Traits(resources=Packing.COMPRESSED))


def test_a_set_fits_where_all_its_apps_do() -> None:
    assert list(describe_set(Language.EN, (FIRST, SECOND, THIRD))) == [
        "The whole set:",
        "    arm64-v8a, armeabi-v7a",
        "        Android 5.0 – 7.1 (API 21 – 25): not these: First",
        "        Android 8.0 – 10 (API 26 – 29): fits",
        "        Android 11 – 17 (API 30 – 37): not these: Third",
        "    arm64-v8a (64 bits only), x86_64, x86",
        "        Android 5.0 – 7.1 (API 21 – 25): not these: First, Second",
        "        Android 8.0 – 10 (API 26 – 29): not these: Second",
        "        Android 11 – 17 (API 30 – 37): not these: Second, Third",
    ]


def test_one_app_is_no_set() -> None:
    assert list(describe_set(Language.FR, (FIRST,))) == []
