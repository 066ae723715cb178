"""Who may do what at the console: one table of actions and roles. Pure.

An action is what a page shows or does; each page names one, and nothing else decides who sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from provision.state.wards import Role


class Action(StrEnum):
    """What somebody does; also the word of the journal. Texts: `console.action.WORD`."""

    SIGN_IN = "sign-in"
    REFUSED = "refused"  # a sign-in that was not one
    SIGN_OUT = "sign-out"
    SEARCH = "search"
    LOOK = "look"  # at a tablet's page
    FAULTS = "faults"
    CODE = "code"
    CALL = "call"
    NOTE = "note"
    JOURNAL = "journal"
    WARDS = "wards"
    AUDIT_WARD = "audit-ward"  # a look through a ward by its labels
    EXPORT = "export"


_ALL = frozenset(Role)

MAY: Mapping[Action, frozenset[Role]] = {
    Action.SIGN_OUT: _ALL,
    Action.SEARCH: _ALL,
    Action.LOOK: _ALL,
    Action.FAULTS: _ALL - {Role.WARD},
    Action.CODE: frozenset({Role.HOTLINE}),
    Action.CALL: frozenset({Role.HOTLINE, Role.TECHNICIAN}),
    Action.NOTE: _ALL - {Role.AUDITOR},
    Action.JOURNAL: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Action.WARDS: _ALL,
    Action.AUDIT_WARD: _ALL - {Role.AUDITOR},
    Action.EXPORT: frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.TECHNICIAN}),
}
"""Actions that need somebody who signed in, with the roles that may."""


def may(role: Role, action: Action) -> bool:
    """Tell whether a role may do something."""
    return role in MAY.get(action, frozenset())
