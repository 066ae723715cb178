"""APKs signed in the less common ways by Debian's apksigner, with throw-away keys made on the spot."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

UNSIGNED = Path(__file__).parents[2] / "apks/fixtures/chat.apk"
"""apksigner removes the signatures it finds."""


def make_keys(folder: Path) -> None:
    """`NAME.pk8` and `NAME.pem` for keys of each kind."""
    for name, key in (
        ("ec", ec.generate_private_key(ec.SECP256R1())),
        ("ec384", ec.generate_private_key(ec.SECP384R1())),
        ("rsa4096", rsa.generate_private_key(65537, 4096)),
        ("dsa", dsa.generate_private_key(2048)),
        ("old", rsa.generate_private_key(65537, 2048)),
        ("new", ec.generate_private_key(ec.SECP256R1())),
    ):
        (folder / f"{name}.pk8").write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        (folder / f"{name}.pem").write_bytes(make_certificate(name, key).public_bytes(Encoding.PEM))


def make_certificate(
    name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey
) -> x509.Certificate:
    """A certificate that its own key signed."""
    start, subject = dt.datetime(2020, 1, 1), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start.replace(year=2050))
    return builder.sign(key, hashes.SHA256())


def sign(folder: Path, name: str, *options: str) -> None:
    """`NAME.apk`, signed by the options."""
    apksigner("sign", *options, "--v4-signing-enabled", "false", "--out", str(folder / f"{name}.apk"), str(UNSIGNED))


def by(folder: Path, key: str) -> tuple[str, ...]:
    """Options that name one signer."""
    return "--key", str(folder / f"{key}.pk8"), "--cert", str(folder / f"{key}.pem")


def apksigner(*words: str) -> None:
    """Run Debian's apksigner; its words are shown when it fails."""
    done = subprocess.run(("apksigner", *words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def make_signed(folder: Path) -> None:
    """Every APK of this module."""
    make_keys(folder)
    for key in ("ec", "ec384", "rsa4096", "dsa"):
        sign(folder, key, *by(folder, key))
    sign(folder, "verity", *by(folder, "ec"), "--verity-enabled", "true")
    lineage = str(folder / "lineage")
    signers = (*by(folder, "old"), "--next-signer", *by(folder, "new"))
    apksigner(
        "rotate", "--out", lineage, "--old-signer", *by(folder, "old"), "--new-signer", *by(folder, "new"),
    )  # fmt: skip
    sign(folder, "rotated", *signers, "--lineage", lineage)
    sign(folder, "rotated-v3-only", *by(folder, "old"), "--next-signer", *by(folder, "new"), "--lineage", lineage,
         "--min-sdk-version", "28", "--v1-signing-enabled", "false", "--v2-signing-enabled", "false")  # fmt: skip
