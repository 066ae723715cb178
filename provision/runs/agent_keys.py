"""What a tablet says of the keys that it obeys, for the record."""

from __future__ import annotations

from provision.agent.hello import Hello


def tell_keys(hello: Hello) -> tuple[str, ...]:
    """Evidence of whom the tablet obeys; agents before 0.6.0 tell of the site key alone."""
    site = f"site key: {hello.site_key or 'none pinned yet'}"
    if not hello.tells_keys:
        return (site,)
    return (site, f"site keys before it: {hello.rekeys}", f"offline key: {hello.offline_key or 'none told yet'}")
