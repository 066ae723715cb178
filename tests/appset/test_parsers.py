"""What the product says of a manifest beside what the parser of each release says of the same bytes.

The parsers' answers: tests/vectors/android/manifests.json (`parser_table` says how they are asked).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_apks import make_apk

from provision.appset.manifest import read_manifest
from provision.appset.model import App
from provision.appset.rules import RULES, SDK_LIBRARIES_API, STATIC_LIBRARIES_API, Tablet, UnfitCause
from provision.appset.signing.faults import ApkError
from tests.appset.parser_table import CASES, TABLE, compile_case, list_asked

SAID: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
MANIFESTS = (UnfitCause.MANIFEST_MALFORMED, UnfitCause.EXPORTED_MISSING, UnfitCause.EXTENSION_TOO_OLD)
"""Rules about what a parser alone decides; users, targets and the tablet's own libraries are looked at by others."""


def _is_taken(apk: Path, api: int) -> bool:
    """Tell whether the product says that a release's parser takes it; Android's class files name no extension."""
    try:
        manifest = read_manifest(apk)
    except ApkError:
        return False
    releases = {"min_sdk": manifest.min_sdk, "target_sdk": manifest.target_sdk}
    app = App(manifest.package, "x", 1, "v1", apk, 0, "", "", **releases, traits=manifest.traits)
    tablet = Tablet(api, ("x86",), extensions={})
    refused = any(rule.find(app, tablet) for rule in RULES if rule.cause in MANIFESTS and rule.applies(app, tablet))
    others = manifest.traits.static_libraries if api >= STATIC_LIBRARIES_API else frozenset()
    others |= manifest.traits.sdk_libraries if api >= SDK_LIBRARIES_API else frozenset()
    return api >= manifest.min_sdk and not refused and not others


def test_the_parsers_were_asked_about_these_manifests() -> None:
    assert SAID["cases"] == list_asked(), "python -m tests.appset.parser_table, then ask them again"
    assert {api for answers in SAID["answers"].values() for one in answers for api in one["apis"]} == {*range(21, 38)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_release_takes_and_refuses_what_the_product_says(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.apk").write_bytes(make_apk(manifest=compile_case(case)))
    said = {api: one["answer"] for one in SAID["answers"][case["name"]] for api in one["apis"]}
    found = {api: _is_taken(tmp_path / "a.apk", api) for api in said}
    assert found == {api: answer == "taken" for api, answer in said.items()}
