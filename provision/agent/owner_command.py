"""`dpm set-device-owner`: the line of each release, and the meaning of every text it answers with.

Exit status says nothing: before 12 a wrong component ends with 0 after the usage, and 14 can throw after
the owner was set (reference, packages document 6.3 to 6.5, 6.8). So nothing here is a proof; `ownership` is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provision.agent.contract import ADMIN, AGENT
from provision.facts.printed import read_printed
from provision.facts.thrown import find_thrown
from provision.terms import Reason
from provision.transport import Answer

FALSE_ACCOUNTS_API = 34
"""From here on accounts count as there until they were counted, some time after boot (document 6.2)."""


class OwnerResult(StrEnum):
    """Meaning of an answer, and the next thing to do."""

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
_ERROR = re.compile(r"^Error: .*$", re.MULTILINE)
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
    (r"on (?:a )?headless device|requires a headless user mode", OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    (r"Cannot provision DPC on user \d+ because it", OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    (r"Cannot provision DPC", OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    (
        r"Calling identity is not authorized|android\.permission\.MANAGE_(?:DEVICE_ADMINS|PROFILE_AND_DEVICE_OWNERS)\b",
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
    (r"\bdpm: (?:inaccessible or )?not found|\bdpm: No such file", OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    (r"\bdpm: (?:can't execute: )?Permission denied", OwnerResult.REFUSED, Reason.OEM_GATE),
    (r"Unknown option: |unknown command", OwnerResult.REFUSED, Reason.ANSWER_NOT_UNDERSTOOD),
    (r"[Ff]ailure calling service device_policy: ", OwnerResult.RETRY, Reason.BOOT_INCOMPLETE),
)
"""Texts of 6.4 and 6.8, most telling first: (pattern, what to do, why).

`User must be running and unlocked` is no reason: something else was refused, and the tool could not take back the admin
it had added. The admin stays and is in nobody's way: the next command takes it as it is, and from 15 on says then what
was refused, locked or not.
"""

_PRECONDITION = re.compile(
    r"^.*(?:@ProvisioningPreCondition|@DeviceOwnerPreConditionCode):? ?(?P<number>-?\d+)\b.*$", re.MULTILINE
)
PRECONDITIONS: Mapping[int, tuple[int, OwnerResult, Reason]] = {
    -1: (33, OwnerResult.REFUSED, Reason.OWNER_REFUSED),
    0: (21, OwnerResult.LOOK, Reason.OWNER_REFUSED),
    1: (21, OwnerResult.LOOK, Reason.FOREIGN_OWNER),
    2: (21, OwnerResult.REFUSED, Reason.FOREIGN_OWNER),
    3: (21, OwnerResult.RETRY, Reason.BOOT_INCOMPLETE),
    4: (21, OwnerResult.REFUSED, Reason.OWNER_REFUSED),
    5: (21, OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    6: (21, OwnerResult.REFUSED, Reason.NOT_RESET_ACCOUNTS),
    7: (21, OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    8: (26, OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    9: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    10: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    11: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    12: (26, OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    13: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    14: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    15: (26, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    16: (34, OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    17: (35, OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    18: (37, OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    19: (37, OwnerResult.REFUSED, Reason.NOT_A_TABLET),
    20: (37, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    21: (37, OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    22: (37, OwnerResult.REFUSED, Reason.NOT_RESET_USERS),
    23: (37, OwnerResult.REFUSED, Reason.OWNER_UNSUPPORTED),
    24: (37, OwnerResult.REFUSED, Reason.FOREIGN_OWNER),
}
"""Android's preconditions by number: (first API level, what to do, why); those it has a text for are printed by it.

A number that the release does not have is a maker's. Source: CODE_ and STATUS_ of `DevicePolicyManager`
(facts/codes.json); 7.x has those to 7 (`enforceCanSetDeviceOwnerLocked`: `Unknown @DeviceOwnerPreConditionCode N`).
"""

_SYSTEM_DIED = re.compile(r"Dead\w*Exception|TransactionTooLarge\w*|OutOfMemory\w*")
_DEFECT = re.compile(r"(?:NullPointer|ClassCast|\w*OutOfBounds|NumberFormat|ClassNotFound)Exception|\w+Error")


def read_owner_answer(answer: Answer, api: int, *, accounts: int | None = None) -> OwnerAnswer:
    """Read the answer of `set-device-owner`; lines of other programs are no part of it.

    Args:
        answer: both streams are read.
        api: API level.
        accounts: as counted just before; 0 makes the accounts text of 14 and later the false one that soon
            after boot is given to every tablet.
    """
    success = _SUCCESS.search(answer.out)
    if success is not None:
        return OwnerAnswer(OwnerResult.SET, None, success[0])
    said = read_printed(f"{answer.text}\n")  # a last line without its end counts, too
    text = _ALREADY_ADMIN.sub("", said.words)  # never a result: it hides what setActiveAdmin had to say
    refused = _read_named_owner(text) or _read_refusal(text) or _read_precondition(text, api) or _read_unknown(text)
    if refused.reason is Reason.ANSWER_NOT_UNDERSTOOD and said.broken:
        return OwnerAnswer(OwnerResult.RETRY, Reason.ANSWER_CUT, said.broken[0])
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


def _read_refusal(text: str) -> OwnerAnswer | None:
    """The first known text, None where there is none."""
    for pattern, verdict, reason in _REFUSALS:
        found = re.search(rf"^.*(?:{pattern}).*$", text, re.MULTILINE)
        if found is not None:
            return OwnerAnswer(verdict, reason, found[0].strip()[:200])
    return None


def _read_precondition(text: str, api: int) -> OwnerAnswer | None:
    """A precondition that the service has a number for and no text, None where none is named."""
    found = _PRECONDITION.search(text)
    if found is None:
        return None
    since, verdict, reason = PRECONDITIONS.get(int(found["number"]), (api + 1, OwnerResult.REFUSED, Reason.OEM_GATE))
    if since > api:
        verdict, reason = OwnerResult.REFUSED, Reason.OEM_GATE
    return OwnerAnswer(verdict, reason, found[0].strip()[:200])


def _read_unknown(text: str) -> OwnerAnswer:
    """An exception that no Android has here is the firmware's own no; else the line that says most."""
    thrown = find_thrown(text)
    if thrown is None:
        error = _ERROR.search(text)
        first = next((line.strip() for line in text.split("\n") if line.strip()), "no answer")
        told = first if error is None else error[0].strip()
        return OwnerAnswer(OwnerResult.REFUSED, Reason.ANSWER_NOT_UNDERSTOOD, told[:200])
    if _SYSTEM_DIED.fullmatch(thrown.name):
        return OwnerAnswer(OwnerResult.RETRY, Reason.BOOT_INCOMPLETE, thrown.line[:200])
    reason = Reason.OWNER_UNSUPPORTED if _DEFECT.fullmatch(thrown.name) else Reason.OEM_GATE
    return OwnerAnswer(OwnerResult.REFUSED, reason, thrown.line[:200])
