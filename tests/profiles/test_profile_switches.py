"""Switches of profiles: layers, releases, drafts that wait, and an allow-list apart from the product's own settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import provision
from provision.profiles.load import load_profiles
from provision.profiles.model import MatchedOn, Profile
from provision.profiles.needed import find_family
from provision.profiles.schema import ProfileFile
from provision.profiles.switchable import SWITCHABLE, list_settings
from provision.virtual.android.commands.settings import BLOCKED
from tests.case_files import load_shipped

ROOT = Path(__file__).parents[2]
SHIPPED = load_shipped()
EACH = (SHIPPED.common, *SHIPPED.known)
PACKAGE = Path(provision.__file__).parent
AGENT = ROOT / "apks/agent"
CONFIRMED = "status: confirmed\ntranscript: a-tablet.jsonl\n"
TOLD = "why: {en: w, fr: w}, breaks: {en: b, fr: b}, mark: P, source: s"
MATCH = "match: [{prop: ro.product.manufacturer, equals: [Acme]}]\n"
MODEL = "match: [{prop: ro.product.model, equals: [One]}]\n"


def make_profile(folder: Path, vendor: str, model: str) -> Profile:
    """The model profile of two layers; `vendor` and `model` end the files, each with its status."""
    (folder / "acme").mkdir()
    (folder / "common.yaml").write_text("status: draft\n")
    (folder / "acme/vendor.yaml").write_text(MATCH + vendor)
    (folder / "acme/one.yaml").write_text(MODEL + model)
    return next(each for each in load_profiles(folder).known if each.matched_on is MatchedOn.MODEL)


def switch(value: int, more: str = "", name: str = "battery") -> str:
    return f"  - {{id: {name}, setting: {{table: global, key: protect_battery, value: {value}}}, {more}{TOLD}}}\n"


def test_switches_of_drafts_wait_for_a_word_and_confirmed_ones_do_not(tmp_path: Path) -> None:
    off = f"  - {{id: off, disable: org.example.a, min_api: 24, {TOLD}}}\n"
    one = make_profile(
        tmp_path,
        f"status: draft\nswitches:\n{off}",
        f"{CONFIRMED}switches:\n{switch(1)}",
    )
    assert [each.target for each in one.find_switches(30, drafts=True)] == ["org.example.a", "global protect_battery"]
    assert [each.target for each in one.find_switches(30, drafts=False)] == ["global protect_battery"]
    assert one.origins["switches[0]"] == tmp_path / "acme/vendor.yaml"


def test_the_models_word_counts_before_its_makers(tmp_path: Path) -> None:
    one = make_profile(tmp_path, f"status: draft\nswitches:\n{switch(1)}", f"status: draft\nswitches:\n{switch(3)}")
    assert [each.setting and each.setting.value for each in one.find_switches(30, drafts=True)] == [3]


def test_a_draft_that_waits_hides_no_confirmed_switch_of_the_same_thing(tmp_path: Path) -> None:
    one = make_profile(
        tmp_path,
        f"{CONFIRMED}switches:\n{switch(1)}",
        f"status: draft\nswitches:\n{switch(3)}",
    )
    assert [each.setting and each.setting.value for each in one.find_switches(30, drafts=False)] == [1]


@pytest.mark.parametrize(("api", "value"), [(30, None), (31, 1), (34, 1), (35, 3), (None, 3)])
def test_a_switch_counts_on_its_releases_only(api: int | None, value: int | None, tmp_path: Path) -> None:
    vendor = f"status: draft\nswitches:\n{switch(1, 'min_api: 31, ')}"
    one = make_profile(tmp_path, vendor, f"status: draft\nswitches:\n{switch(3, 'min_api: 35, ')}")
    found = [each.setting.value for each in one.find_switches(api, drafts=True) if each.setting]
    assert found == ([] if value is None else [value])


def test_a_package_that_a_deeper_layer_removes_needs_no_switch(tmp_path: Path) -> None:
    off = f"  - {{id: off, disable: org.example.a, min_api: 24, {TOLD}}}\n"
    removal = "remove: [{package: org.example.a, safety: safe, why: w, source: s}]\n"
    one = make_profile(tmp_path, f"status: draft\nswitches:\n{off}", f"status: draft\n{removal}")
    assert one.find_switches(30, drafts=True) == ()
    assert one.find_switches(30, drafts=False) == ()


@pytest.mark.parametrize("profile", EACH, ids=lambda profile: profile.name)
def test_a_shipped_switch_waits_touches_nothing_needed_and_has_a_public_source(profile: Profile) -> None:
    assert profile.find_switches(None, drafts=False) == ()
    for each in profile.switches:
        assert each.disable is None or find_family(each.disable, disabling=True) is None
        assert re.search(r"\w+/[\w.-]+|AOSP", each.source), f"{profile.name} {each.id}: {each.source}"
        assert each.target not in {removal.package for removal in profile.remove}


def test_some_makers_have_switches_of_both_kinds() -> None:
    kinds = {(profile.name, each.setting is None) for profile in EACH for each in profile.switches}
    assert len({name for name, _ in kinds if "/" not in name}) >= 5
    assert {kind for _, kind in kinds} == {True, False}


def test_no_setting_of_the_allow_list_stands_in_the_products_own_code() -> None:
    """What a fact reads, a control writes, a proof tries or the agent sets is no maker's business."""
    own = [path for path in PACKAGE.rglob("*.py") if "virtual" not in path.relative_to(PACKAGE).parts]
    code = "\n".join(path.read_text("utf-8") for path in (*own, *AGENT.rglob("*.java")))
    words = set(re.findall(r"\w+", code))
    assert {"location_mode", "screen_off_timeout", "adb_enabled", "user_setup_complete"} <= words
    keys = {name.split(" ")[1] for name in list_settings()}
    assert not keys & words
    assert not keys & set(BLOCKED)


def test_every_setting_of_the_allow_list_is_used_and_has_the_form_of_one() -> None:
    used = {each.target for profile in EACH for each in profile.switches if each.setting}
    assert list_settings() == used
    assert all(re.fullmatch(r"(system|secure|global) \w+", name) for name in list_settings())
    assert yaml.safe_load((ROOT / SWITCHABLE).read_text("utf-8"))["settings"] == sorted(list_settings())


def test_a_profile_without_switches_has_none() -> None:
    assert ProfileFile(status=SHIPPED.common.status).switches == ()
