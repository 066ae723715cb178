"""Managed configuration and fixed run-time permissions of apps: what only the owner of a tablet can give them.

What an owner fixed outlives the clearing of an app's data; what the shell granted does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from provision.appset.grants import FIRST_API, Grant
from provision.appset.model import App
from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS, need_owner
from provision.facts.collect import Facts
from provision.terms import Control
from provision.texts.message import Message, join_clauses, message

AGENT_CODE = 3
"""The first version code of an agent that fixes permissions."""

LEGACY_FIXED_API = 29
"""The first release whose owner may fix permissions of apps made for releases before 6.0."""

Grants = Mapping[str, tuple[str, ...]]
"""Names of permissions by package."""


def list_fixed(
    grants: Mapping[str, tuple[Grant, ...]], agent: App, api: int, legacy: frozenset[str] = frozenset()
) -> Grants:
    """List what the owner of one tablet is to fix; nothing where the pinned agent is older or Android knows no grants.

    Args:
        grants: of the app set, as the shell gives them; those that this release does not know are left out.
        agent: the bench's pinned one; with an older one a home's policies stay as they were.
        api: of the tablet.
        legacy: apps made for releases before 6.0, whose permissions an owner may fix from 10 on only
            (DevicePolicyManagerService.setPermissionGrantState).
    """
    if agent.version_code < AGENT_CODE or api < FIRST_API:
        return {}
    left_out = {agent.package, *(legacy if api < LEGACY_FIXED_API else ())}
    told = {
        name: tuple(dict.fromkeys(each.name for each in one if each.is_on(api)))
        for name, one in grants.items()
        if name not in left_out
    }
    return {name: one for name, one in told.items() if one}


def decide(_facts: Facts, want: DesiredState) -> Decision:
    """By plain shell: only an owner delivers it."""
    return need_owner(
        Control.APPS_CONFIGURED,
        wanted=name_delivered(tuple(want.appset.configurations)),
        observed=message("not-delivered"),
        why="agent.none-delivers",
    )


def _compare(facts: Facts, want: DesiredState, _view: AgentView) -> Comparison:
    """No release before 15 prints it (Wi-Fi and kiosk document 13.4)."""
    return Comparison(_name_wanted(tuple(want.appset.configurations), _list_fixed_of(facts, want)), None)


def _list_fixed_of(facts: Facts, want: DesiredState) -> tuple[str, ...]:
    if want.agent is None:
        return ()
    return tuple(list_fixed(want.appset.grants, want.agent, facts.props.api, want.appset.legacy))


def _is_wanted(facts: Facts, want: DesiredState, view: AgentView | None) -> bool:
    """Tell whether a part is wanted; what could not be cleared is told, too."""
    if view is None:
        return bool(want.appset.configurations)
    asked = want.appset.configurations or _list_fixed_of(facts, want)
    return bool(asked) or Control.APPS_CONFIGURED in view.findings


def _name_wanted(configured: tuple[str, ...], granted: tuple[str, ...]) -> Message:
    """Name what the agent does for the apps: configuration delivered, permissions fixed."""
    fixed = message("fixed", names=", ".join(sorted(granted)))
    if not granted:
        return name_delivered(configured)
    return join_clauses(name_delivered(configured), fixed) if configured else fixed


def name_delivered(packages: tuple[str, ...]) -> Message:
    """The control is delivery: whether an app follows it no Android tells (Wi-Fi and kiosk document, 13)."""
    return message("delivered", names=", ".join(sorted(packages))) if packages else message("delivered-none")


SPEC = ControlSpec(
    Control.APPS_CONFIGURED,
    asked_by="configuration and grants of apps.yaml",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("props",),
    whys=(*WHYS, "agent.none-delivers"),
    compare=_compare,
    policy=("applications", "grants"),
    unproved="delivered, never enforced: whether an app follows it no Android tells",
)
