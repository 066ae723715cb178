"""Who a site is, by the keys of its home: the id that stays, and every key id that its labels may have."""

from __future__ import annotations

from pathlib import Path

from provision.agent.key_chain import load_key_chain
from provision.agent.site_key import load_site_key


def name_site(keys: Path) -> str:
    """Return the id of a site, which stays when its key is replaced by the offline key.

    Args:
        keys: the home's keys folder.

    Raises:
        HomeError: a key is missing or damaged.
    """
    now = load_site_key(keys).key_id
    chain = load_key_chain(keys, now)
    return now if chain is None else chain.first


def list_site_keys(keys: Path) -> tuple[str, ...]:
    """Return the key ids of a site, now and before its rekeys; errors as of `name_site`."""
    now = load_site_key(keys).key_id
    chain = load_key_chain(keys, now)
    return (now, *(() if chain is None else sorted(chain.former)))
