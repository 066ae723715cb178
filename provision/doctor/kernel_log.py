"""May this account hear what the kernel says of its USB ports?"""

from __future__ import annotations

import grp
import os
import pwd
from contextlib import suppress
from pathlib import Path
from shlex import quote

from provision.bench.kernel_log import JOURNALS, KMSG, find_kernel_log
from provision.doctor.finding import Finding, Level

GROUP = "systemd-journal"
"""Whoever is in it reads the system's journal (systemd-journald.service, "Access control")."""


def examine_kernel_log(
    kmsg: Path = KMSG, journals: tuple[Path, ...] = JOURNALS, user: int | None = None, group: str = GROUP
) -> Finding:
    """Return whether the kernel's messages can be read, and the command that allows it where there is one.

    Args:
        kmsg, journals: where they are read.
        user: number of the account that works; None is this one.
        group: the one that may read the journal.
    """
    if find_kernel_log(kmsg, journals) is not None:
        return Finding("kernel-log", Level.RIGHT)
    command = _find_command(os.geteuid() if user is None else user, group)
    if command is None:
        return Finding("kernel-log.no-group", Level.WARNING, {"group": group})
    return Finding("kernel-log.closed", Level.WARNING, {}, command, needs_root=True)


def _find_command(user: int, group: str) -> str | None:
    """The command that puts an account into a group; None where either has no name here, as in a container."""
    with suppress(KeyError):
        return f"usermod -aG {quote(grp.getgrnam(group).gr_name)} {quote(pwd.getpwuid(user).pw_name)}"
    return None
