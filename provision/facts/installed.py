"""Which packages are installed for the user of the tablet; asked only where a profile removes some."""

from __future__ import annotations

import re
from collections.abc import Collection

from provision.facts.query import CommandOutput, Query

QUERY = Query("installed", ("pm", "list", "packages", "--user", "0"))
"""From 13 on the list without a user is that of all users (packages document 4.1)."""
KEPT_API = 37
"""From here on only root uninstalls a system package for a user: `Failure [only root can delete system app for a
particular user]` (AOSP 17 PackageManagerShellCommand.runUninstall). What goes is disabled for the user instead."""


def parse(output: CommandOutput, there: Collection[str] = ()) -> frozenset[str]:
    """Names of `package:NAME` lines (packages document 4.1): without `-u` the removed ones are left out.

    Args:
        there: packages that are installed by another answer: a list without one of them is not whole. A list ends
            with no mark of its own, and its program with status 0, when its service stopped in the middle.

    Raises:
        AnswerError: not one line, where every Android has packages, or the list broke off.
    """
    found = frozenset(re.findall(r"^package:([\w.]+)[ \t]*$", output.body, re.MULTILINE))
    if not found or output.broke:
        raise output.unexpected("`package:NAME` lines")
    if not found.issuperset(there):
        raise output.ended_early("each package that is installed by its own dump")
    return found
