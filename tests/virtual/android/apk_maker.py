"""Makes small code-less APK files in memory: binary manifest, v1 and v2 signature blocks.

The signatures are of the right form but sign nothing: the model reads certificates only.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from dataclasses import dataclass, field, replace
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

ANDROID = "http://schemas.android.com/apk/res/android"
NONE = 0xFFFFFFFF
RESOURCE_IDS = {
    "versionCode": 0x0101021B,
    "versionName": 0x0101021C,
    "minSdkVersion": 0x0101020C,
    "targetSdkVersion": 0x01010270,
    "testOnly": 0x01010272,
    "name": 0x01010003,
    "resource": 0x01010025,
    "permission": 0x01010006,
    "debuggable": 0x0101000F,
    "multiArch": 0x0101048E,
    "authorities": 0x01010018,
    "required": 0x0101028E,
    "isSplitRequired": 0x01010591,
    "exported": 0x01010010,
    "sharedUserId": 0x0101000B,
    "extractNativeLibs": 0x010104EA,
    "requiredSplitTypes": 0x0101064E,
    "splitTypes": 0x0101064F,
}
Attribute = tuple[str, str | int | bool]
BIND = "android.permission.BIND_DEVICE_ADMIN"


@dataclass(frozen=True)
class Recipe:
    """What goes into one APK."""

    package: str = "org.provision.fixture.chat"
    version: int = 1
    min_sdk: int | str = 21
    target_sdk: int = 30
    test_only: bool = False
    key: str = "first"
    schemes: tuple[str, ...] = ("v1", "v2")
    permissions: tuple[str, ...] = ("android.permission.INTERNET", "android.permission.CAMERA")
    receivers: dict[str, str | None] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    debuggable: bool = False
    split: str = ""
    split_required: bool = False
    defines: str = ""
    authority: str = ""
    shared_library: str = ""
    compressed: bool = False
    packed_code: bool = False
    filtered: str = ""
    shared_user: str = ""
    padding: int = 0


def chunk(kind: int, header: bytes, body: bytes) -> bytes:
    return struct.pack("<HHI", kind, 8 + len(header), 8 + len(header) + len(body)) + header + body


def string_pool(strings: list[str]) -> bytes:
    data, offsets = b"", []
    for text in strings:
        offsets.append(len(data))
        data += struct.pack("<H", len(text)) + text.encode("utf-16-le") + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    start = 28 + 4 * len(strings)
    header = struct.pack("<IIIII", len(strings), 0, 0, start, 0)
    return chunk(1, header, struct.pack(f"<{len(offsets)}I", *offsets) + data)


class Manifest:
    """Collects elements and writes binary XML."""

    def __init__(self) -> None:
        self.strings = [*RESOURCE_IDS, "android", ANDROID]
        self.body = b""

    def text(self, value: str) -> int:
        if value not in self.strings:
            self.strings.append(value)
        return self.strings.index(value)

    def node(self, kind: int, body: bytes) -> None:
        self.body += chunk(kind, struct.pack("<II", 1, NONE), body)

    def start(self, tag: str, *attributes: Attribute) -> None:
        data = struct.pack("<IIHHHHHH", NONE, self.text(tag), 20, 20, len(attributes), 0, 0, 0)
        for name, value in attributes:
            space = self.text(ANDROID) if name in RESOURCE_IDS else NONE
            if isinstance(value, str):
                raw, kind, number = self.text(value), 3, self.text(value)
            else:
                raw, kind = NONE, 18 if isinstance(value, bool) else 16
                number = (NONE if value else 0) if isinstance(value, bool) else value
            data += struct.pack("<IIIHBBI", space, self.text(name), raw, 8, 0, kind, number)
        self.node(0x102, data)

    def end(self, tag: str) -> None:
        self.node(0x103, struct.pack("<II", NONE, self.text(tag)))

    def single(self, tag: str, *attributes: Attribute) -> None:
        self.start(tag, *attributes)
        self.end(tag)

    def finish(self) -> bytes:
        space = struct.pack("<II", self.text("android"), self.text(ANDROID))
        opening = chunk(0x100, struct.pack("<II", 1, NONE), space)
        closing = chunk(0x101, struct.pack("<II", 1, NONE), space)
        ids = chunk(0x180, b"", struct.pack(f"<{len(RESOURCE_IDS)}I", *RESOURCE_IDS.values()))
        return chunk(3, b"", string_pool(self.strings) + ids + opening + self.body + closing)


def manifest_of(recipe: Recipe) -> bytes:
    xml = Manifest()
    root = [("versionCode", recipe.version), ("versionName", "1.0"), ("package", recipe.package)]
    root += [("split", recipe.split)] if recipe.split else []
    root += [("isSplitRequired", True)] if recipe.split_required else []
    root += [("sharedUserId", recipe.shared_user)] if recipe.shared_user else []
    xml.start("manifest", *root)
    xml.single("uses-sdk", ("minSdkVersion", recipe.min_sdk), ("targetSdkVersion", recipe.target_sdk))
    for name in recipe.permissions:
        xml.single("uses-permission", ("name", name))
    if recipe.defines:
        xml.single("permission", ("name", recipe.defines))
    application_of(recipe, xml)
    xml.end("manifest")
    return xml.finish()


def application_of(recipe: Recipe, xml: Manifest) -> None:
    flags = (("testOnly", recipe.test_only), ("debuggable", recipe.debuggable))
    unpacked = [("extractNativeLibs", False)] if recipe.packed_code else []
    xml.start("application", *((name, True) for name, wanted in flags if wanted), *unpacked)
    if recipe.filtered:
        xml.start(recipe.filtered, ("name", ".Filtered"))
        xml.single("intent-filter")
        xml.end(recipe.filtered)
    for name, permission in recipe.receivers.items():
        guard = [("permission", permission)] if permission else []
        xml.single("receiver", ("name", name), *guard, *([("exported", True)] if name in recipe.exported else []))
    if recipe.authority:
        xml.single("provider", ("name", ".Files"), ("authorities", recipe.authority))
    if recipe.shared_library:
        xml.single("uses-library", ("name", recipe.shared_library), ("required", True))
    xml.end("application")


@cache
def signer(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).serial_number(1)
    builder = builder.public_key(key.public_key()).not_valid_before(start)
    return key, builder.not_valid_after(start + dt.timedelta(days=9999)).sign(key, hashes.SHA256())


def certificate(name: str) -> bytes:
    return signer(name)[1].public_bytes(Encoding.DER)


@cache  # its length varies with the signature
def v1_block(name: str) -> bytes:
    key, cert = signer(name)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"").add_signer(cert, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])


def piece(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def v2_block(name: str) -> bytes:
    signed_data = piece(b"") + piece(piece(certificate(name))) + piece(b"")
    value = piece(piece(piece(signed_data) + piece(b"") + piece(b"")))
    pair = struct.pack("<QI", 4 + len(value), 0x7109871A) + value
    size = len(pair) + 24
    return struct.pack("<Q", size) + pair + struct.pack("<Q", size) + b"APK Sig Block 42"


def make_apk(recipe: Recipe) -> bytes:
    """The bytes of one APK."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("AndroidManifest.xml", manifest_of(recipe))
        for abi in recipe.libraries:
            archive.writestr(f"lib/{abi}/libx.so", b"x", zipfile.ZIP_DEFLATED if recipe.packed_code else None)
        if recipe.compressed:
            archive.writestr("resources.arsc", b"x" * 100, zipfile.ZIP_DEFLATED)
        if recipe.padding:
            archive.writestr("assets/padding", b"x" * recipe.padding)
        if "v1" in recipe.schemes:
            archive.writestr("META-INF/CERT.EC", v1_block(recipe.key))
    content = buffer.getvalue()
    if "v2" not in recipe.schemes:
        return content
    end = content.rindex(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", content, end + 16)
    block = v2_block(recipe.key)
    moved = content[:directory] + block + content[directory:end] + content[end : end + 16]
    return moved + struct.pack("<I", directory + len(block)) + content[end + 20 :]


def make_apk_of(recipe: Recipe, size: int) -> bytes:
    """The bytes of one APK that has exactly this size."""
    least = len(make_apk(replace(recipe, padding=1)))
    assert size >= least, f"{recipe.package}: no APK of {size} bytes, the smallest has {least}"
    return make_apk(replace(recipe, padding=size - least + 1))


ADMIN = "org.provision.fixture.owner"
MAIL = "org.provision.fixture.mail"
SPEAK = "org.provision.fixture.SPEAK"
RECIPES: dict[str, Recipe] = {
    "chat": Recipe(),
    "chat-2": Recipe(version=2),
    "chat-other-key": Recipe(version=2, key="second"),
    "chat-low-target": Recipe(version=2, target_sdk=19),
    "test-only": Recipe(test_only=True),
    "needs-26": Recipe(min_sdk=26),
    "needs-35": Recipe(min_sdk=35),
    "target-19": Recipe(min_sdk=19, target_sdk=19),
    "target-22": Recipe(min_sdk=19, target_sdk=22),
    "target-23": Recipe(min_sdk=19, target_sdk=23),
    "preview": Recipe(min_sdk="Zzz"),
    "chat-debuggable": Recipe(version=2, debuggable=True),
    "split-fr": Recipe(split="config.fr"),
    "split-fr-2": Recipe(split="config.fr", version=2),
    "split-mail": Recipe(split="config.fr", package=MAIL),
    "split-other-key": Recipe(split="config.fr", key="second"),
    "needs-split": Recipe(split_required=True),
    "defines": Recipe(defines=SPEAK),
    "defines-too": Recipe(package=MAIL, key="second", defines=SPEAK),
    "mail": Recipe(package=MAIL),
    "provider": Recipe(authority="org.provision.fixture.files"),
    "provider-too": Recipe(package=MAIL, authority="org.provision.fixture.files"),
    "needs-library": Recipe(shared_library="org.example.maps"),
    "compressed": Recipe(compressed=True),
    "compressed-29": Recipe(compressed=True, target_sdk=29),
    "packed-code": Recipe(libraries=("arm64-v8a", "armeabi-v7a", "x86", "x86_64"), packed_code=True),
    "filtered": Recipe(filtered="service", target_sdk=33),
    "filtered-30": Recipe(filtered="service"),
    "system-user": Recipe(shared_user="android.uid.system"),
    "tools": Recipe(permissions=("android.permission.WRITE_SECURE_SETTINGS",)),
    "x86-only": Recipe(libraries=("x86",)),
    "arm": Recipe(libraries=("armeabi-v7a",)),
    "v2-only": Recipe(schemes=("v2",)),
    "v1-only": Recipe(schemes=("v1",)),
    "v1-only-29": Recipe(schemes=("v1",), target_sdk=29),
    "unsigned": Recipe(schemes=()),
    "owner": Recipe(
        package=ADMIN, receivers={".Admin": BIND, ".Open": None, ".Closed": None}, exported=(".Admin", ".Open")
    ),
    "owner-2": Recipe(package=ADMIN, version=2, receivers={".Admin": BIND}),
    "owner-test": Recipe(package=ADMIN, receivers={".Admin": BIND}, test_only=True),
}


@cache
def apk(name: str) -> bytes:
    """A fixture by name; `broken` is no APK at all."""
    return b"this is not a zip file" if name == "broken" else make_apk(RECIPES[name])
