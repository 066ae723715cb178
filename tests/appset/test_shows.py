"""APKs that cannot be installed: what the technician reads, in both languages, before anything is changed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from block_maker import Key, make_signer, put_signers
from broken_apks import flip, with_pairs
from factories import make_facts, make_installed, make_props, make_site
from made_apks import PUBLISHER, app_entry, make_apk

from provision.appset.load import load_appset
from provision.appset.manifest import read_manifest
from provision.appset.rules import PLATFORM_LIBRARIES
from provision.appset.signing.block_schemes import Scheme
from provision.cli.speech import explain
from provision.controls.desired import DesiredState
from provision.errors import ConfigurationError
from provision.facts.permissions import Owner
from provision.report.plan import render_plan
from provision.runs.plan import Plan, make_plan
from provision.runs.plan_runner import PlanRunner
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.terms import Reason
from provision.texts.catalogue import Language, say
from provision.virtual.android.journal import mutations
from tests.case_files import load_shipped, read_cases, thin_out
from tests.upload_link import UploadLink
from tests.virtual.android.bench import Bench, model_for

ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = read_cases(ROOT / "tests/cases/appset/shows.yaml")
FIXTURE_SIGNER = "7d484e91193d590a32672ea424fdb0064f9747d4e344b9a14fd4828672cb7f5c"
DAMAGE = {
    "cut": lambda raw: raw[: len(raw) // 2],
    "flip": lambda raw: flip(raw, raw.index(b"org") + 1) if b"org" in raw else flip(raw, 400),
    "resign": lambda raw: put_signers(raw, {Scheme.V2: make_signer(raw, Scheme.V2, Key("somebody else"))}),
    "strip": lambda raw: with_pairs(raw, []),
    "swap": lambda raw: raw,
}


def write_set(case: dict[str, Any], folder: Path) -> Path:
    """An `apps.yaml` of one app, pinned as a careless person would: digest and size are always the file's own."""
    wanted = dict(case.get("make", {}))
    if "file" in case:
        raw, signer = (ROOT / "tests/fixtures/apks" / case["file"]).read_bytes(), FIXTURE_SIGNER
    else:
        raw, signer = make_apk(**wanted), PUBLISHER.digest
    if "damage" in case:
        raw = DAMAGE[case["damage"]](raw)
    (folder / "app.apk").write_bytes(raw)
    digest = "0" * 64 if case.get("damage") == "swap" else hashlib.sha256(raw).hexdigest()
    pins = {name: wanted[name] for name in ("min_sdk", "target_sdk") if name in wanted}
    app = app_entry(file="app.apk", sha256=digest, size=len(raw), signer=signer, **pins)
    if "file" in case:
        manifest = read_manifest(folder / "app.apk")
        app |= {"package": manifest.package, "min_sdk": manifest.min_sdk, "target_sdk": manifest.target_sdk}
    if "pins" in case:
        file = {name: app.pop(name) for name in ("file", "sha256", "size")}
        app["variants"] = [file | case["pins"]]
    (folder / "apps.yaml").write_text(yaml.safe_dump({"apps": [app]}), "utf-8")
    return folder / "apps.yaml"


def _say_about(language: Language, cause: str) -> str:
    """Which app, which file, what is wrong, what to do now."""
    return say(language, "apk.about", app="Essai", file="app.apk", says=say(language, f"apk.{cause}"))


