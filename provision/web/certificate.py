"""What a screen in the room knows the bench by: a certificate of its own, and the key of the wall screens.

Both are made on first use and kept in the home, below `state/web/`, so that a screen that was let in once stays so.
The certificate is signed by nobody else: whoever sets a screen up compares its fingerprint with the one that the
station prints. Valid for 398 days, as browsers take from a server; made anew a month before its end, or for another
address, and the one before stays beside it under another name. What somebody else put there, as a certificate of the
hospital's own authority or a key whose certificate is awaited, is used where it fits, and never replaced: where it
does not fit, that is said.
"""

from __future__ import annotations

import ipaddress
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provision.errors import HomeError
from provision.files import make_folder, move_durably, write_atomically
from provision.site.secret import Secret

VALID = timedelta(days=398)
EARLY = timedelta(days=30)
KEY_BYTES = 18
FOLDER = "web"
COMMON_NAME = "Provision bench"
BEFORE = ".before"
"""Ends the name of what was replaced."""


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
        names: addresses and host names under which the pages are reached; the first is what the station prints. One
            that is made anew keeps the names of the one before: station and console may listen at two addresses.

    Raises:
        HomeError: it can be neither read nor written, or it is not this bench's own and not good.
    """
    now = now or datetime.now(UTC)
    file, key_file = state / FOLDER / "certificate.pem", state / FOLDER / "certificate-key.pem"
    try:
        make_folder(file.parent)
        if file.exists() or key_file.exists():
            kept = _read(file)
            flaw = _find_flaw(kept, key_file, names, now)
            if kept is not None and flaw is None:
                return Certificate(file, key_file, _tell_fingerprint(kept))
            if not _are_own(file, key_file):
                raise HomeError(_refuse(file, key_file, str(flaw), names[0]))
            names = (*names, *sorted(_list_names(kept) - set(names))) if kept is not None else names
            _set_aside(file, key_file)
        key = ec.generate_private_key(ec.SECP256R1())
        made = _sign(key, names, now)
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        # In this order: an own certificate without its key is made anew, a key alone may be anybody's.
        write_atomically(file, made.public_bytes(serialization.Encoding.PEM))
        write_atomically(key_file, key.private_bytes(serialization.Encoding.PEM, form, plain), mode=0o600)
    except OSError as error:
        raise HomeError(f"{file}: the certificate of the pages can be neither read nor written: {error}") from error
    return Certificate(file, key_file, _tell_fingerprint(made))


def _refuse(file: Path, key_file: Path, flaw: str, name: str) -> str:
    there = " ".join(shlex.quote(str(each)) for each in (file, key_file) if each.exists())
    return (
        f"{file}: {flaw}. Nothing says that this bench made what is there, so it is not replaced: put a certificate "
        f"for {name} there (PEM), with its key without a password as {key_file.name}, or let the bench make its own: "
        f"mv -i {there} {shlex.quote(str(Path.home()))}"
    )


def _read(file: Path) -> x509.Certificate | None:
    """The kept certificate; of several, as with its authority's, the first. None where there is none to be read."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _find_flaw(kept: x509.Certificate | None, key_file: Path, names: Sequence[str], now: datetime) -> str | None:
    """Find why a kept certificate is not good; None where it is."""
    if kept is None:
        return "no certificate in PEM that can be read"
    if not _fits_key(kept, key_file):
        return f"the key in {key_file.name} is not its own, or cannot be read without a password"
    if not kept.not_valid_before_utc <= now < kept.not_valid_after_utc - (EARLY if _is_own(kept) else timedelta(0)):
        return f"valid from {kept.not_valid_before_utc:%Y-%m-%d} to {kept.not_valid_after_utc:%Y-%m-%d}"
    asked = names if _is_own(kept) else names[:1]
    missing = [name for name in asked if name not in _list_names(kept)]
    return f"it does not name {', '.join(missing)}" if missing else None


def _list_names(kept: x509.Certificate) -> set[str]:
    """The names and addresses it is for; browsers read them in this extension alone."""
    try:
        held = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {*map(str, held.get_values_for_type(x509.IPAddress)), *held.get_values_for_type(x509.DNSName)}


def _fits_key(kept: x509.Certificate, key_file: Path) -> bool:
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (FileNotFoundError, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    return key.public_key() == kept.public_key()


def _is_own(kept: x509.Certificate) -> bool:
    """Tell whether this program made it."""
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    return kept.issuer == kept.subject == own


def _are_own(file: Path, key_file: Path) -> bool:
    """Tell whether this program made both files, of which the key may be gone; a key alone is nobody's for certain."""
    kept = _read(file)
    return kept is not None and _is_own(kept) and (not key_file.exists() or _fits_key(kept, key_file))


def _set_aside(file: Path, key_file: Path) -> None:
    """Keep an own pair before it is written anew: over an earlier own one, beside anybody else's."""
    for number in count(1):
        end = BEFORE if number == 1 else f"{BEFORE}-{number}"
        kept, kept_key = (each.with_name(each.name + end) for each in (file, key_file))
        if not (kept.exists() or kept_key.exists()) or _are_own(kept, kept_key):
            break
    if key_file.exists():  # first, for the reason of the order in which they are written
        move_durably(key_file, kept_key)
    move_durably(file, kept)


def _sign(key: ec.EllipticCurvePrivateKey, names: Sequence[str], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
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
