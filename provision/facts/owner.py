"""The device owner: the app that may enforce policies, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

LIST_RELEASES = range(31, 37)
"""Releases whose `dpm list-owners` says so when there is no owner. 17 (37) prints nothing then, and an empty answer is
no answer: there the policy dump is asked, which has a head (packages document 6.6)."""


_HEAD = re.compile(r"^Current Device Policy Manager state:$", re.MULTILINE)
_ADMINS = re.compile(r"^ *Enabled Device Admins \(User \d+", re.MULTILINE)
"""What every release prints behind the owners, be there one or not: without it the dump broke off before it told
(packages document 6.6). The number is in the digits of the tablet's language."""
_PROFILE_OWNER = re.compile(r"^User +\d+: admin=\S+?,(?:Managed)?ProfileOwner\b.*$", re.MULTILINE)
"""A row of the list that is not about the device; of one of another kind nobody knows."""


@dataclass(frozen=True)
class Owner:
    """Package of the device owner.

    Attributes:
        package: None when there is no owner, or when this release does not tell (`known` false).
        known: false on Android 5.x, whose dump has no owner line (packages document 6.6).
    """

    package: str | None
    known: bool


def make_query(api: int) -> Query:
    """`dpm list-owners` where it tells of no owner, too, else the policy dump (packages document 6.6)."""
    if api in LIST_RELEASES:
        return Query("owner", ("dpm", "list-owners"))
    return Query("owner", ("dumpsys", "device_policy"))


def parse(output: CommandOutput, api: int) -> Owner:
    """Only the start of the line counts: 12 to 16 end it with `,Affiliated` (packages document 6.6).

    Raises:
        AnswerError: the list or the policy dump is in no known form; no owner is never assumed.
    """
    if api in LIST_RELEASES:
        return _parse_list(output)
    if api < 23:
        return Owner(None, known=False)
    head = _HEAD.search(output.body)
    if head is None:
        raise output.unexpected("`Current Device Policy Manager state:`")
    admins = _ADMINS.search(output.body, head.end())
    owners = output.body[head.end() : admins.start() if admins is not None else None]
    block = re.search(r"^ *Device Owner: *\n *admin=ComponentInfo\{([\w.]+)/", owners, re.MULTILINE)
    if block is not None:
        return Owner(block[1], known=True)
    if admins is None or re.search(r"^ *Device Owner:", owners, re.MULTILINE):
        raise output.ended_early("a `Device Owner:` block, or the list of admins behind its place")
    return Owner(None, known=True)


def _parse_list(output: CommandOutput) -> Owner:
    owner = re.search(r"^User +\d+: admin=([\w.]+)/\S*?,DeviceOwner\b", output.body, re.MULTILINE)
    if owner is not None:
        return Owner(owner[1], known=True)
    if "no owners" in output.lines:
        return Owner(None, known=True)
    count = re.search(r"^(\d{1,9}) owners?:", output.body, re.MULTILINE)
    rows = set(_PROFILE_OWNER.findall(output.body))
    if count is None:
        raise output.unexpected("`no owners` or `N owner:` lines")
    if len(rows) < int(count[1]):
        raise output.ended_early(f"{int(count[1])} rows of owners, each of a known kind")
    return Owner(None, known=True)
