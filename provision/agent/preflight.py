"""Obstacles to the device owner, named before the command is given.

`dpm` removes an admin it could not make owner (reference, packages document 6.4), and its texts mislead on
5.x and 14: so the conditions of 6.2 are tested here first, in the order in which Android tests them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.agent.contract import AGENT
from provision.facts.collect import Facts
from provision.facts.query import CommandOutput, Query
from provision.terms import Reason

FEATURES = Query("features", ("pm", "list", "features"))
USER = Query("user 0", ("dumpsys", "user"))
DEVICE_ADMIN = "android.software.device_admin"
OLDEST_API, SETUP_COUNTS_API, LOCK_API = 21, 23, 24
LIST_ENDS_API, POLICY_ENGINE_API = 23, 34
LETTING_GO_CODE = 3
"""The first version code of an agent whose launcher lets go of lock task, and that compares sets as sets."""


@dataclass(frozen=True)
class Preconditions:
    """Facts that the conditions of ownership look at.

    Attributes:
        owner: package of the device owner, None for none or when 5.x does not tell.
        agent: whether our agent is installed for user 0, enabled, and proved to be ours.
        device_admin: whether the release has device administration; None when that was not asked.
        locked: whether user 0 waits for the code of its lock screen: then the agent cannot answer, and a refusal
            hides its reason (packages document 6.4).
        guests, local: users and accounts that a reset does not take away (`facts.people`).
    """

    api: int
    booted: bool
    setup_complete: bool
    users: int
    accounts: int
    owner: str | None
    agent: bool
    device_admin: bool | None
    locked: bool = False
    guests: int = 0
    local: int = 0


@dataclass(frozen=True)
class Blocker:
    """Why the command would fail, and which condition of the reference says so."""

    reason: Reason
    detail: str


def find_age(code: int, api: int) -> Blocker | None:
    """Tell whether an agent of this version code can be on a release at all.

    Before 3 it cannot open Android 5 again, and from 14 on it loses the features of lock task at its first drill
    and compares a set as a list: such a tablet never ends `done` (Wi-Fi document 3.2, B).
    """
    if code >= LETTING_GO_CODE or LIST_ENDS_API <= api < POLICY_ENGINE_API:
        return None
    return Blocker(
        Reason.AGENT_TOO_OLD, f"agent {code} on API {api}: version code {LETTING_GO_CODE} or later is needed"
    )


def read_features(output: CommandOutput) -> frozenset[str]:
    """Names in `pm list features`; a version after `=` is cut off (packages document 4.5).

    Raises:
        AnswerError: not one feature, or the list broke off.
    """
    names = frozenset(re.findall(r"^feature:([\w.]+)", output.body, re.MULTILINE))
    if not names or output.broke:
        raise output.unexpected("`feature:NAME` lines")
    return names


def read_locked(output: CommandOutput) -> bool:
    """Tell whether user 0 runs locked (7 on): a dump that does not say so is none that stops anybody."""
    block = re.search(r"UserInfo\{0:.*?(?=UserInfo\{|\Z)", output.body, re.DOTALL)
    return block is not None and re.search(r"^[ \t]+State: RUNNING_LOCKED[ \t]*$", block[0], re.MULTILINE) is not None


def find_preconditions(
    facts: Facts, *, agent: bool, features: frozenset[str] | None = None, locked: bool = False
) -> Preconditions:
    """The preconditions of a tablet from its facts.

    Args:
        facts: one reading.
        agent: whether the installed agent was proved to be ours (digest of its APK, or its signer).
        features: of `read_features`, None when they were not asked.
        locked: of `read_locked`.
    """
    return Preconditions(
        api=facts.props.api,
        booted=facts.props.booted,
        setup_complete=facts.setup.complete is not False,  # not known: the tests that a set-up tablet must pass count
        users=facts.people.users,
        accounts=facts.people.accounts,
        owner=facts.owner.package,
        agent=agent,
        device_admin=None if features is None else DEVICE_ADMIN in features,
        locked=locked,
        guests=facts.people.guests,
        local=facts.people.local,
    )


def find_blocker(preconditions: Preconditions) -> Blocker | None:
    """The first condition that `dpm set-device-owner` would fail on; None when it may be given.

    A tablet whose owner is the agent already has no blocker: the command is then not needed.
    """
    if preconditions.api < OLDEST_API:
        return Blocker(Reason.RELEASE_TOO_OLD, f"API {preconditions.api}: device owners exist from 21 on")
    if not preconditions.booted:
        return Blocker(Reason.BOOT_INCOMPLETE, "sys.boot_completed is not 1")
    if preconditions.owner is not None:
        foreign = Blocker(Reason.FOREIGN_OWNER, f"device owner is {preconditions.owner}")
        return None if preconditions.owner == AGENT else foreign
    if not preconditions.agent:
        return Blocker(Reason.AGENT_UNFIT, f"{AGENT} is not installed and proved: install it first")
    if preconditions.device_admin is False:
        return Blocker(Reason.OWNER_UNSUPPORTED, f"no feature {DEVICE_ADMIN}")
    return _find_people(preconditions) or _find_lock(preconditions)


def _find_lock(preconditions: Preconditions) -> Blocker | None:
    """Last, because it hides what the tests before it find."""
    return Blocker(Reason.USER_LOCKED, "user 0 is RUNNING_LOCKED") if preconditions.locked else None


def _find_people(preconditions: Preconditions) -> Blocker | None:
    """Users and accounts: 5.x counts accounts at any time and never users; later both, once setup is complete."""
    if preconditions.api < SETUP_COUNTS_API:
        return _find_accounts(preconditions)
    if not preconditions.setup_complete:
        return None
    if preconditions.users > 1:
        others = Reason.GUEST_USER if preconditions.guests == preconditions.users - 1 else Reason.NOT_RESET_USERS
        return Blocker(others, f"{preconditions.users} users, expected 1")
    return _find_accounts(preconditions)


def _find_accounts(preconditions: Preconditions) -> Blocker | None:
    if preconditions.accounts == 0:
        return None
    left = Reason.LOCAL_ACCOUNT if preconditions.local == preconditions.accounts else Reason.NOT_RESET_ACCOUNTS
    return Blocker(left, f"{preconditions.accounts} accounts, expected none")
