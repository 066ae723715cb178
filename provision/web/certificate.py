"""What a screen in the room knows the bench by: a certificate of its own, and the key of the wall screens.

Both are made on first use and kept in the home, below `state/web/`, so that a screen that was let in once stays so.
The certificate is signed by nobody else: whoever sets a screen up compares its fingerprint with the one that the
station prints. Valid for 398 days, as browsers take from a server; made anew a month before its end, or for another
address.
"""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provision.errors import HomeError
from provision.files import make_folder, write_atomically
from provision.site.secret import Secret

VALID = timedelta(days=398)
EARLY = timedelta(days=30)
KEY_BYTES = 18
FOLDER = "web"


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate; `fingerprint` is its SHA-256 as browsers show it, in pairs of digits."""

    file: Path
    key_file: Path
    fingerprint: str


def make_key() -> Secret:
    """A new key, short enough to be typed once on a screen: 24 letters and digits of 144 random bits."""
    return Secret(secrets.token_urlsafe(KEY_BYTES).encode())


def name_wall_key(state: Path) -> Path:
    """The file of the key of the wall screens of a home, for its owner alone."""
    return state / FOLDER / "wall-key"


def keep_wall_key(state: Path) -> Secret:
    """The key of the wall screens of a home; taking its file away makes another one at the next start.

    Raises:
        HomeError: it can be neither read nor written.
    """
    file = name_wall_key(state)
    try:
        make_folder(file.parent)
        if file.exists() and (kept := file.read_bytes().strip()):
            return Secret(kept)
        made = make_key()
        write_atomically(file, made.reveal() + b"\n", mode=0o600)
    except OSError as error:
        raise HomeError(f"{file}: the key of the wall screens can be neither read nor written: {error}") from error
    return made


def keep_certificate(state: Path, names: Sequence[str], now: datetime | None = None) -> Certificate:
    """The certificate of a home for these addresses; the kept one as long as it is good for them.

    Args:
        state: the home's folder of what it remembers.
        names: addresses and host names under which the pages are reached.

    Raises:
        HomeError: it can be neither read nor written.
    """
    now = now or datetime.now(UTC)
    file, key_file = state / FOLDER / "certificate.pem", state / FOLDER / "certificate-key.pem"
    try:
        make_folder(file.parent)
        if file.exists() and key_file.exists():
            with contextlib.suppress(ValueError):  # a damaged one is made anew: nothing hangs on it
                kept = x509.load_pem_x509_certificate(file.read_bytes())
                if _is_good(kept, names, now):
                    return Certificate(file, key_file, _tell_fingerprint(kept))
        key = ec.generate_private_key(ec.SECP256R1())
        made = _sign(key, names, now)
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        write_atomically(key_file, key.private_bytes(serialization.Encoding.PEM, form, plain), mode=0o600)
        write_atomically(file, made.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise HomeError(f"{file}: the certificate of the pages can be neither read nor written: {error}") from error
    return Certificate(file, key_file, _tell_fingerprint(made))


def _is_good(kept: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    try:
        held = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False  # browsers read addresses there alone
    covered = {str(each) for each in held.get_values_for_type(x509.IPAddress)}
    covered |= set(held.get_values_for_type(x509.DNSName))
    return set(names) <= covered and kept.not_valid_before_utc <= now < kept.not_valid_after_utc - EARLY


def _sign(key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Provision bench")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([_name(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _tell_fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
