"""Run-time permissions in a policy: package, then the permissions its app is to hold (contract 7)."""

from __future__ import annotations

from provision.virtual.android.agent.packages import read_by_package
from provision.virtual.android.agent.reading import Fields, Refused

PERMISSION = r"(?=.{1,200}$)[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)+"
MOST = 50


def read_grants(body: Fields) -> dict[str, list[str]] | None:
    """The member `grants` of a policy in the order of names, None where it is absent.

    Raises:
        Refused: `order-invalid` with the place.
    """
    named = read_by_package(body, "grants")
    if named is None:
        return None
    grants, names = named
    found = {name: sorted(grants.texts(name, PERMISSION, MOST)) for name in names}
    empty = next((name for name, permissions in found.items() if not permissions), None)
    if empty is not None:
        raise Refused("order-invalid", f"order.body.grants.{empty}: expected 1 to {MOST} permissions")
    return found
