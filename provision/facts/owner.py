"""The device owner: the app that may enforce policies, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

LIST_RELEASES = range(31, 37)
"""Releases whose `dpm list-owners` says so when there is no owner. 17 (37) prints nothing then, and an empty answer is
no answer: there the policy dump is asked, which has a head (packages document 6.6)."""


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
    if not re.search(r"Device Policy Manager state:|Enabled Device Admins", output.text):
        raise output.unexpected("`Current Device Policy Manager state:`")
    block = re.search(r"Device Owner:\s*\n\s*admin=ComponentInfo\{([\w.]+)/", output.text)
    return Owner(block[1] if block else None, known=True)


def _parse_list(output: CommandOutput) -> Owner:
    owner = re.search(r"admin=([\w.]+)/\S*?,DeviceOwner", output.text)
    if owner is not None:
        return Owner(owner[1], known=True)
    if "no owners" in output.text or re.search(r"^\d+ owners?:", output.text, re.MULTILINE):
        return Owner(None, known=True)
    raise output.unexpected("`no owners` or `N owner:` lines")
