"""APKs with v1 signatures only, right and wrong in one place each: lists that no signing tool writes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import zipfile
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID, ObjectIdentifier

FILES = {"AndroidManifest.xml": b"manifest", "classes.dex": b"code", "res/" + "long/" * 20 + "x.xml": b"resource"}
KINDS = {"SHA-512": "sha512", "SHA-256": "sha256", "SHA1": "sha1", "SHA-1": "sha1", "MD5": "md5"}


@cache
def _make_key(name: str) -> tuple[Any, x509.Certificate]:
    """A key and its own certificate, by the name of a signer: `ec…` or else RSA; some bear an extension."""
    key: Any = (
        ec.generate_private_key(ec.SECP256R1()) if name.startswith("ec") else rsa.generate_private_key(65537, 2048)
    )
    start, subject = dt.datetime(2020, 1, 1), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start.replace(year=2050))
    if name in ("no-signing", "signing"):
        usage = x509.KeyUsage(name == "signing", False, True, False, False, False, False, False, False)  # noqa: FBT003 # its order
        made = made.add_extension(usage, critical=False)
    if name == "critical":
        unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
        made = made.add_extension(unknown, critical=True)
    return key, made.sign(key, hashes.SHA256())


def expected_signers(names: str) -> str:
    """What `signers_on` gives for signers of these names, `-` for none."""
    found = [_make_key(name)[1].public_bytes(Encoding.DER) for name in names.split()]
    return ",".join(sorted(hashlib.sha256(each).hexdigest() for each in found)) or "-"


def make_v1(case: dict[str, Any]) -> bytes:
    """One APK.

    Args:
        case: `line`: line end; `kinds`: digests of entries, sections and lists; `manifest`: changes of MANIFEST.MF;
            `signers`: by name, changes of each .SF file.
    """
    end, kinds = case.get("line", "\r\n"), case.get("kinds", ["SHA-256"])
    main, sections = _list_entries(case, end, kinds)
    written = main + "".join(sections.values())
    manifest = (written + case.get("manifest", {}).get("tail", "")).encode()
    entries = {"META-INF/MANIFEST.MF": manifest}
    for number, (name, wishes) in enumerate(case.get("signers", {"rsa": {}}).items()):
        text = _sign_list(wishes or {}, end, (main, sections, manifest)).encode()
        place = f"META-INF/S{number}"
        if not (wishes or {}).get("without_list"):
            entries[f"{place}.SF"] = text
        entries[f"{place}.{'EC' if name.startswith('ec') else 'RSA'}"] = sign_text(name, wishes or {}, text)
    return _zip({name: data for name, data in FILES.items() if name != case.get("drop")} | entries)


def _list_entries(case: dict[str, Any], end: str, kinds: list[str]) -> tuple[str, dict[str, str]]:
    """The first section of MANIFEST.MF, and one for each entry."""
    wishes = case.get("manifest", {})
    main = _section(end, [("Manifest-Version", "1.0"), ("Created-By", "tests")])
    sections = {}
    for name, right in FILES.items():
        data = wishes.get("wrong", {}).get(name, right.decode()).encode()
        pairs = [(f"{kind}-Digest", _digest(kind, data)) for kind in kinds]
        pairs += [(f"{kind}-Digest", "AAAA") for kind in wishes.get("also_wrong", [])]
        sections[name] = _section(end, [("Name", name), *pairs])
    if "leave_out" in wishes:
        del sections[wishes["leave_out"]]
    return main, sections


def _sign_list(wishes: dict[str, Any], end: str, manifest: tuple[str, dict[str, str], bytes]) -> str:
    """One .SF file."""
    main, sections, whole = manifest
    kind, tool = wishes.get("kind", "SHA-256"), wishes.get("by", "tests")
    head = [("Signature-Version", "1.0")] if wishes.get("version", True) else []
    head += [("Created-By", tool)] if tool else []
    head += [("X-Android-APK-Signed", wishes["promises"])] if "promises" in wishes else []
    if wishes.get("whole", "right") != "absent":
        data = whole if wishes.get("whole", "right") == "right" else b"other"
        head.append((f"{kind}-Digest" + ("" if "signtool" in tool else "-Manifest"), _digest(kind, data)))
    if "main" in wishes:
        data = main.encode() if wishes["main"] == "right" else b"other"
        head.append((f"{kind}-Digest-Manifest-Main-Attributes", _digest(kind, data)))
    text = _section(end, head)
    for name in wishes.get("names", list(sections)):
        raw = sections.get(name, "").encode()
        raw = raw[:-1] if wishes.get("short_sections") else raw
        raw = b"other" if name in wishes.get("wrong", []) else raw
        pairs = [] if name in wishes.get("no_digest", []) else [(f"{kind}-Digest", _digest(kind, raw))]
        text += _section(end, [("Name", name), *pairs])
    return text + (_section(end, [("Name", "classes.dex")]) if wishes.get("twice") else "")


def _section(end: str, pairs: list[tuple[str, str]]) -> str:
    """Lines of at most 70 bytes, a blank before each that continues, and an empty line."""
    lines = []
    for name, value in pairs:
        line = f"{name}: {value}"
        lines.append(line[:70])
        lines += [" " + line[at : at + 69] for at in range(70, len(line), 69)]
    return end.join((*lines, "", ""))


def _digest(kind: str, data: bytes) -> str:
    return base64.b64encode(hashlib.new(KINDS[kind], data).digest()).decode()


def sign_text(name: str, wishes: dict[str, Any], text: bytes) -> bytes:
    """The signature file of one signer over a .SF file; `wishes` as in `make_v1`."""
    key, certificate = _make_key(name)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    options += [] if wishes.get("attributes") else [pkcs7.PKCS7Options.NoAttributes]
    signed = text + b"more" if wishes.get("signature") == "wrong" else text
    builder = pkcs7.PKCS7SignatureBuilder().set_data(signed).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, options)


def _zip(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return made.getvalue()
