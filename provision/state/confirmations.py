"""A person's words on models that do not say themselves whether they are tablets.

A confirmation is about a model at this bench, not about one unit: 28 twins need one. It decides only what is unknown;
what is certainly a phone or a television stays closed, and what is certainly a tablet stays open, whatever was said.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from provision.facts.props import Props
from provision.terms import DeviceConfirmation

SHORTEST_KEY = 8
"""So many letters of a key are shown, and are enough to name a model."""

LONGEST_TITLE = 80

_KEYS = ("brand", "manufacturer", "model", "name", "device", "board")


@dataclass(frozen=True)
class ModelConfirmation:
    """One confirmation that counts.

    Attributes:
        key: digest of what two units of the model have in common.
        title: maker and model as the tablet wrote them, not trusted; may be empty.
        since: when it was given, ISO 8601 in UTC.
    """

    key: str
    title: str
    confirmation: DeviceConfirmation
    since: str

    @property
    def short_key(self) -> str:
        """As lists show it."""
        return self.key[:SHORTEST_KEY]

    def is_named(self, name: str) -> bool:
        """Tell whether a person means this one: by its title, or by the first letters of its key."""
        by_key = len(name) >= SHORTEST_KEY and self.key.startswith(name.casefold())
        return by_key or (bool(name) and name.casefold() == self.title.casefold())


def digest_model(props: Props) -> str:
    """Digest what two units of one model have in common, as a list so that no two sets run together."""
    parts = [props.get(f"ro.product.{key}") for key in _KEYS] + [props.get("ro.build.characteristics")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
