"""Reading APK files: manifest, signers of both schemes, and files that are none."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from provision.virtual.android.apk import BadApk, java_hash, read_apk
from tests.virtual.android.apk_maker import ADMIN, BIND, Recipe, apk, certificate, make_apk


def test_the_manifest_is_read() -> None:
    found = read_apk(make_apk(Recipe(version=42, min_sdk=23, target_sdk=33)))
    assert found.package == "org.provision.fixture.chat"
    assert (found.version_code, found.version_name, found.min_sdk, found.target_sdk) == (42, "1.0", 23, 33)
    assert not found.test_only
    assert found.permissions == ("android.permission.INTERNET", "android.permission.CAMERA")


def test_receivers_get_their_full_name_and_guard() -> None:
    assert read_apk(apk("owner")).receivers == {f"{ADMIN}.Admin": BIND, f"{ADMIN}.Open": None, f"{ADMIN}.Closed": None}
    assert read_apk(apk("owner")).exported == (f"{ADMIN}.Admin", f"{ADMIN}.Open")


@pytest.mark.parametrize(
    ("name", "full"),
    [("Short", "org.provision.fixture.chat.Short"), (".Dot", "org.provision.fixture.chat.Dot"), ("a.b.C", "a.b.C")],
)
def test_short_class_names_are_completed(name: str, full: str) -> None:
    assert list(read_apk(make_apk(Recipe(receivers={name: None}))).receivers) == [full]


def test_native_code_is_listed_by_abi() -> None:
    assert read_apk(make_apk(Recipe(libraries=("x86", "arm64-v8a")))).abis == ("arm64-v8a", "x86")


def test_the_signer_is_the_certificate_of_either_scheme() -> None:
    digest = hashlib.sha256(certificate("first")).hexdigest()
    both, old, new = (read_apk(make_apk(Recipe(schemes=s))) for s in (("v1", "v2"), ("v1",), ("v2",)))
    assert (both.signer_v1, both.signer_v2) == (digest, digest)
    assert (old.signer_v1, old.signer_v2) == (digest, "")
    assert (new.signer_v1, new.signer_v2) == ("", digest)
    assert (new.signer(23), new.signer(24), old.signer(34)) == ("", digest, digest)


def test_the_checksum_is_javas() -> None:
    assert java_hash(b"") == 0
    assert java_hash(b"\x01\x02") == 31 * (31 * 1 + 1) + 2
    assert java_hash(b"\xff") == 30


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "INSTALL_PARSE_FAILED_NOT_APK"),
        (apk("chat")[:-30], "INSTALL_PARSE_FAILED_NOT_APK"),
        (apk("broken"), "INSTALL_PARSE_FAILED_NOT_APK"),
        (make_apk(Recipe(package="nodots")), "INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME"),
    ],
    ids=["empty", "truncated", "text", "package-name"],
)
def test_a_file_that_is_no_package_has_its_code(content: bytes, code: str) -> None:
    with pytest.raises(BadApk) as caught:
        read_apk(content)
    assert caught.value.code == code


def zip_of(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [zip_of(other=b"x"), zip_of(**{"AndroidManifest.xml": b"\x03\0\x08\0\xff\0\0\0"})],
    ids=["absent", "damaged"],
)
def test_a_manifest_that_cannot_be_read_has_its_code(content: bytes) -> None:
    with pytest.raises(BadApk) as caught:
        read_apk(content)
    assert caught.value.code == "INSTALL_PARSE_FAILED_BAD_MANIFEST"


def test_a_damaged_signature_file_is_no_signature() -> None:
    with zipfile.ZipFile(io.BytesIO(apk("unsigned"))) as archive:
        manifest = archive.read("AndroidManifest.xml")
    content = zip_of(**{"AndroidManifest.xml": manifest, "META-INF/CERT.RSA": b"nonsense"})
    assert read_apk(content).signer_v1 == ""


def test_the_fixtures_of_the_repository_can_be_installed_everywhere() -> None:
    folder = Path(__file__).resolve().parents[3] / "apks" / "fixtures"
    found = {read_apk(path.read_bytes()).package for path in folder.glob("*.apk")}
    assert found == {f"org.provision.fixture.{name}" for name in ("browser", "chat", "visio")}
    for path in folder.glob("*.apk"):
        package = read_apk(path.read_bytes())
        assert package.min_sdk <= 23 <= package.target_sdk
        assert package.signer(23) == package.signer(34) != ""
