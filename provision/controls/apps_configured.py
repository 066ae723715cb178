"""Run-time permissions of apps that the owner of a tablet fixes, beside the shell that grants them.

What an owner fixed outlives the clearing of an app's data; what the shell granted does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from provision.appset.model import App
from provision.controls.apps_present import GRANTS_API

AGENT_CODE = 3
"""The first version code of an agent that fixes permissions."""

LEGACY_FIXED_API = 29
"""The first release whose owner may fix permissions of apps made for releases before 6.0."""

Grants = Mapping[str, tuple[str, ...]]
"""Permissions by package."""


def list_fixed(grants: Grants, agent: App, api: int, legacy: frozenset[str] = frozenset()) -> Grants:
    """What the owner of one tablet is to fix; nothing where the pinned agent is older or Android knows no grants.

    Args:
        grants: of the app set, as the shell gives them.
        agent: the bench's pinned one; with an older one a home's policies stay as they were.
        api: of the tablet.
        legacy: apps made for releases before 6.0, whose permissions an owner may fix from 10 on only
            (DevicePolicyManagerService.setPermissionGrantState).
    """
    if agent.version_code < AGENT_CODE or api < GRANTS_API:
        return {}
    left_out = {agent.package, *(legacy if api < LEGACY_FIXED_API else ())}
    return {name: tuple(dict.fromkeys(one)) for name, one in grants.items() if one and name not in left_out}
