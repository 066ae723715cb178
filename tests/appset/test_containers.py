"""Packages of APKs: named for what they are, unpacked into one new folder and nowhere else, whole or not at all."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_apks import make_apk

from provision.appset.containers import MOST_FILES, check_is_apk, unpack
from provision.appset.load import load_appset
from provision.appset.signing.faults import ApkCause, ApkError
from provision.cli.apps import apps
from provision.errors import ConfigurationError

BASE = make_apk(needs_splits=True)
SPLITS = {name: make_apk(split=f"config.{name}") for name in ("arm64_v8a", "fr")}
WHOLE = {"base.apk": BASE, **{f"config.{name}.apk": raw for name, raw in SPLITS.items()}}


def make_zip(entries: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return made.getvalue()


FORMS: dict[str, Mapping[str, bytes]] = {
    "app.xapk": {"manifest.json": b"{}", "icon.png": b"x", **WHOLE},
    "app.apkm": {"info.json": b"{}", **WHOLE},
    "app.apks": {
        "toc.pb": b"x", "splits/base-master.apk": BASE,
        **{f"splits/base-{name}.apk": raw for name, raw in SPLITS.items()},
        "standalones/standalone-arm64_v8a.apk": make_apk(), "instant/instant-base.apk": make_apk(),
    },
    "app.zip": {f"a folder/{name}": raw for name, raw in WHOLE.items()},
    "for several releases.apks": {
        "splits/base-master.apk": BASE, "splits/base-master_2.apk": BASE,
        **{f"splits/base-{name}{again}.apk": raw for name, raw in SPLITS.items() for again in ("", "_2", "_3")},
        "archive/base-master.apk": make_apk(),
    },
    "packed on a Mac.zip": {**{f"app/{name}": raw for name, raw in WHOLE.items()}, "__MACOSX/app/._base.apk": b"Mac"},
    "with an asset pack.apks": {
        **{f"splits/{name}": raw for name, raw in WHOLE.items()},
        "asset-slices/media-master.apk": make_apk(split="media"),
    },
    "with expansion.xapk": {"Android/obb/org.example.made/main.1.org.example.made.obb": b"x", **WHOLE},
    "named by mistake.apk": WHOLE,
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMS))
def test_a_package_is_named_and_taken_apart(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(make_zip(FORMS[name]))
    words = ["add", "--apps", str(tmp_path / "apps.yaml"), "--language", "en", str(tmp_path / name)]
    refused = CliRunner().invoke(apps, words)
    assert "a package of 3 APK files" in str(refused.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    done = CliRunner().invoke(apps, [*words, "--unpack"])
    assert done.exit_code == 0, done.output
    assert "unpacked: 3 files" in done.output
    assert ("main.1.org.example.made.obb" in done.output) == ("expansion" in name)
    assert ("media-master.apk" in done.output) == ("asset pack" in name)
    (app,) = load_appset(tmp_path / "apps.yaml").apps
    assert {split.name for split in app.splits} == {"config.arm64_v8a", "config.fr"}
    assert app.path.is_relative_to(tmp_path)


def test_the_agent_is_no_app_of_the_set(tmp_path: Path) -> None:
    (tmp_path / "agent.apk").write_bytes(make_apk("org.provision.agent"))
    done = CliRunner().invoke(apps, ["add", "--apps", str(tmp_path / "apps.yaml"), str(tmp_path / "agent.apk")])
    assert "bench.yaml names the agent" in str(done.exception)
    assert not (tmp_path / "apps.yaml").exists()


def test_what_is_not_taken_leaves_no_folder_behind(tmp_path: Path) -> None:
    (tmp_path / "app.xapk").write_bytes(make_zip({"a.apk": BASE, "b.apk": b"no APK"}))
    done = CliRunner().invoke(
        apps, ["add", "--apps", str(tmp_path / "apps.yaml"), "--unpack", str(tmp_path / "app.xapk")]
    )
    assert done.exception is not None
    assert [path.name for path in tmp_path.iterdir()] == ["app.xapk"]


NO_APKS: dict[str, tuple[Mapping[str, bytes], ApkCause]] = {
    "app.aab": ({"BundleConfig.pb": b"x", "base/manifest/AndroidManifest.xml": b"x"}, ApkCause.BUNDLE),
    "kit.aar": ({"AndroidManifest.xml": b"<manifest/>", "classes.jar": b"x", "R.txt": b""}, ApkCause.LIBRARY),
    "module.apex": (
        {"AndroidManifest.xml": b"x", "apex_payload.img": b"x"},
        ApkCause.LIBRARY,
    ),
    "app.jar": ({"META-INF/MANIFEST.MF": b"", "org/Main.class": b"x"}, ApkCause.NOT_APK),
    "code.apk": ({"classes.dex": b"x"}, ApkCause.NOT_APK),
    "photos.zip": ({"photo.jpg": b"x"}, ApkCause.NOT_APK),
    "app.ipa": ({"Payload/App.app/Info.plist": b"x"}, ApkCause.NOT_APK),
    "hidden.zip": ({"__MACOSX/._base.apk": b"Mac"}, ApkCause.NOT_APK),
}


@pytest.mark.parametrize("name", list(NO_APKS))
def test_what_holds_no_apk_is_named_and_nobody_is_accused(name: str, tmp_path: Path) -> None:
    entries, cause = NO_APKS[name]
    (tmp_path / name).write_bytes(make_zip(entries))
    with pytest.raises(ApkError) as caught:
        check_is_apk(tmp_path / name)
    assert caught.value.cause is cause


HEADS = {
    "an empty file": b"",
    "a web page": b"\xef\xbb\xbf\n<!DOCTYPE html><html>Sign in</html>",
    "a text": b'{"error": "not found"}',
    "a RAR archive": b"Rar!\x1a\x07\x01\x00" + bytes(50),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(50),
    "a gzip archive": b"\x1f\x8b\x08" + bytes(50),
    "a tar archive": bytes(257) + b"ustar\x0000" + bytes(700),
    "a tar archive that ends with an APK": bytes(257) + b"ustar\x0000" + bytes(248) + make_apk() + bytes(1024),
    "a PDF document": b"%PDF-1.7\n",
    "a program for Windows": b"MZ" + bytes(80),
    "the code of an app": b"dex\n035\x00" + bytes(80),
}


@pytest.mark.parametrize("name", list(HEADS))
def test_a_file_of_another_kind_is_named_and_not_called_damaged(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.apk").write_bytes(HEADS[name])
    with pytest.raises(ApkError, match=f"it is {name.partition(' that')[0]}") as caught:
        check_is_apk(tmp_path / "x.apk")
    assert caught.value.cause is ApkCause.NOT_APK


@pytest.mark.parametrize(
    "content", [make_apk()[:-30], b"PK\3\4", bytes(99)], ids=["cut off", "its first bytes", "noughts"]
)
def test_what_may_be_an_apk_that_came_broken_is_left_to_its_readers(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.apk").write_bytes(content)
    check_is_apk(tmp_path / "x.apk")


def test_a_package_with_a_password_is_named_as_that(tmp_path: Path) -> None:
    raw = bytearray(make_zip(WHOLE))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(mark)
        while place >= 0:
            raw[place + flags] |= 1
            place = raw.find(mark, place + 1)
    (tmp_path / "app.zip").write_bytes(raw)
    with pytest.raises(ApkError, match="password") as caught:
        unpack(tmp_path / "app.zip", tmp_path)
    assert caught.value.cause is ApkCause.LOCKED
    assert [path.name for path in tmp_path.iterdir()] == ["app.zip"]


HOSTILE: dict[str, Mapping[str, bytes]] = {
    "upwards": {"../../evil.apk": b"x"},
    "absolute": {"/etc/evil.apk": b"x"},
    "backslashes": {"..\\..\\evil.apk": b"x"},
    "a name of dots": {"...apk": b"x"},
    "a control sign": {"evil\x1b[2J.apk": b"x"},
    "a hidden file": {".bashrc.apk": b"x"},
    "a long name": {"x" * 300 + ".apk": b"x"},
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_no_entry_lands_outside_of_the_new_folder(case: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "app.xapk").write_bytes(make_zip(HOSTILE[case]))
    found = unpack(home / "app.xapk", home)
    assert [path.parent for path in found.apks] == [home / "app"]
    assert all(path.name.isascii() and path.name.isprintable() and path.name[0] != "." for path in found.apks)
    assert sorted(path.name for path in home.rglob("*")) == sorted(["app", "app.xapk", *(p.name for p in found.apks)])
    assert list(tmp_path.iterdir()) == [home]


REFUSED: dict[str, Mapping[str, bytes]] = {
    "two of one name": {"a/base.apk": b"x", "b/base.apk": b"x"},
    "two of one name but for its letters": {"base.apk": b"x", "BASE.apk": b"x"},
    "more bytes than any package of its size": {"a.apk": bytes(4_000_000)},
    "more than anybody needs": {f"{number}.apk": b"x" for number in range(MOST_FILES + 1)},
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_package_that_is_not_unpacked_leaves_nothing(case: str, tmp_path: Path) -> None:
    (tmp_path / "app.xapk").write_bytes(make_zip(REFUSED[case]))
    with pytest.raises(ApkError):
        unpack(tmp_path / "app.xapk", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["app.xapk"]


@pytest.mark.parametrize("kind", ["missing", "pipe", "folder"])
def test_what_is_no_file_is_told_and_nothing_waits(kind: str, tmp_path: Path) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / "app.xapk")
    elif kind == "folder":
        (tmp_path / "app.xapk").mkdir()
    words = ["add", "--apps", str(tmp_path / "apps.yaml"), "--unpack", str(tmp_path / "app.xapk")]
    assert isinstance(CliRunner().invoke(apps, words).exception, ConfigurationError)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "app.xapk").write_bytes(make_zip(WHOLE))
    (tmp_path / "app").mkdir()
    (tmp_path / "app/mine").write_text("mine")
    with pytest.raises(OSError, match="exists"):
        unpack(tmp_path / "app.xapk", tmp_path)
    assert (tmp_path / "app/mine").read_text() == "mine"
