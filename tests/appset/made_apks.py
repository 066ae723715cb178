"""APKs with any manifest, truly signed: what aapt of Debian cannot write, made in memory."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from block_maker import Key, make_signer, put_signers
from virtual.android.apk_maker import Manifest

from provision.appset.signing.block_schemes import Scheme

PUBLISHER = Key("publisher")


def make_apk(
    package: str = "org.example.made", libraries: tuple[str, ...] = (), split: str = "", **wanted: object
) -> bytes:
    """One APK signed by schemes v2 and v3.

    Args:
        wanted: code, min_sdk, target_sdk, test_only, permissions, needs_splits, restrictions; megabytes of media in it.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("AndroidManifest.xml"), _manifest(package, split, wanted))
        for abi in libraries:
            archive.writestr(zipfile.ZipInfo(f"lib/{abi}/libx.so"), b"x")
        archive.writestr(
            zipfile.ZipInfo("assets/media"), bytes(int(1_000_000 * float(str(wanted.get("megabytes", 0)))))
        )
    raw = made.getvalue()
    return put_signers(raw, {scheme: make_signer(raw, scheme, PUBLISHER) for scheme in (Scheme.V2, Scheme.V3)})


def _manifest(package: str, split: str, wanted: dict[str, object]) -> bytes:
    xml = Manifest()
    named = [("split", split)] if split else []
    code = int(str(wanted.get("code", 1)))
    xml.start("manifest", ("versionCode", code), ("versionName", f"{code}.0"), ("package", package), *named)
    sdk = [int(str(wanted.get(name, usual))) for name, usual in (("min_sdk", 24), ("target_sdk", 34))]
    xml.single("uses-sdk", ("minSdkVersion", sdk[0]), ("targetSdkVersion", sdk[1]))
    for name in wanted.get("permissions", ()):  # type: ignore[attr-defined]
        xml.single("uses-permission", ("name", name))
    flags = [("testOnly", True)] if wanted.get("test_only") else []
    xml.start("application", *flags, *([("isSplitRequired", True)] if wanted.get("needs_splits") else []))
    if wanted.get("restrictions"):
        xml.single("meta-data", ("name", "android.content.APP_RESTRICTIONS"))
    xml.end("application")
    xml.end("manifest")
    return xml.finish()


def entry(file: Path, raw: bytes, **values: object) -> dict[str, object]:
    """Write an APK and give its entry of `apps.yaml`."""
    file.write_bytes(raw)
    return {"file": file.name, "sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)} | values


def app_entry(**values: object) -> dict[str, object]:
    """What an app of `make_apk` pins beside its files."""
    return {
        "package": "org.example.made", "label": "Essai", "version_code": 1, "version_name": "1.0",
        "signer": PUBLISHER.digest, "min_sdk": 24, "target_sdk": 34,
    } | values  # fmt: skip
