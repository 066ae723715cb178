"""`dpm set-device-owner`: the line of each release, and the meaning of every text it answers with.

Exit status says nothing: before 12 a wrong component ends with 0 after the usage, and 14 can throw after
the owner was set (reference, packages document 6.3 to 6.5, 6.8). So nothing here is a proof; `ownership` is.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from enum import StrEnum

from provision.agent.contract import ADMIN, AGENT
from provision.terms import Reason
from provision.transport import Answer

FALSE_ACCOUNTS_API = 34
"""From here on accounts count as there until they were counted, some time after boot (document 6.2)."""


class OwnerResult(StrEnum):
    """What to do after an answer."""

    SET = "set"  # it says it worked; read the owner back
    LOOK = "look"  # an owner is set, the text does not say which: read the owner back
    RETRY = "retry"  # too early after boot
    REFUSED = "refused"  # read the owner back all the same, then give up


@dataclass(frozen=True)
class OwnerAnswer:
    """One answer, understood.

    Attributes:
        reason: why not, if the owner read back is not the agent; None when it says it is.
        detail: the line of the answer that says so, at most 200 characters.
    """

    verdict: OwnerResult
    reason: Reason | None
    detail: str


def set_owner_line(api: int) -> str:
    """The command: 5.x and 6.0 take the first word for the component (Wi-Fi document 3.1); 14 dropped `--name`."""
    user = () if api < 24 else ("--user", "0")
    return shlex.join(("dpm", "set-device-owner", *user, ADMIN))


_SUCCESS = re.compile(r"^Success: Device owner set to package .*$", re.MULTILINE)
_ALREADY_ADMIN = re.compile(r"^\S+ was already an admin for user \d+\. No need to set it again\.$", re.MULTILINE)
_OWNER_NAMED = re.compile(r"but device owner \(([\w.]+)/\S*\) is already set")

_REFUSALS: tuple[tuple[str, OwnerResult, Reason], ...] = (
    (r"device owner is already set", OwnerResult.LOOK, Reason.FOREIGN_OWNER),
    (
        r"already has a profile owner|but profile owner \(.*\) is already set",
        OwnerResult.REFUSED,
        Reason.FOREIGN_OWNER,
    ),
    (r"device is already provisioned", OwnerResult.REFUSED, Reason.NOT_RESET_ACCOUNTS),
    (r"there are already several users", OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    (r"there are already some accounts", OwnerResult.REFUSED, Reason.NOT_RESET_ACCOUNTS),
    (r"User not running: \d+|User \d+ not running", OwnerResult.RETRY, Reason.BOOT_INCOMPLETE),
    (r"User must be running and unlocked", OwnerResult.RETRY, Reason.USER_LOCKED),
    (r"Can't find service: device_policy|Is the system running\?", OwnerResult.RETRY, Reason.BOOT_INCOMPLETE),
    (r"admin which is being removed", OwnerResult.RETRY, Reason.OWNER_REFUSED),
    (r"provisioning state unless current provisioning state is unmanaged", OwnerResult.LOOK, Reason.OWNER_REFUSED),
    (r"is not system user", OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    (r"if the device is already set-up", OwnerResult.REFUSED, Reason.OWNER_REFUSED),
    (r"this device has already paired", OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    (r"on a headless device", OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    (
        r"Calling identity is not authorized|has android\.permission\.MANAGE_DEVICE_ADMINS\.",
        OwnerResult.REFUSED,
        Reason.OEM_GATE,
    ),
    (r"Can't set package .* as device owner", OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    (
        r"Unknown admin: |Bad admin: |Not active admin: |Admin is already added",
        OwnerResult.REFUSED,
        Reason.AGENT_UNFIT,
    ),
    (r"Invalid component |Invalid package name ", OwnerResult.REFUSED, Reason.AGENT_UNFIT),
    (r"must be protected with \S*BIND_DEVICE_ADMIN", OwnerResult.REFUSED, Reason.AGENT_UNFIT),
    (r"MDM_PROXY_ADMIN_INTERNAL", OwnerResult.REFUSED, Reason.AGENT_UNFIT),
    (r"Unknown option: |unknown command", OwnerResult.REFUSED, Reason.ANSWER_NOT_UNDERSTOOD),
)
"""Texts of 6.4 and 6.8, most telling first: (pattern, what to do, why).

`User must be running and unlocked` is no reason: something else was refused, and the tool could not take back the admin
it had added. The admin stays and is in nobody's way: the next command takes it as it is, and from 15 on says then what
was refused, locked or not.
"""


def read_owner_answer(answer: Answer, api: int, *, accounts: int | None = None) -> OwnerAnswer:
    """What `set-device-owner` answered.

    Args:
        answer: both streams are read.
        api: API level.
        accounts: as counted just before; 0 makes the accounts text of 14 and later the false one that soon
            after boot is given to every tablet.
    """
    success = _SUCCESS.search(answer.out)
    if success is not None:
        return OwnerAnswer(OwnerResult.SET, None, success[0])
    text = _ALREADY_ADMIN.sub("", answer.text)  # never a result: it hides what setActiveAdmin had to say
    refused = _read_named_owner(text) or _read_refusal(text)
    if refused.reason is Reason.NOT_RESET_ACCOUNTS and api >= FALSE_ACCOUNTS_API and accounts == 0:
        return replace(refused, verdict=OwnerResult.RETRY)
    return refused


def _read_named_owner(text: str) -> OwnerAnswer | None:
    """The owner that 14 and later name, None where none is named."""
    named = _OWNER_NAMED.search(text)
    if named is None:
        return None
    if named[1] == AGENT:
        return OwnerAnswer(OwnerResult.LOOK, None, named[0])
    return OwnerAnswer(OwnerResult.REFUSED, Reason.FOREIGN_OWNER, named[0])


def _read_refusal(text: str) -> OwnerAnswer:
    """The first known text, else the first line that says anything."""
    for pattern, verdict, reason in _REFUSALS:
        found = re.search(rf"^.*(?:{pattern}).*$", text, re.MULTILINE)
        if found is not None:
            return OwnerAnswer(verdict, reason, found[0].strip()[:200])
    first = next((line.strip() for line in text.split("\n") if line.strip()), "no answer")
    return OwnerAnswer(OwnerResult.REFUSED, Reason.ANSWER_NOT_UNDERSTOOD, first[:200])
