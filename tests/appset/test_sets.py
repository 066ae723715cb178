"""Apps of one set beside each other, and what a person is told of an app before it is pinned."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from block_maker import make_signer, put_signers
from factories import make_app
from made_apks import KEYS, app_entry, entry, make_apk
from virtual.android.apk_maker import Manifest

from provision.appset.app_fault import AppFault
from provision.appset.edit import add_app
from provision.appset.load import load_appset
from provision.appset.pins import read_pins
from provision.appset.remarks import find_doubled_labels, find_remarks
from provision.appset.signing.block_schemes import Scheme
from provision.appset.signing.faults import ApkCause
from provision.errors import ConfigurationError

FIRST = {"authorities": ["org.example.files"], "defines": ["org.example.READ"], "shared_user": "org.example.family"}
PAIRS: dict[str, tuple[dict[str, Any], str]] = {
    "a provider of one signer": ({"authorities": ["org.example.files"]}, "provider org.example.files"),
    "one of several providers": ({"authorities": ["a.b;org.example.files"]}, "provider org.example.files"),
    "a provider of another signer": (
        {"authorities": ["org.example.files"], "key": "other"},
        "provider org.example.files",
    ),
    "a permission of one signer": ({"defines": ["org.example.READ"]}, ""),
    "a permission of another signer": (
        {"defines": ["org.example.READ"], "key": "other"},
        "permission org.example.READ",
    ),
    "a user of one signer": ({"shared_user": "org.example.family"}, ""),
    "a user of another signer": ({"shared_user": "org.example.family", "key": "other"}, "user org.example.family"),
    "another provider": ({"authorities": ["org.example.other"], "key": "other"}, ""),
    "nothing": ({"key": "other"}, ""),
}


def _write(folder: Path, *apps: dict[str, Any]) -> Path:
    file = folder / "apps.yaml"
    file.write_text(yaml.safe_dump({"apps": list(apps)}), "utf-8")
    return file


def _entry(folder: Path, name: str, **wanted: object) -> dict[str, Any]:
    package = f"org.example.{name}"
    made = entry(folder / f"{name}.apk", make_apk(package, **wanted))
    return app_entry(**made, package=package, label=name, signer=KEYS[str(wanted.get("key", "publisher"))].digest)


@pytest.mark.parametrize("case", list(PAIRS))
def test_apps_that_exclude_each_other_are_refused_together(case: str, tmp_path: Path) -> None:
    wanted, claims = PAIRS[case]
    file = _write(tmp_path, _entry(tmp_path, "first", **FIRST), _entry(tmp_path, "second", **wanted))
    if not claims:
        assert len(load_appset(file).apps) == 2
        return
    with pytest.raises(ConfigurationError) as caught:
        load_appset(file)
    (fault,) = caught.value.faults
    assert isinstance(fault, AppFault)
    assert (fault.cause, fault.key) == (ApkCause.CONFLICT, "apps[1].package")
    assert claims in fault.got


def test_a_label_that_another_app_has_is_refused_and_an_old_set_with_two_is_told(tmp_path: Path) -> None:
    file = _write(tmp_path, _entry(tmp_path, "first"))
    (tmp_path / "b.apk").write_bytes(make_apk("org.example.second"))
    before = file.read_bytes()
    with pytest.raises(ConfigurationError, match="a label of its own"):
        add_app(file, [read_pins(tmp_path / "b.apk", tmp_path)], "FIRST")
    assert file.read_bytes() == before
    twins = _write(tmp_path, _entry(tmp_path, "first"), _entry(tmp_path, "second") | {"label": "First"})
    assert find_doubled_labels(load_appset(twins).apps) == ("first", "First")


@pytest.mark.parametrize(
    ("label", "other", "alike"),
    [
        ("T\u00e9l\u00e9", "Te\u0301le\u0301", True),
        ("Chat", "\uff23hat", True),
        ("Salon vert", "Salon\u00a0 vert", True),
        ("Chat", "Ch\u200bat", True),
        ("STRASSE", "Stra\u00dfe", True),
        ("Chat", "Ch\u00e2t", False),
        ("Chat", "Chat 2", False),
    ],
)
def test_labels_that_look_alike_are_the_same(label: str, other: str, alike: bool) -> None:  # noqa: FBT001 # of the table
    apps = [make_app("org.example.a", label=label), make_app("org.example.b", label=other)]
    assert find_doubled_labels(apps) == ((label, other) if alike else ())


def test_two_bases_for_the_same_tablets_are_refused(tmp_path: Path) -> None:
    for name, code in (("a", 1), ("b", 2)):
        (tmp_path / f"{name}.apk").write_bytes(make_apk(code=code))
    with pytest.raises(ConfigurationError, match=r"two: a.apk \(version 1\) and b.apk \(version 2\)"):
        add_app(tmp_path / "apps.yaml", [read_pins(tmp_path / f"{name}.apk", tmp_path) for name in "ab"], "Made")


INTERNET, LOCAL = "android.permission.INTERNET", "android.permission.ACCESS_LOCAL_NETWORK"
LOGS = "wants-public-logs"
CAMERA, NOTES = "android.permission.CAMERA", "android.permission.POST_NOTIFICATIONS"
REMARKS: dict[str, tuple[dict[str, Any], tuple[str, ...], set[str]]] = {
    "nothing": ({}, (), set()),
    "permissions": ({"permissions": [INTERNET, "org.example.READ"]}, (), {"asks"}),
    "an app for Android 17": ({"permissions": [INTERNET], "target_sdk": 37}, (), {"asks", "no-local-network", LOGS}),
    "one that asks": (
        {"permissions": [INTERNET, LOCAL], "target_sdk": 37},
        (),
        {"asks", "local-network-not-granted", LOGS},
    ),
    "one that is given it": (
        {"permissions": [INTERNET, LOCAL], "target_sdk": 37},
        (LOCAL,),
        {"asks", "given-on", LOGS},
    ),
    "one without network": ({"target_sdk": 37}, (), set()),
    "one for Android 16": ({"permissions": [INTERNET], "target_sdk": 36}, (), {"asks"}),
    "a rare library": ({"uses": [("uses-library", "org.example.pens", None)]}, (), {"needs-libraries"}),
    "a common library": ({"uses": [("uses-library", "android.test.runner", None)]}, (), set()),
    "a library of native code": ({"uses": [("uses-native-library", "libpens.so", None)]}, (), {"needs-libraries"}),
    "a grant of later releases": ({"permissions": [NOTES]}, (NOTES,), {"asks", "given-on"}),
    "a grant of all releases": ({"permissions": [CAMERA]}, (CAMERA,), {"asks"}),
    "a feature": ({"uses": [("uses-feature", "android.hardware.telephony", None)]}, (), {"needs-features"}),
    "a feature it can do without": ({"uses": [("uses-feature", "android.hardware.nfc", False)]}, (), set()),
}


@pytest.mark.parametrize("case", list(REMARKS))
def test_a_person_is_told_what_no_tablet_refuses(case: str, tmp_path: Path) -> None:
    wanted, grants, keys = REMARKS[case]
    made = _entry(tmp_path, "first", **wanted) | {"target_sdk": wanted.get("target_sdk", 34), "grants": list(grants)}
    (app,) = load_appset(_write(tmp_path, made)).apps
    assert {remark.key for remark in find_remarks(app)} == keys


def test_files_of_few_tablets_exclude_each_other_too(tmp_path: Path) -> None:
    apps = []
    for name, abi in (("first", "x86"), ("second", "x86"), ("third", "arm64-v8a")):
        made = _entry(tmp_path, name, libraries=(abi,), authorities=["org.example.files"])
        other = entry(tmp_path / f"{name}-other.apk", make_apk(f"org.example.{name}", libraries=("armeabi-v7a",)))
        file = {key: made.pop(key) for key in ("file", "sha256", "size")}
        apps.append(made | {"variants": [other, file]})
    with pytest.raises(ConfigurationError) as caught:
        load_appset(_write(tmp_path, *apps))
    assert [fault.key for fault in caught.value.faults] == ["apps[1].package"]


def test_the_keys_of_managed_configuration_are_found_whatever_the_file_is_called(tmp_path: Path) -> None:
    xml = Manifest()
    xml.start("restrictions")
    xml.single("restriction", ("key", "server"))
    xml.start("restriction", ("key", "rooms"))
    xml.single("restriction", ("key", "room"))
    xml.end("restriction")
    xml.end("restrictions")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_apk(restrictions=True))) as old, zipfile.ZipFile(made, "w") as new:
        new.writestr("AndroidManifest.xml", old.read("AndroidManifest.xml"))
        new.writestr("res/layout.xml", b"\x03\x00\x08\x00restrictions and no XML")
        new.writestr("res/q7.xml", xml.finish())
    raw = made.getvalue()
    signed = put_signers(
        raw, {scheme: make_signer(raw, scheme, KEYS["publisher"]) for scheme in (Scheme.V2, Scheme.V3)}
    )
    (app,) = load_appset(_write(tmp_path, app_entry(**entry(tmp_path / "a.apk", signed)))).apps
    (remark,) = find_remarks(app)
    assert (remark.key, remark.values["names"]) == ("can-configure", "server, rooms, room")
