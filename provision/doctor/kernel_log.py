"""May this account hear what the kernel says of its USB ports?"""

from __future__ import annotations

import getpass
from pathlib import Path
from shlex import quote

from provision.bench.kernel_log import JOURNALS, KMSG, find_kernel_log
from provision.doctor.finding import Finding, Level

GROUP = "systemd-journal"
"""Whoever is in it reads the system's journal (systemd-journald.service, "Access control")."""


def examine_kernel_log(kmsg: Path = KMSG, journals: tuple[Path, ...] = JOURNALS) -> Finding:
    """Return whether the kernel's messages can be read, and the command that allows it."""
    if find_kernel_log(kmsg, journals) is not None:
        return Finding("kernel-log", Level.RIGHT)
    return Finding(
        "kernel-log.closed", Level.WARNING, {}, f"usermod -aG {GROUP} {quote(getpass.getuser())}", needs_root=True
    )
