"""Run-time permissions in a policy: package, then the permissions its app is to hold (contract 7)."""

from __future__ import annotations

from provision.virtual.android.agent.reading import Fields, Refused

AGENT = "org.provision.agent"
PACKAGE = r"[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z][a-zA-Z0-9_]*)+"
PERMISSION = r"(?=.{1,200}$)[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)+"
MOST_PACKAGES, MOST = 24, 50


def read_grants(body: Fields) -> dict[str, list[str]] | None:
    """The member `grants` of a policy in the order of names, None where it is absent.

    Raises:
        Refused: `order-invalid` with the place.
    """
    if not body.has("grants"):
        return None
    grants = body.child("grants")
    names = grants.names(PACKAGE, MOST_PACKAGES)
    if AGENT in names:
        raise Refused("order-invalid", f"order.body.grants.{AGENT}: expected another app than the agent")
    found = {name: sorted(grants.texts(name, PERMISSION, MOST)) for name in names}
    empty = next((name for name, permissions in found.items() if not permissions), None)
    if empty is not None:
        raise Refused("order-invalid", f"order.body.grants.{empty}: expected 1 to {MOST} permissions")
    return found
