"""By what the register knows that a tablet has a number already: digests of what the tablet says of itself. Pure."""

from __future__ import annotations

import hashlib

from provision.identity.which import UNREAD
from provision.register.events import EventKind, Told

BENCH = "bench"
"""Who tells what a program saw."""


def digest_serial(serial: str) -> str:
    """Return the digest of a serial number as a tablet says it."""
    return hashlib.sha256(f"serial:{serial}".encode(errors="surrogatepass")).hexdigest()


def tell_retired(tablet: str, became: str) -> Told:
    """Make the event of a number that became another one; of one that counts again where that is empty."""
    return Told(tablet, EventKind.RETIRED, BENCH, "", {"became": became})


def tell_number(tablet: str, serial: str, installation: str | None) -> Told:
    """Make the event of a number that a bench gave; an installation that is not known is an empty text."""
    known = installation if installation is not None and installation != UNREAD else ""
    body = {"serial": digest_serial(serial), "installation": known}
    return Told(tablet, EventKind.NUMBERED, BENCH, "", body)
