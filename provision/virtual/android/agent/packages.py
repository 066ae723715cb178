"""Packages as a policy of the agent names them (contract 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from provision.virtual.android.agent.reading import Fields, Refused

AGENT = "org.provision.agent"
PACKAGE = r"[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z][a-zA-Z0-9_]*)+"
MOST_PACKAGES = 24


def read_by_package(body: Fields, member: str) -> tuple[Fields, list[str]] | None:
    """A member whose own members are packages, and their names in order; None where it is absent.

    Raises:
        Refused: `order-invalid` with the place.
    """
    if not body.has(member):
        return None
    child = body.child(member)
    names = child.names(PACKAGE, MOST_PACKAGES)
    if AGENT in names:
        raise Refused("order-invalid", f"order.body.{member}.{AGENT}: expected another app than the agent")
    return child, names


def order_as_set(names: Sequence[str]) -> list[str]:
    """Give the names in the order of a set: one that no caller chose."""
    return sorted(set(names), key=lambda name: hashlib.sha256(name.encode()).digest())
