"""Run-time permissions of apps as a policy carries them (contract 7 and 9, row 32)."""

from __future__ import annotations

from provision.controls.apps_configured import Grants

MEMBER = "grants"
"""Name of the policy's member."""


def make_grants(fixed: Grants) -> dict[str, object]:
    """The policy's member for it, or nothing where there is nothing to fix."""
    return {MEMBER: {name: list(one) for name, one in fixed.items()}} if fixed else {}
