"""What each release's package manager refuses of an app, as cases; the virtual tablet of the release agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from compiled_xml import USUAL_SDK, compile_manifest
from made_apks import app_entry, entry, make_apk

from provision.appset.edit import add_app
from provision.appset.fit import choose
from provision.appset.load import load_appset
from provision.appset.pins import read_pins
from provision.appset.rules import RULES, Tablet, Unfit, UnfitCause
from tests.case_files import read_cases

FOLDER = Path(__file__).parents[1] / "cases/appset"
CASES: list[dict[str, Any]] = read_cases(FOLDER / "rules.yaml")
MANIFESTS: list[dict[str, Any]] = [case for case in read_cases(FOLDER / "manifests.yaml") if "tablets" in case]
"""Those that the parser alone does not decide; `test_parsers` holds all of them against it."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_app_is_refused_where_the_release_refuses_it(case: dict[str, Any], tmp_path: Path) -> None:
    made = dict(case.get("make", {}))
    if "manifest_body" in made:
        sdk = made.pop("manifest_sdk", USUAL_SDK)
        made["manifest"] = compile_manifest(made.pop("manifest_body"), sdk=sdk)
    splits = [
        entry(tmp_path / f"{name}.apk", make_apk(split=name, **wanted))
        for name, wanted in case.get("splits", {}).items()
    ]
    pins = {name: made[name] for name in ("min_sdk", "target_sdk") if name in made}
    pins |= {"version_name": "v1"} if "manifest" in made else {}
    app = app_entry(**entry(tmp_path / "a.apk", make_apk(**made)), **pins, splits=splits)
    (tmp_path / "apps.yaml").write_text(yaml.safe_dump({"apps": [app]}), "utf-8")
    (loaded,) = load_appset(tmp_path / "apps.yaml").apps
    libraries = frozenset(case["has"]) if "has" in case else None
    owners = {name: tuple(owner) for name, owner in case.get("owners", {}).items()}
    for api, abi, cause in case["tablets"]:
        facts = (libraries, owners, case.get("extensions"), case.get("providers", {}))
        found = choose(loaded, Tablet(api, tuple(abi.split()), None, *facts))
        assert (found.cause if isinstance(found, Unfit) else None) == cause, f"API {api}, {abi}"


@pytest.mark.parametrize("case", MANIFESTS, ids=lambda case: case["name"])
def test_a_manifest_is_refused_where_the_parser_of_the_release_refuses_it(case: dict[str, Any], tmp_path: Path) -> None:
    parts = {name: case[name] for name in ("body", "top", "sdk") if name in case}
    (tmp_path / "a.apk").write_bytes(make_apk(manifest=compile_manifest(**parts)))
    (app,) = add_app(tmp_path / "apps.yaml", [read_pins(tmp_path / "a.apk", tmp_path)], "Essai").apps
    for api, cause in case["tablets"]:
        found = choose(app, Tablet(api, ("arm64-v8a",)))
        assert (found.cause if isinstance(found, Unfit) else None) == cause, f"API {api}"


@pytest.mark.parametrize(("api", "cause"), [(30, None), (31, UnfitCause.RELEASE_TOO_NEW)])
def test_a_file_is_for_its_last_release_and_none_after_it(api: int, cause: str | None, tmp_path: Path) -> None:
    app = app_entry(**entry(tmp_path / "a.apk", make_apk()))
    file = {name: app.pop(name) for name in ("file", "sha256", "size")}
    app["variants"] = [file | {"max_sdk": 30}]
    (tmp_path / "apps.yaml").write_text(yaml.safe_dump({"apps": [app]}), "utf-8")
    (loaded,) = load_appset(tmp_path / "apps.yaml").apps
    found = choose(loaded, Tablet(api, ("arm64-v8a",)))
    assert (found.cause if isinstance(found, Unfit) else None) == cause


def test_every_rule_has_its_cases_and_its_source() -> None:
    """Of two releases apart: the first that checks it, and an app or a release that is not concerned."""
    seen = {cause for case in (*CASES, *MANIFESTS) for *_, cause in case["tablets"]}
    assert {rule.cause for rule in RULES} - seen == {UnfitCause.RELEASE_TOO_NEW, UnfitCause.SIGNATURE_TOO_OLD}
    assert all(rule.source for rule in RULES)