@pytest.mark.parametrize("case", [case for case in CASES if "apk" in case], ids=lambda case: case["name"])
def test_a_bad_file_is_explained_before_any_tablet_is_looked_at(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_appset(write_set(case, tmp_path))
    for language in Language:
        assert explain(language, caught.value) == [_say_about(language, case["apk"])]
    assert "apps[0]" in str(caught.value)


def _plan(case: dict[str, Any], folder: Path) -> tuple[Plan, Any]:
    appset = load_appset(write_set(case, folder))
    tablet = case["tablet"]
    installed = {}
    if "installed" in tablet:
        installed = {appset.apps[0].package: make_installed(appset.apps[0], version_code=tablet["installed"])}
    props = make_props(ro__build__version__sdk=str(tablet["api"]))
    others = {name: Owner("org.example.beside", "1a2b3c4d") for name in tablet.get("beside", ())}
    facts = make_facts(props=props, apps=installed, libraries=frozenset(PLATFORM_LIBRARIES), permissions=others)
    return make_plan(facts, DesiredState(make_site(require={"apps.present": "set"}), appset, is_tablet=True)), facts


@pytest.mark.parametrize("case", list(thin_out(((case["name"], case) for case in CASES if "fit" in case), 3)))
def test_an_app_that_does_not_fit_is_explained_in_the_plan(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    plan, facts = _plan(case, tmp_path)
    profile = load_shipped().common
    decision = next(each for each in plan.decisions if each.control == "apps.present")
    (part,) = decision.parts
    assert part.key == f"fit.{case['fit']}"
    assert decision.blocked is Reason.APP_UNFIT
    assert not [step for step in plan.all_steps if step.control == "apps.present"]
    for language in Language:
        text = render_plan(language, facts, profile, plan, why=False)
        assert say(language, part.key, **part.values) in text
        assert not re.search(r"needs|or less|one of| and ", say(Language.FR, part.key, **part.values))
    assert Reason.APP_UNFIT in {refusal.reason for refusal in plan.refusals}


@pytest.mark.parametrize("case", [case for case in CASES if "fit" in case], ids=lambda case: case["name"])
def test_a_tablet_that_an_app_does_not_fit_is_not_written_to(case: dict[str, Any], tmp_path: Path) -> None:
    """Counted by the tablet: a whole reading by the run's own code, refused, and not one line in its journal."""
    appset = load_appset(write_set(case, tmp_path))
    (tmp_path / "tablet").mkdir()
    bench = Bench(tmp_path / "tablet", model_for(case["tablet"]["api"]))
    if "installed" in case["tablet"]:
        newer = make_apk(code=case["tablet"]["installed"])
        bench.tablet.write_file("/data/local/tmp/x.apk", newer, 0o100644)
        assert "Success" in bench.call(["pm", "install", "-r", "/data/local/tmp/x.apk"]).out
    if "beside" in case["tablet"]:
        other = make_apk("org.example.beside", key="somebody else", defines=case["tablet"]["beside"])
        bench.tablet.write_file("/data/local/tmp/x.apk", other, 0o100644)
        assert "Success" in bench.call(["pm", "install", "-r", "/data/local/tmp/x.apk"]).out
    before = mutations(bench.folder)
    link, limits = UploadLink(bench), Limits(facts=60, step=60, package=60, boot=60)
    want = DesiredState(make_site(require={"apps.present": "set"}), appset, is_tablet=True)
    plan = PlanRunner(link, want, limits, ShellExecutor(link, limits, lambda: None)).read_steady().plan
    assert Reason.APP_UNFIT in {refusal.reason for refusal in plan.refusals}
    assert mutations(bench.folder) == before


def test_every_cause_is_shown() -> None:
    shown = {case.get("apk") or case["fit"] for case in CASES}
    assert {"damaged", "other-signer", "signature-too-old", "abi-missing", "target-too-low"} <= shown
    assert {"release-too-old", "split-missing", "test-only"} <= shown


def test_the_room_for_the_whole_set_is_known_before_the_first_byte(tmp_path: Path) -> None:
    appset = load_appset(write_set({}, tmp_path))
    facts = make_facts(apps={})
    tight = make_facts(apps={}, storage=type(facts.storage)(2 * appset.apps[0].size - 1))
    refused, fits = (
        make_plan(each, DesiredState(make_site(require={"apps.present": "set"}), appset, is_tablet=True))
        for each in (tight, facts)
    )
    assert Reason.STORAGE_LOW in {refusal.reason for refusal in refused.refusals}
    assert not fits.refusals
