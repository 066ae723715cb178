"""Secrets that this bench gave the agent of one tablet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from provision.proofs.attempts import Tried
from provision.site.secret import Secret

SECRET_BYTES = 32
"""Length of a new maintenance secret."""

MAINTENANCE_BYTES = range(20, 65)
"""Lengths of a maintenance secret that an agent takes (contract 11)."""


@dataclass(frozen=True)
class KnownKey:
    """The own key of one tablet as this bench saw it proved last.

    Attributes:
        tablet: id of the installation of the agent, which a reset makes anew.
        key_id: SHA-256 of the public part, in lower-case hexadecimal digits.
    """

    tablet: str
    key_id: str


@dataclass(frozen=True)
class Issued:
    """The secret of one tablet and the policy in force.

    Attributes:
        secret: HOTP secret of its maintenance code.
        policy: SHA-256 of the payload of the last policy sent; empty before the first.
        wanted: digest of what that policy asked for, `digest_wanted`.
        drilled: the policy after which the way out was last tried; empty before the first drill.
        unlocked: attempts that succeeded before locking, with the seconds it took; kept over policies, because
            a locked tablet cannot give them again, and made anew after a reset.
        tried: what came of each attempt since the last policy, by name.
    """

    secret: Secret = field(repr=False)
    policy: str = ""
    wanted: str = ""
    drilled: str = ""
    unlocked: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    tried: Mapping[str, Tried] = field(default_factory=lambda: MappingProxyType({}))
