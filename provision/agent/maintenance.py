"""The hotline's side of the maintenance code: HOTP over the digits a tablet shows (contract 11)."""

from __future__ import annotations

import hashlib
import hmac

from provision.site.secret import Secret

DIGITS = 8


def answer_challenge(secret: Secret, challenge: str) -> Secret:
    """The eight digits that open a tablet once.

    Args:
        secret: the tablet's maintenance secret.
        challenge: the eight digits it shows.

    Raises:
        ValueError: the challenge is not eight digits.
    """
    if len(challenge) != DIGITS or not (challenge.isascii() and challenge.isdigit()):
        raise ValueError(f"expected {DIGITS} digits")
    digest = hmac.new(secret.reveal(), int(challenge).to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return Secret(f"{number % 10**DIGITS:0{DIGITS}d}".encode())
