"""The hotline's side of the maintenance code: HOTP over the digits a tablet shows (contract 11)."""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import Enum

from provision.site.secret import Secret

DIGITS = 8
_SHOWN = re.compile(rf"(?P<scope>[1234])?[0-9]{{{DIGITS}}}", re.ASCII)


class Scope(Enum):
    """What an answer allows on the tablet; the value stands before the eight digits (agents from 0.6.0 on)."""

    UNLOCK = ""
    WIFI = "1"
    CLEAN = "2"
    RESTART = "3"
    CALLS = "4"


def read_scope(challenge: str) -> Scope:
    """Tell what the digits that a tablet shows ask for.

    Raises:
        ValueError: they are not eight, nor eight behind the number of a scope.
    """
    found = _SHOWN.fullmatch(challenge)
    if found is None:
        raise ValueError(f"expected {DIGITS} digits")
    return Scope(found["scope"] or "")


def answer_challenge(secret: Secret, challenge: str) -> Secret:
    """The eight digits that open a tablet once, or allow what its digits name, and nothing else.

    Args:
        secret: the tablet's maintenance secret.
        challenge: the digits it shows.

    Raises:
        ValueError: as `read_scope`.
    """
    read_scope(challenge)
    digest = hmac.new(secret.reveal(), int(challenge).to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return Secret(f"{number % 10**DIGITS:0{DIGITS}d}".encode())
