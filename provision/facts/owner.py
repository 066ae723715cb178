"""The device owner: the app that may enforce policies, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.ask import Ask, Section

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


def ask(api: int) -> Ask:
    """`dpm list-owners` where it tells of no owner, too, else the policy dump (packages document 6.6)."""
    if api in LIST_RELEASES:
        return Ask("owner", ("dpm", "list-owners"))
    return Ask("owner", ("dumpsys", "device_policy"))


def parse(section: Section, api: int) -> Owner:
    """Only the start of the line counts: 12 to 16 end it with `,Affiliated` (packages document 6.6).

    Raises:
        AnswerError: the list or the policy dump is in no known form; no owner is never assumed.
    """
    if api in LIST_RELEASES:
        return _parse_list(section)
    if api < 23:
        return Owner(None, known=False)
    if not re.search(r"Device Policy Manager state:|Enabled Device Admins", section.text):
        raise section.unlike("`Current Device Policy Manager state:`")
    block = re.search(r"Device Owner:\s*\n\s*admin=ComponentInfo\{([\w.]+)/", section.text)
    return Owner(block[1] if block else None, known=True)


def _parse_list(section: Section) -> Owner:
    owner = re.search(r"admin=([\w.]+)/\S*?,DeviceOwner", section.text)
    if owner is not None:
        return Owner(owner[1], known=True)
    if "no owners" in section.text or re.search(r"^\d+ owners?:", section.text, re.MULTILINE):
        return Owner(None, known=True)
    raise section.unlike("`no owners` or `N owner:` lines")
