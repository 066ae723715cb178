"""Reading APKs: what their manifests say, and damaged ones without anything but ApkError."""

from __future__ import annotations

import io
import random
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from block_maker import make_signer, put_signers
from compiled_xml import Compiler
from made_apks import PUBLISHER, make_apk
from program import PROGRAM
from virtual.android.apk_maker import Recipe
from virtual.android.apk_maker import make_apk as preview_apk

from provision.appset.containers import check_is_apk
from provision.appset.manifest import read_manifest
from provision.appset.restrictions import read_restrictions
from provision.appset.signing.block_schemes import Scheme
from provision.appset.signing.faults import ApkCause, ApkError
from provision.appset.signing.verify import verify_signatures
from tests.case_files import first_quick

ROOT = Path(__file__).parents[2]
CHAT = ROOT / "apks/fixtures/chat.apk"
PINNED = "7d484e91193d590a32672ea424fdb0064f9747d4e344b9a14fd4828672cb7f5c"
TOOLS = ("aapt", "zipalign", "apksigner")


def test_native_libraries_name_the_abis(tmp_path: Path) -> None:
    apk = tmp_path / "x.apk"
    shutil.copy(CHAT, apk)
    with zipfile.ZipFile(apk, "a") as archive:
        for name in ("lib/arm64-v8a/liba.so", "lib/x86/liba.so", "lib/x86/readme.txt", "assets/lib/mips/a.so"):
            archive.writestr(name, b"")
    assert read_manifest(apk).abis == {"arm64-v8a", "x86"}


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    content = bytearray(raw)
    for _ in range(chance.choice((1, 3, 20))):
        content[chance.randrange(len(content))] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(content[: chance.randrange(len(content))] if chance.random() < 0.3 else content)


@pytest.mark.parametrize("part", ["archive", "manifest"])
def test_damage_gives_an_apk_error_or_an_os_error_and_nothing_else(part: str, tmp_path: Path) -> None:
    """600 seeded damages of the file, and of the manifest inside an intact file."""
    chance, apk, refused = random.Random(5), tmp_path / "x.apk", 0  # noqa: S311 - repeatable on purpose
    manifest = zipfile.ZipFile(CHAT).read("AndroidManifest.xml")
    for _ in range(600):
        if part == "archive":
            apk.write_bytes(_damaged(CHAT.read_bytes(), chance))
        else:
            inside = io.BytesIO()
            with zipfile.ZipFile(inside, "w") as archive:
                archive.writestr("AndroidManifest.xml", _damaged(manifest, chance))
            apk.write_bytes(inside.getvalue())
        for read in (read_manifest, verify_signatures, check_is_apk, read_restrictions):
            try:
                read(apk)
            except (ApkError, OSError):
                refused += 1
    assert refused > 100


FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")


@pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)) or not FRAMEWORK.exists(),
    reason=f"needs {', '.join(TOOLS)} and android-framework-res (Debian packages)",
)
class TestAgainstDebiansTools:
    """What only aapt, zipalign and apksigner can say."""

    @pytest.mark.parametrize("level", first_quick([34, 21, 23, 24, 27, 28, 30]))
    def test_apksigner_verifies_every_pinned_fixture_for_each_release(self, level: int) -> None:
        levels = ("--min-sdk-version", str(level), "--max-sdk-version", str(level))
        verify = ("apksigner", "verify", "--print-certs", *levels)
        for name in ("chat", "visio", "browser"):
            done = subprocess.run(
                (*verify, ROOT / f"apks/fixtures/{name}.apk"),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert PINNED in done.stdout

    @pytest.mark.later
    def test_a_rebuild_gives_the_committed_bytes(self, tmp_path: Path) -> None:
        subprocess.run((sys.executable, ROOT / "scripts/build_fixtures", tmp_path), check=True, capture_output=True)
        built = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.apk"))
        assert len(built) == 7
        for name in built:
            assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes(), name


@pytest.mark.later
@pytest.mark.parametrize("odd", ["a byte too many before the strings", "a chunk of no known kind"])
def test_a_command_says_nothing_of_the_library_that_reads_an_odd_apk(odd: str, tmp_path: Path) -> None:
    """A process of its own: what a library prints is set up for the whole program."""
    manifest = zipfile.ZipFile(io.BytesIO(make_apk())).read("AndroidManifest.xml")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("AndroidManifest.xml", _bend(manifest, odd))
    raw = made.getvalue()
    (tmp_path / "x.apk").write_bytes(put_signers(raw, {Scheme.V2: make_signer(raw, Scheme.V2, PUBLISHER)}))
    words = ("apps", "add", "--language", "en", "--apps", str(tmp_path / "apps.yaml"), str(tmp_path / "x.apk"))
    done = subprocess.run((*PROGRAM, *words), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "org.example.made" in done.stdout


def _bend(manifest: bytes, odd: str) -> bytes:
    """What Android reads as before."""
    pool = 8
    size, start = struct.unpack_from("<I", manifest, pool + 4)[0], struct.unpack_from("<I", manifest, pool + 20)[0]
    if odd.startswith("a chunk"):
        body = manifest[pool + size :]
        cut = struct.unpack_from("<I", body, 4)[0]  # behind the resource map
        added = struct.pack("<HHI", 0x0199, 8, 8)
        whole = manifest[: pool + size] + body[:cut] + added + body[cut:]
    else:
        strings = bytearray(manifest[pool : pool + size])
        struct.pack_into("<II", strings, 4, size + 2, struct.unpack_from("<I", strings, 8)[0])
        struct.pack_into("<I", strings, 20, start + 2)
        whole = manifest[:pool] + bytes(strings[:start]) + b"\0\0" + bytes(strings[start:]) + manifest[pool + size :]
    return whole[:4] + struct.pack("<I", len(whole)) + whole[8:]


MALFORMED = {
    "text": b"\n<?xml version='1.0'?><manifest package='org.example.made'/>",
    "no manifest": Compiler().compile("<foo/>"),
    "no package": Compiler().compile("<manifest/>"),
    "a package of one word": Compiler().compile("<manifest package='made'/>"),
    "a package for a shell": Compiler().compile("<manifest package='org.a;reboot'/>"),
    "a long package": Compiler().compile(f"<manifest package='org.{'a' * 220}'/>"),
    "a split for a shell": Compiler().compile("<manifest package='org.a' split='fr;reboot'/>"),
    "a split that leaves its folder": Compiler().compile("<manifest package='org.a' split='../../fr'/>"),
    "a long split": Compiler().compile(f"<manifest package='org.a' split='{'a' * 224}'/>"),
}


@pytest.mark.parametrize("name", list(MALFORMED))
def test_a_manifest_that_names_nothing_android_takes_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.apk").write_bytes(make_apk(manifest=MALFORMED[name]))
    with pytest.raises(ApkError) as caught:
        read_manifest(tmp_path / "x.apk")
    assert caught.value.cause is ApkCause.MALFORMED


@pytest.mark.parametrize("level", ["Zzz", "21"])
def test_an_app_for_a_preview_is_told_as_one(level: str, tmp_path: Path) -> None:
    """A level in text is a code name to Android, even where it looks like a number."""
    (tmp_path / "x.apk").write_bytes(preview_apk(Recipe(min_sdk=level)))
    with pytest.raises(ApkError) as caught:
        read_manifest(tmp_path / "x.apk")
    assert caught.value.cause is ApkCause.UNREADABLE_VALUE


def test_build_fixtures_names_the_packages_that_are_missing(tmp_path: Path) -> None:
    command = (sys.executable, ROOT / "scripts/build_fixtures", tmp_path)
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "apt-get install aapt zipalign apksigner" in done.stderr
    assert list(tmp_path.iterdir()) == []
