"""APKs with any manifest, truly signed: what aapt of Debian cannot write, made in memory."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

from block_maker import Key, make_signer, put_signers
from virtual.android.apk_maker import Manifest

from provision.appset.signing.block_schemes import Scheme

PUBLISHER = Key("publisher")
KEYS = {"publisher": PUBLISHER}


def make_apk(
    package: str = "org.example.made", libraries: tuple[str, ...] = (), split: str = "", **wanted: object
) -> bytes:
    """One APK signed by schemes v2 and v3.

    Args:
        wanted: code, min_sdk, target_sdk, test_only, permissions, needs_splits, restrictions; megabytes of media in it;
            of the manifest: shared_user, types, required_types, components (tag, name, exported or None, filter),
            uses (tag, name, required or None), defines, authorities, extracts; resources and native: how the table
            and the libraries are packed; key: who signs; manifest: the whole compiled manifest in place of all these.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        manifest = wanted.get("manifest") or _manifest(package, split, wanted)
        archive.writestr(zipfile.ZipInfo("AndroidManifest.xml"), manifest)
        for abi in libraries:
            _pack(archive, f"lib/{abi}/{wanted.get('library', 'libx.so')}", str(wanted.get("native", "aligned")), 4096)
        if "resources" in wanted:
            _pack(archive, "resources.arsc", str(wanted["resources"]), 4)
        archive.writestr(
            zipfile.ZipInfo("assets/media"), bytes(int(1_000_000 * float(str(wanted.get("megabytes", 0)))))
        )
    raw, key = made.getvalue(), KEYS.setdefault(str(wanted.get("key", "publisher")), Key(str(wanted.get("key"))))
    return put_signers(raw, {scheme: make_signer(raw, scheme, key) for scheme in (Scheme.V2, Scheme.V3)})


def _pack(archive: zipfile.ZipFile, name: str, how: str, unit: int) -> None:
    """One entry, compressed or at the wanted distance from a whole unit."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if how == "compressed" else zipfile.ZIP_STORED
    start = archive.start_dir + 30 + len(name)  # of its data
    wide = -start % unit + (0 if how == "aligned" else 1)
    wide += unit if 0 < wide < 4 else 0
    info.extra = b"" if not wide else struct.pack("<HH", 0xD935, wide - 4) + bytes(wide - 4)
    archive.writestr(info, b"x" * 100)


def _manifest(package: str, split: str, wanted: dict[str, Any]) -> bytes:
    xml = Manifest()
    named = [("split", split)] if split else []
    named += [("sharedUserId", wanted["shared_user"])] if "shared_user" in wanted else []
    named += [("splitTypes", wanted["types"])] if "types" in wanted else []
    named += [("requiredSplitTypes", wanted["required_types"])] if "required_types" in wanted else []
    code = int(str(wanted.get("code", 1)))
    xml.start("manifest", ("versionCode", code), ("versionName", f"{code}.0"), ("package", package), *named)
    sdk = [int(str(wanted.get(name, usual))) for name, usual in (("min_sdk", 24), ("target_sdk", 34))]
    xml.single("uses-sdk", ("minSdkVersion", sdk[0]), ("targetSdkVersion", sdk[1]))
    for name in wanted.get("permissions", ()):
        xml.single("uses-permission", ("name", name))
    for name in wanted.get("defines", ()):
        xml.single("permission", ("name", name))
    _application(xml, wanted)
    xml.end("manifest")
    return xml.finish()


def _application(xml: Manifest, wanted: dict[str, Any]) -> None:
    flags = [("testOnly", True)] if wanted.get("test_only") else []
    flags += [("debuggable", True)] if wanted.get("debuggable") else []
    flags += [("multiArch", True)] if wanted.get("multi_arch") else []
    flags += [("extractNativeLibs", wanted["extracts"])] if "extracts" in wanted else []
    xml.start("application", *flags, *([("isSplitRequired", True)] if wanted.get("needs_splits") else []))
    for tag, name, exported, filtered in wanted.get("components", ()):
        xml.start(tag, ("name", name), *([("exported", exported)] if exported is not None else []))
        if filtered:
            xml.start("intent-filter")
            xml.single("action", ("name", "org.example.ACT"))
            xml.end("intent-filter")
        xml.end(tag)
    for tag, name, required in wanted.get("uses", ()):
        xml.single(tag, ("name", name), *([("required", required)] if required is not None else []))
    for name in wanted.get("authorities", ()):
        xml.single("provider", ("name", ".Files"), ("authorities", name))
    if wanted.get("restrictions"):
        xml.single("meta-data", ("name", "android.content.APP_RESTRICTIONS"), ("resource", 0x7F010000))
    xml.end("application")


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
