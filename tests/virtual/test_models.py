"""Every model file: valid, true to its own release, honest about what was composed; and all levels are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from provision.facts.props import Props
from provision.facts.shape import Shape
from provision.identity.identify import identify
from provision.profiles.match import choose
from provision.virtual.android.banner import banner_of
from provision.virtual.android.model import Model, load_model, model_names
from provision.virtual.roster import build_roster
from tests.case_files import load_shipped, read_cases

OLDEST, NEWEST = 21, 37
LEAST_MODELS = 24
LONG_BENCH = 24
RELEASES = {
    21: "5.0", 22: "5.1", 23: "6.0", 24: "7.0", 25: "7.1", 26: "8.0", 27: "8.1", 28: "9", 29: "10", 30: "11",
    31: "12", 32: "12", 33: "13", 34: "14", 35: "15", 36: "16",
    37: "17",
}  # fmt: skip
BASIC = ("android", "com.android.settings", "com.android.shell", "com.android.systemui")
IDENTITY = ("model", "device", "manufacturer", "brand", "name")


@pytest.fixture(params=model_names())
def model(request: pytest.FixtureRequest) -> Model:
    return load_model(request.param)


def test_a_model_agrees_with_its_own_properties(model: Model) -> None:
    props = model.props
    assert props["ro.build.version.sdk"] == str(model.api)
    assert props["ro.build.version.release"].startswith(RELEASES[model.api])
    assert re.fullmatch(r"20\d\d-\d\d-\d\d|", model.patch)
    assert all(f"ro.product.{key}" in props for key in IDENTITY)
    assert props["ro.adb.secure"] in {"0", "1"}
    fingerprint = props["ro.build.fingerprint"]
    assert re.fullmatch(r"[^/]*/[^/]+/[^:]+:[^/]+/[^/]+/[^:]+:\w+/[\w,-]+", fingerprint)
    assert f":{props['ro.build.version.release']}/" in fingerprint or "fireos" in str(props)


def test_a_model_names_its_source_and_all_that_was_composed(model: Model) -> None:
    assert "corpus row " in model.source
    assert set(model.composed) <= set(model.props)
    said = " ".join(model.notes)
    composed_identity = "ro.build.version.sdk" in model.composed
    assert not composed_identity or "Composed identity" in said or "listed under `composed`" in said


def test_a_model_has_what_every_android_has(model: Model) -> None:
    assert set(BASIC) <= set(model.system_packages)
    assert model.launcher.split("/", maxsplit=1)[0] in model.system_packages
    assert model.storage.used_mb < model.storage.total_mb
    assert model.screen.width < model.screen.height
    assert int(model.props.get("ro.sf.lcd_density", model.screen.density)) == model.screen.density
    assert model.mac_prefix.count(":") == 2
    assert len(set(model.system_packages)) == len(model.system_packages)


def test_every_level_from_5_to_17_is_there_and_enough_models() -> None:
    levels = {load_model(name).api for name in model_names()}
    assert levels == set(range(OLDEST, NEWEST + 1))
    assert len(model_names()) >= LEAST_MODELS


def test_what_must_be_refused_is_there_in_every_kind() -> None:
    kinds = Counter(load_model(name).kind for name in model_names())
    assert set(kinds) == {"tablet", "phone", "tv", "ereader"}


def test_a_bench_of_24_meets_every_level() -> None:
    levels = {load_model(place.model).api for place in build_roster(LONG_BENCH)}
    assert levels == set(range(OLDEST, NEWEST + 1))


def test_a_long_bench_meets_every_model() -> None:
    assert {place.model for place in build_roster(len(model_names()) + 8)} == set(model_names())


BANNERS = read_cases(Path(__file__).parents[1] / "cases" / "virtual" / "banners.yaml")


def test_adbd_says_of_itself_what_its_release_says(model: Model) -> None:
    said = banner_of(model, "S1")
    steps = [step for step in BANNERS if step["since"] <= model.api]
    assert (said.version, said.max_payload) == (steps[-1]["version"], steps[-1]["payload"])
    assert said.features == tuple(name for step in steps for name in step["adds"])
    assert (said.model, said.secure) == (model.props["ro.product.model"], model.props["ro.adb.secure"] == "1")


PROFILES = load_shipped()


def test_a_model_says_its_kind_as_its_file_says(model: Model) -> None:
    screen = model.screen
    shape = Shape(frozenset(model.features), (screen.width, screen.height), screen.density)
    found = identify(Props(model.props), lambda values: choose(values, PROFILES), shape)
    assert found.kind == (model.kind if model.says_kind else None)
