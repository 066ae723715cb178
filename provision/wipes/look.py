"""What a tablet must be like before it may be wiped, and what shows afterwards that it was. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.identity.shared_serials import is_placeholder
from provision.identity.which import UNREAD, Asset


@dataclass(frozen=True)
class Look:
    """What was read from a tablet.

    Attributes:
        installation: digest of its `android_id`; `UNREAD` where it tells none.
        accounts: counted and hidden ones together. users: profiles on it.
        owner: package of the device owner, empty for none; None where Android does not tell (5.x).
        has_agent: our agent is installed.
    """

    serial: str
    installation: str
    accounts: int
    users: int
    owner: str | None
    has_agent: bool


def find_obstacles(look: Look, asset: Asset) -> Iterator[str]:
    """Yield why a tablet may not be wiped as one of a number: keys of the catalogue (`wipe.obstacle.KEY`).

    An account is an obstacle: after a reset by its keys the tablet may ask the next owner for it (Wi-Fi and kiosk
    document 6, factory reset protection), and nobody there has it.
    """
    if look.accounts:
        yield "account"
    if look.serial != asset.serial:
        yield "other-tablet"
    elif look.installation == UNREAD:
        yield "unread"
    elif look.installation not in {*asset.installations, *asset.confirmed} or look.installation in asset.asked:
        yield "unconfirmed"


def find_doubts(look: Look, serial: str, before: str, *, shared: bool) -> Iterator[str]:
    """Yield why a tablet does not show that it was wiped: keys of the catalogue (`wipe.doubt.KEY`).

    Args:
        serial, before: its serial number, and digest of its installation, at the order.
        shared: several tablets of this house have that serial number.
    """
    if look.serial != serial:
        yield "other-tablet"
    elif shared or is_placeholder(serial):
        yield "shared-serial"
    if look.installation == UNREAD:
        yield "unread"
    elif look.installation == before:
        yield "same-installation"
    if look.owner is None:
        yield "owner-untold"
    elif look.owner:
        yield "owner"
    if look.has_agent:
        yield "agent"
    if look.accounts:
        yield "account"
    if look.users != 1:
        yield "users"


UNDECIDED = frozenset({"shared-serial", "unread", "owner-untold"})
"""Doubts that another reset does not end; the others say that the tablet is not as a reset leaves it."""

SEEN = (
    "its serial number is the one that was ordered to be wiped",
    "android_id is another one than at the order: it was reset since",
    "no device owner",
    "the agent is not installed",
    "no account that Android tells of, contacts kept on the tablet alone aside",
    "one user, guests aside",
)
"""What was read where nothing was in doubt, as the record says it."""
