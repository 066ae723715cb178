"""Variants, splits, grants and managed configuration: what is loaded, what is refused, what each tablet gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from block_maker import Key, make_lineage, make_signer, put_signers
from broken_apks import with_pairs
from compiled_xml import compile_manifest
from made_apks import app_entry, entry, make_apk

from provision.appset.edit import add_app
from provision.appset.fit import choose
from provision.appset.load import load_appset
from provision.appset.model import App, AppSet
from provision.appset.pins import read_pins
from provision.appset.rules import Tablet, Unfit, UnfitCause
from provision.appset.signing.block_schemes import Scheme
from provision.errors import ConfigurationError, ConfigurationFault

ARM64, ARM32, INTEL = ("arm64-v8a", "armeabi-v7a"), ("armeabi-v7a",), ("x86_64",)
CAMERA, INTERNET = "android.permission.CAMERA", "android.permission.INTERNET"
UP_TO_9 = '<uses-permission android:name="{0}" android:maxSdkVersion="28"/>'
ALWAYS = '<uses-permission android:name="{0}"/>'
KEYS = {name: Key(f"rotating-{name}") for name in ("old", "new")}


def _load(folder: Path, app: dict[str, Any]) -> AppSet:
    file = folder / "apps.yaml"
    file.write_text(yaml.safe_dump({"apps": [app]}, sort_keys=False), "utf-8")
    return load_appset(file)


def _refused(folder: Path, app: dict[str, Any]) -> ConfigurationFault:
    with pytest.raises(ConfigurationError) as caught:
        _load(folder, app)
    (fault,) = caught.value.faults
    assert fault.line is not None
    return fault


@pytest.fixture
def split_app(tmp_path: Path) -> App:
    """A base that needs splits, with two ABIs, three densities, a language and a feature."""
    base = make_apk(needs_splits=True)
    names = ("arm64_v8a", "armeabi_v7a", "hdpi", "xhdpi", "xxhdpi", "fr")
    splits = [entry(tmp_path / f"{name}.apk", make_apk(split=f"config.{name}")) for name in names]
    splits.append(entry(tmp_path / "maps.apk", make_apk(split="maps")))
    return _load(tmp_path, app_entry(**entry(tmp_path / "base.apk", base), splits=splits)).apps[0]


@pytest.mark.parametrize(
    ("tablet", "wanted"),
    [
        (Tablet(30, ARM64, 320), {"config.arm64_v8a", "config.xhdpi", "config.fr", "maps"}),
        (Tablet(30, ARM32, 241), {"config.armeabi_v7a", "config.xhdpi", "config.fr", "maps"}),
        (Tablet(30, ARM32, 640), {"config.armeabi_v7a", "config.xxhdpi", "config.fr", "maps"}),
        (Tablet(30, ARM32, 120), {"config.armeabi_v7a", "config.hdpi", "config.fr", "maps"}),
        (Tablet(30, ARM32), {"config.armeabi_v7a", *(f"config.{x}hdpi" for x in ("", "x", "xx")), "config.fr", "maps"}),
    ],
)  # fmt: skip
def test_each_tablet_gets_the_splits_it_needs(split_app: App, tablet: Tablet, wanted: set[str]) -> None:
    chosen = choose(split_app, tablet)
    assert isinstance(chosen, App)
    assert {split.name for split in chosen.splits} == wanted
    assert chosen.files[0][0] == "base.apk"
    assert chosen.total == chosen.size + sum(split.size for split in chosen.splits)


def test_no_split_for_the_processor_is_a_misfit(split_app: App) -> None:
    chosen = choose(split_app, Tablet(30, INTEL, 320))
    assert isinstance(chosen, Unfit)
    assert chosen.cause is UnfitCause.ABI_MISSING


def test_the_first_variant_that_fits_is_taken(tmp_path: Path) -> None:
    variants = [
        entry(tmp_path / "new.apk", make_apk(libraries=("arm64-v8a",), min_sdk=28, code=3), min_sdk=28),
        entry(tmp_path / "old.apk", make_apk(libraries=INTEL), max_sdk=33, version_code=1, version_name="1.0"),
    ]
    app = _load(tmp_path, app_entry(variants=variants, version_code=3, version_name="3.0"))
    chosen = [choose(app.apps[0], Tablet(api, abis)) for api, abis in ((30, ARM64), (30, INTEL))]
    assert [each.path.name for each in chosen if isinstance(each, App)] == ["new.apk", "old.apk"]
    none = choose(app.apps[0], Tablet(34, ARM32))
    assert isinstance(none, Unfit)
    assert none.cause is UnfitCause.ABI_MISSING


@pytest.mark.parametrize("asks", [True, False])
def test_an_app_that_takes_calls_opens_its_screen_where_it_asks_for_that(*, asks: bool, tmp_path: Path) -> None:
    raw = make_apk(permissions=("android.permission.USE_FULL_SCREEN_INTENT",) if asks else ())
    appset = _load(tmp_path, app_entry(**entry(tmp_path / "a.apk", raw), calls=True))
    assert appset.call_apps == ("org.example.made",)
    assert appset.apps[0].special_access == (("USE_FULL_SCREEN_INTENT",) if asks else ())


@pytest.mark.parametrize(
    ("asked", "grants"),
    [
        (UP_TO_9, {23: 1, 28: 1, 29: 0, 37: 0}),
        ('<uses-permission-sdk-23 android:name="{}"/>', {22: 0, 23: 1, 37: 1}),
        (f"{UP_TO_9}{ALWAYS}", {37: 1}),
        (f"{ALWAYS}{UP_TO_9}", {37: 1}),
    ],
)
def test_a_grant_is_for_the_releases_on_which_the_app_asks_for_it(
    asked: str, grants: dict[int, int], tmp_path: Path
) -> None:
    (tmp_path / "a.apk").write_bytes(make_apk(manifest=compile_manifest(f"{asked.format(CAMERA)}<application/>")))
    pins = read_pins(tmp_path / "a.apk", tmp_path)
    add_app(tmp_path / "apps.yaml", [pins], "Essai")
    with (tmp_path / "apps.yaml").open("a") as file:
        file.write(f"    grants: [{CAMERA}]\n")
    (app,) = load_appset(tmp_path / "apps.yaml").apps
    assert {api: len(app.grants_on(api)) for api in grants} == grants


def test_grants_and_configuration_are_carried(tmp_path: Path) -> None:
    overlay = "android.permission.SYSTEM_ALERT_WINDOW"
    raw = make_apk(permissions=(CAMERA, overlay), restrictions=True)
    wishes = {
        "grants": [CAMERA],
        "special_access": ["SYSTEM_ALERT_WINDOW", "PROJECT_MEDIA"],
        "configuration": {"server": "https://chat.example", "rooms": ["1", "2"], "port": 8, "on": True},
        "labels": {"fr": "Messages", "ar": "رسائل"},
    }
    appset = _load(tmp_path, app_entry(**entry(tmp_path / "a.apk", raw), **wishes))
    assert appset.apps[0].grants == (CAMERA,)
    assert appset.apps[0].special_access == ("SYSTEM_ALERT_WINDOW", "PROJECT_MEDIA")
    assert appset.labels == {"org.example.made": wishes["labels"]}
    assert appset.configurations == {
        "org.example.made": {"server": "https://chat.example", "rooms": ("1", "2"), "port": 8, "on": True}
    }


@pytest.mark.parametrize(
    ("made", "wishes", "key", "got"),
    [
        ({"test_only": True}, {}, "apps[0].file", "a test build (testOnly)"),
        ({"needs_splits": True}, {}, "apps[0].splits", "none"),
        ({"split": "config.fr"}, {}, "apps[0].file", "the split config.fr"),
        ({}, {"grants": [CAMERA]}, "apps[0].grants[0]", CAMERA),
        ({"permissions": [INTERNET]}, {"grants": [INTERNET]}, "apps[0].grants[0]", INTERNET),
        ({}, {"grants": ["a; reboot"]}, "apps[0].grants[0]", "'a; reboot'"),
        ({}, {"configuration": {"server": "x"}}, "apps[0].configuration", "one whose manifest names none"),
        ({}, {"special_access": ["SYSTEM_ALERT_WINDOW"]}, "apps[0].special_access[0]", "SYSTEM_ALERT_WINDOW"),
        ({}, {"special_access": ["REQUEST_INSTALL_PACKAGES"]}, "apps[0].special_access[0]", None),
        ({"restrictions": True}, {"configuration": {"a b": "x"}}, "apps[0].configuration.a b", "'a b'"),
        ({"restrictions": True}, {"configuration": {"a": 2**40}}, "apps[0].configuration.a", None),
        ({"restrictions": True}, {"configuration": {"a": "{room}"}}, "apps[0].configuration.a", "{room}"),
        ({"restrictions": True}, {"configuration": {"a": ["x", "{asset}"]}}, "apps[0].configuration.a", "{asset}"),
        ({"restrictions": True}, {"configuration": {"a": {"file": "token"}}}, "apps[0].configuration.a", "a mapping"),
        ({"restrictions": True}, {"configuration": {"a": " x"}}, "apps[0].configuration.a", "' x'"),
        ({"restrictions": True}, {"configuration": {"a": [" x"]}}, "apps[0].configuration.a", "a list"),
        ({"restrictions": True}, {"configuration": {"a": None}}, "apps[0].configuration.a", "nothing"),
        ({"restrictions": True}, {"configuration": {"a": ["x"] * 101}}, "apps[0].configuration.a", "a list"),
        ({"restrictions": True}, {"configuration": {"a": "x" * 1990 + "{asset_id}"}}, "apps[0].configuration.a", None),
        ({}, {"labels": {"xx": "Messages"}}, "apps[0].labels.xx", "'xx'"),
        ({}, {"labels": {"fr": "x" * 41}}, "apps[0].labels.fr", None),
        ({}, {"labels": {"fr": "a\nb"}}, "apps[0].labels.fr", None),
        ({}, {"variants": []}, None, None),
    ],
)
def test_what_no_tablet_could_get_is_refused(
    made: dict[str, Any], wishes: dict[str, Any], key: str | None, got: str | None, tmp_path: Path
) -> None:
    app = app_entry(**entry(tmp_path / "a.apk", make_apk(**made)), **wishes)
    if key is None:
        assert _load(tmp_path, app).apps
        return
    with pytest.raises(ConfigurationError) as caught:
        _load(tmp_path, app)
    assert {fault.key for fault in caught.value.faults} == {key}
    assert got is None or got in {fault.got for fault in caught.value.faults}


@pytest.mark.parametrize(("pinned", "right"), [("new", True), ("old", False)])
def test_the_pinned_signer_is_the_newest_of_a_proved_rotation(pinned: str, right: bool, tmp_path: Path) -> None:  # noqa: FBT001 # of the table above
    raw = with_pairs(make_apk(), [])
    lineage = make_lineage(KEYS["old"], KEYS["new"])
    signed = put_signers(raw, {
        Scheme.V2: make_signer(raw, Scheme.V2, KEYS["old"]),
        Scheme.V3: make_signer(raw, Scheme.V3, KEYS["new"], x3ba06f8c=lineage),
    })  # fmt: skip
    app = app_entry(**entry(tmp_path / "a.apk", signed), signer=KEYS[pinned].digest)
    if right:
        assert _load(tmp_path, app).apps[0].signer == KEYS["new"].digest
        return
    with pytest.raises(ConfigurationError) as caught:
        _load(tmp_path, app)
    assert {fault.key for fault in caught.value.faults} == {"apps[0].signer"}


@pytest.mark.parametrize("missing", ["file", "sha256", "size"])
def test_an_app_names_one_file_or_variants(missing: str, tmp_path: Path) -> None:
    whole = app_entry(**entry(tmp_path / "a.apk", make_apk()))
    fault = _refused(tmp_path, {key: value for key, value in whole.items() if key != missing})
    assert (fault.key, fault.hint) == (f"apps[0].{missing}", "or `variants:` with a file each")
    both = whole | {"variants": [entry(tmp_path / "b.apk", make_apk())]}
    assert _refused(tmp_path, both).expected == "`variants`, or file, sha256 and size"


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ({}, "a split that was not named before"),
        ({"split": "config.fr", "package": "org.example.other"}, "a split of org.example.made"),
        ({"split": "config.fr", "code": 9}, "version code 1, as its base"),
    ],
)
def test_a_split_belongs_to_its_base(split: dict[str, Any], expected: str, tmp_path: Path) -> None:
    splits = [entry(tmp_path / "s.apk", make_apk(**split))]
    fault = _refused(tmp_path, app_entry(**entry(tmp_path / "a.apk", make_apk()), splits=splits))
    assert (fault.key, fault.expected) == ("apps[0].splits[0].file", expected)
