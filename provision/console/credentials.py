"""Passwords and one-time codes of the console's accounts.

Passwords are kept as argon2id (RFC 9106, the low-memory recommendation, which is argon2-cffi's default); one-time codes
are TOTP (RFC 6238) of six digits and 30 s, as authenticator apps take them, one step early or late.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from provision.site.secret import Secret

SHORTEST, LONGEST = 12, 128
"""Characters of a password."""
STEP_SECONDS = 30
_EARLY_OR_LATE = 1
_ISSUER = "Provision"


def is_fit(password: Secret) -> bool:
    """Tell whether a new password is long enough, and not too long to be hashed."""
    try:
        return SHORTEST <= len(password.reveal().decode()) <= LONGEST
    except UnicodeDecodeError:
        return False


def hash_password(password: Secret) -> str:
    """Return the text that a password is checked against."""
    return _hasher().hash(_normalise(password))


def check_password(kept: str | None, shown: Secret) -> bool:
    """Tell whether a password is the kept one; takes as long for nobody's, so that names cannot be tried.

    Args:
        kept: what `hash_password` made; None for an account that is not there.
    """
    try:
        return _hasher().verify(_nobodys() if kept is None else kept, _normalise(shown)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def make_totp() -> Secret:
    """Return a new key of one-time codes, base32."""
    return Secret(pyotp.random_base32().encode())


def write_totp_link(key: Secret, login: str, site: str) -> Secret:
    """Return the address that an authenticator app takes as a QR code."""
    told = pyotp.TOTP(key.reveal().decode(), interval=STEP_SECONDS)
    return Secret(told.provisioning_uri(name=f"{login}@{site}", issuer_name=_ISSUER).encode())


def find_step(key: str, shown: str, now: float) -> int | None:
    """Return the step of a one-time code that is good now; None where it is not.

    Args:
        shown: as typed, spaces left in.
        now: seconds since 1970.
    """
    digits = "".join(shown.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    codes, at = pyotp.TOTP(key, interval=STEP_SECONDS), int(now // STEP_SECONDS)
    steps = range(max(0, at - _EARLY_OR_LATE), at + _EARLY_OR_LATE + 1)
    return next((step for step in steps if secrets.compare_digest(codes.generate_otp(step), digits)), None)


def _normalise(password: Secret) -> bytes:
    """Two keyboards spell an accent differently."""
    return unicodedata.normalize("NFC", password.reveal().decode(errors="replace")).encode()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_bytes(16))
